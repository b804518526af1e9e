"""Which policy each process goes by, and its text in the ledger."""

from dataclasses import replace
from functools import partial

import pytest

from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.policy_in_use import report_policy
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.operations.house import OPS, at_once
from tests.operations.policy_reports import BOT, report_as, waiting

NOTIFY = Process(name="notify", host="two", pid=2)
TARGETS = Process(name="targets", host="two", pid=3)
WHY = 'dbaccess.toml:26: targets.orders-prod.cluster: no cluster "mian". Nearest: main.'


def test_versions_at_once_are_recorded_once(house: House) -> None:
    parts = [Process(name="notify", host="two", pid=pid) for pid in range(8)]
    results = at_once(*[partial(report_as, house, who) for who in parts])
    assert results == [None] * 8
    assert len(house.ledger("policy.loaded")) == 1


def test_refused_file_is_told_again_by_those_that_came_after(house: House) -> None:
    """A restart in between: the first ones' last word is not about the file of today."""
    report_as(house, NOTIFY, refused=WHY)
    house.as_superuser("alter table policy_in_force disable trigger guard")
    earlier = "seen_at = seen_at - interval '3 min', loaded_at = loaded_at - interval '3 min'"
    house.as_superuser(f"update policy_in_force set {earlier}")
    house.as_superuser("alter table policy_in_force enable always trigger guard")
    for who in (replace(NOTIFY, pid=12), replace(TARGETS, pid=13)):
        report_as(house, who, refused=WHY)
    assert len(waiting(house)) == 2


def test_operators_channel_reads_what_is_wrong_and_the_notice_is_posted_once(house: House) -> None:
    report_as(house, NOTIFY, refused=WHY)
    (notice,) = waiting(house)
    results = at_once(*[lambda: post_notice(house.context, notice)] * 4)
    assert results == [None] * 4
    (posted,) = house.sandbox.person("U0OPS").messages(OPS)
    said = plain(posted)
    assert "Configuration refused on two" in said
    assert "no cluster" in said
    assert waiting(house) == []


def test_bot_and_worker_speak_of_themselves_alone(house: House) -> None:
    for begin, process in ((house.begin, NOTIFY), (house.work, BOT)):
        with pytest.raises(Exception, match="a process speaks of itself"):
            report_policy(begin, policy=house.policy, process=process)
    with pytest.raises(Exception, match="a process speaks of itself"), house.begin() as uow:
        uow.policies.is_new("f" * 64, writer="worker")
