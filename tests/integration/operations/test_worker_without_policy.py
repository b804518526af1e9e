"""Workers that no file tells what to give: whatever was approved waits, by the queue and without it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from dbaccess.operations.grants.provision import provision as provision_
from dbaccess.operations.grants.revoke import drain
from dbaccess.queue import RqQueue
from dbaccess.settings import WorkerSettings
from dbaccess.slack.client import build_client
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House
from tests.operations.extensions import allow, ask_more
from tests.operations.house import TOM
from workers.active_policy import ActivePolicy
from workers.ends import Ends
from workers.jobs import extend, provision
from workers.reconciler import GRACE, Reconciler
from workers.wiring import Wiring, become

UNREACHABLE = "redis://127.0.0.1:1/0"


@pytest.fixture
def wiring(house: House) -> Wiring:
    """The wiring of a process that gives nothing and has no queue."""
    allow(house)
    settings = WorkerSettings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        redis_url=SecretStr(UNREACHABLE),
        slack_bot_token=SecretStr("xoxb-acceptance-bot-token"),
    )
    return Wiring(
        engine=house.worker,
        queue=RqQueue(SecretStr(UNREACHABLE)),
        client=build_client(settings.slack_bot_token, house.sandbox.api_url),
        active_policy=ActivePolicy(
            settings=settings, policy=house.policy, urls={}, clusters={}, sink=None, gives=False
        ),
        context=replace(house.context, policy=house.policy, gives=False),
        reports=None,  # type: ignore[arg-type]  # no report is ordered here
    )


def test_nothing_is_given_and_no_time_added_until_a_file_says_so(house: House, wiring: Wiring) -> None:
    held, waiting = house.active(), house.approved(TOM)
    house.review(ask_more(house, held))
    time.sleep(GRACE.total_seconds() + 0.2)

    for _ in range(2):
        _work(wiring, held.id, waiting.id)
        house.next_try_now(held.id)
        house.next_try_now(waiting.id)
    waits = house.grant(waiting.id)
    assert house.grant(held.id).expires_at == held.expires_at
    assert (waits.state, waits.last_failure, waits.attempts) == ("provisioning", "no_policy", 0)
    assert len(house.ledger("grant.provision_started", "grant.extend_started")) == 1, "what is held"
    waited = house.ledger("grant.provision_failed", "grant.extend_failed")
    assert [event["data"]["code"] for event in waited] == ["no_policy"] * 2, "once each"
    assert "dm.problem" in house.planned(waiting.request_id)

    wiring.context = replace(wiring.context, gives=True)
    _work(wiring, held.id, waiting.id)
    assert house.grant(held.id).expires_at != held.expires_at
    assert house.grant(waiting.id).state == "active"


def test_begun_grants_end_though_nothing_is_given(house: House, wiring: Wiring) -> None:
    """A worker died between the target's commit and ours, and came back over a file with a mistake."""
    grant = house.approved(seconds=3)
    with pytest.raises(KilledError):
        provision_(eventful(house, after=die), grant.id)
    assert len(house.made_logins()) == 1
    time.sleep(3)
    house.lease_is_over(grant.id)

    become(wiring)
    provision.run(grant.id)
    assert house.grant(grant.id).state == "revoking"
    assert drain(wiring.context, "main") == 1
    assert house.made_logins() == []


def test_invalid_file_ends_voids_and_reports_nothing(house: House, wiring: Wiring) -> None:
    held, pending = house.active(), house.submit(TOM)
    another = replace(house.policy, targets={}, rules=(), hash="of another file")
    wiring.context = replace(wiring.context, policy=another)
    _round(wiring)
    assert house.grant(held.id).state == "active"
    assert house.request(pending.id).state == "pending"

    wiring.context = replace(wiring.context, gives=True)
    _round(wiring)
    assert house.grant(held.id).state == "ended"
    assert house.request(pending.id).state == "stale"


def _work(wiring: Wiring, held: int, waiting: int) -> None:
    """Both jobs, and one round of the reconciler to its end."""
    become(wiring)
    provision.run(waiting)
    extend.run(held)
    _round(wiring)


def _round(wiring: Wiring) -> None:
    reconciler = Reconciler(wiring, directory_every=3600)
    reconciler._round()
    assert reconciler.tasks.finish(60), "so that the loop of ends finds all that the reconciler begins"
    url = SecretStr(wiring.engine.url.render_as_string(hide_password=False))
    ends = Ends(wiring, url, timedelta(hours=1))
    ends.round()
    assert ends.tasks.finish(60)
    ends.close()
