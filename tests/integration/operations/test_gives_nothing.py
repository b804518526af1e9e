"""Workers that no file tells what to give: whatever was approved waits, by the queue and without it."""

import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from dbaccess.queue import RqQueue
from dbaccess.settings import WorkerSettings
from dbaccess.slack.client import build_client
from tests.integration.operations.extending import allow, ask_more
from tests.integration.operations.house import TOM, House
from workers.in_force import InForce
from workers.jobs import extend, provision
from workers.reconciler import GRACE, Reconciler
from workers.wiring import Wiring, become

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def wiring(house: House) -> Wiring:
    """Of a process that gives nothing and has no queue."""
    allow(house)
    settings = WorkerSettings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        redis_url=SecretStr(NOBODY),
        slack_bot_token=SecretStr("xoxb-acceptance-bot-token"),
    )
    return Wiring(
        engine=house.worker,
        queue=RqQueue(SecretStr(NOBODY)),
        client=build_client(settings.slack_bot_token, house.sandbox.api_url),
        in_force=InForce(settings=settings, policy=house.policy, urls={}, sink=None, gives=False),
        hands=replace(house.hands, policy=house.policy, gives=False),
    )


def test_nothing_is_given_and_no_time_added_until_a_file_says_so(house: House, wiring: Wiring) -> None:
    held, waiting = house.active(), house.approved(TOM)
    house.review(ask_more(house, held))
    time.sleep(GRACE.total_seconds() + 0.2)

    _work(wiring, held.id, waiting.id)
    assert house.grant(held.id).expires_at == held.expires_at
    assert house.grant(waiting.id).state == "provisioning"
    assert len(house.ledger("grant.provision_started", "grant.extend_started")) == 1, "what is held"

    wiring.hands = replace(wiring.hands, gives=True)
    _work(wiring, held.id, waiting.id)
    assert house.grant(held.id).expires_at != held.expires_at
    assert house.grant(waiting.id).state == "active"


def _work(wiring: Wiring, held: int, waiting: int) -> None:
    """Both jobs, and one round of the reconciler to its end."""
    become(wiring)
    provision.run(waiting)
    extend.run(held)
    reconciler = Reconciler(wiring, directory_every=3600)
    reconciler._round()
    for pool in reconciler._pools.values():
        pool.shutdown(wait=True)
