"""A policy decides nothing by groups that were not read from Slack: unread is not empty."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest

from dbaccess.domain.errors import DirectoryTooOld, NotAllowed, SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy, Slot
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.directory.refresh import read_afresh, refresh_directory
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from dbaccess.slack.directory import SlackDirectory
from sandbox.waiting import PATIENCE
from tests.operations.edited_policies import edit, with_rule
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House

FROZEN = SourceId("S0FROZEN")
UNREAD = "groups that the workers have not read"


@contextmanager
def silent(house: House) -> Iterator[None]:
    """Slack does not say who is in which user group."""
    house.slack.fault("usergroups.list", "500", times=100)
    try:
        yield
    finally:
        house.slack.clear_faults()


def deny_frozen(house: House) -> None:
    """The new file denies everything to a user group that Maya is in."""
    house.slack.add_group(id=FROZEN, handle="frozen", name="Frozen", users=[MAYA])
    first = replace(house.policy.rules[0], id="frozen", access=frozenset(), requester=("frozen",))
    first = replace(first, denies=True, approvals=())
    groups = {**house.policy.groups, "frozen": (FROZEN,)}
    edit(house, replace(house.policy, rules=(first, *house.policy.rules), groups=groups))


def moved(house: House) -> Policy:
    """Two have to approve, and everybody is in their group by another user group than before."""
    house.slack.add_group(id="S0ENG2", handle="eng2", name="Eng 2", users=[MAYA, TOM])
    house.slack.add_group(id="S0DBA2", handle="dba2", name="DBA 2", users=[PRIYA, SAM, MAYA, SECOND_MAYA])
    named = {"engineers": (SourceId("S0ENG2"),), "dba": (SourceId("S0DBA2"),)}
    return replace(house.policy, groups={**house.policy.groups, **named})


def test_group_that_a_new_file_denies_is_not_empty_before_it_was_read(house: House) -> None:
    approved = house.approved()
    deny_frozen(house)
    with silent(house):
        with pytest.raises(SlackFailure):
            refresh_directory(house.context)
        with pytest.raises(DirectoryTooOld, match=UNREAD):
            house.submit(role="write")
        provision(house.context, approved.id)
    waiting = house.grant(approved.id)
    assert (waiting.state, waiting.last_failure) == ("provisioning", "directory")
    assert house.made_logins() == []
    refresh_directory(house.context)
    with pytest.raises(NotAllowed, match="frozen denies"):
        house.submit(role="write")
    house.next_try_now(approved.id)
    provision(house.context, approved.id)
    assert house.grant(approved.id).end_cause == "invalidated"


def test_people_who_are_in_by_another_user_group_lose_nothing_meanwhile(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    request = house.submit()
    house.review(request, PRIYA)
    edit(house, moved(house))
    for _ in range(2):
        assert mark_stale(house.context) == []
        assert recheck_approvals(house.context) == []
    with pytest.raises(DirectoryTooOld, match=UNREAD):
        house.review(request, SAM)
    refresh_directory(house.context)
    assert mark_stale(house.context) == recheck_approvals(house.context) == []
    assert house.review(request, SAM).state == "approved"
    assert house.ledger("review.voided", "request.stale") == []


def test_host_with_the_old_file_takes_no_group_from_one_with_the_new(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    request, old = house.submit(), house.context
    house.review(request, PRIYA)
    edit(house, moved(house))
    for host, policy in (("one", old.policy), ("two", house.policy)):
        report_policy(house.work, policy=policy, process=Process(name="targets", host=host, pid=1))
    refresh_directory(house.context)
    refresh_directory(old)
    house.some_seconds_later()
    refresh_directory(old)
    for context in (house.context, old):
        assert mark_stale(context) == recheck_approvals(context) == []
    assert house.review(request, SAM).state == "approved"


def test_groups_of_an_unused_file_are_removed(house: House) -> None:
    old = house.policy
    edit(house, moved(house))
    refresh_directory(house.context)
    house.policy, house.context = old, replace(house.context, policy=old)
    with pytest.raises(DirectoryTooOld, match=UNREAD):
        house.submit()


class _InTurn(SlackDirectory):
    """Tells the members of groups only while accounts are being read."""

    def __init__(self, house: FakeHouse) -> None:
        super().__init__(house.slack.client, house.workspace.team_id)
        self._asked, self._told = Event(), Event()

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        assert self._asked.wait(PATIENCE)
        found = super().members(sources)
        self._told.set()
        return found

    def people(self, slack_ids: Iterable[SlackId]) -> Iterator[Person]:
        if wanted := list(slack_ids):
            self._asked.set()
            assert self._told.wait(PATIENCE)
        yield from super().people(wanted)


def test_groups_and_accounts_are_read_at_once_while_a_person_waits(fake_house: FakeHouse) -> None:
    request = fake_house.submit()
    fake_house.wait(seconds=60)
    read_afresh(replace(fake_house.context, directory=_InTurn(fake_house)), request.id)
    with fake_house.work() as uow:
        person = uow.directory.person(MAYA)
        assert person is not None
        assert person.read_at == uow.directory.read_at() == uow.now
