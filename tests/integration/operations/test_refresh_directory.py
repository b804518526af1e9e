"""The snapshot shows the later reading, whichever ends first, and lists no unread account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.slack_names import Named
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.ports import Directory
from tests.integration.operations.house import House
from tests.operations.house import PRIYA, SAM

DBA, NEW = SourceId("S0DBA"), SlackId("U0NEWCOMER")


@dataclass
class Slow:
    """Slack's answer is on its way while the group loses Priya, and while another worker reads it again."""

    house: House
    real: Directory

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        answer = self.real.members(sources)
        self.house.sandbox.set_group(DBA, [SAM])
        refresh_directory(self.house.context)
        return answer

    def people(self, slack_ids: Iterable[SlackId]) -> Iterable[Person]:
        return self.real.people(slack_ids)

    def named(self, ids: Iterable[str]) -> list[Named]:
        return self.real.named(ids)

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        return self.real.listed(cursor)


def test_late_answer_adds_no_person_to_a_group(house: House) -> None:
    slow = replace(house.context, directory=Slow(house, house.context.directory))
    with house.work() as uow:
        before = uow.directory.person(PRIYA)
    assert before is not None
    assert DBA in before.sources
    refresh_directory(slow)
    with house.work() as uow:
        after = uow.directory.person(PRIYA)
    assert after is not None
    assert DBA not in after.sources


@dataclass
class Watching:
    """While Slack is asked for people, another transaction looks at what the snapshot lists."""

    house: House
    real: Directory
    fails: bool = False

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        return self.real.members(sources)

    def people(self, slack_ids: Iterable[SlackId]) -> Iterable[Person]:
        if self.fails:
            raise SlackFailure("Slack did not answer users.info.", code="no_answer")
        asked = list(slack_ids)
        with self.house.begin() as uow:
            assert not [known for known in uow.directory.people(asked).values() if known.sources]
        return self.real.people(asked)

    def named(self, ids: Iterable[str]) -> list[Named]:
        return self.real.named(ids)

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        return self.real.listed(cursor)


def _listed(house: House, slack_id: str) -> bool:
    members = text("select 1 from directory_members where slack_id = :member")
    with house.worker.connect() as connection:
        return connection.execute(members, {"member": slack_id}).first() is not None


def test_member_is_listed_and_known_in_the_same_instant(house: House) -> None:
    watching = Watching(house, house.context.directory)
    house.sandbox.add_user(id=NEW, name="newcomer")
    house.sandbox.set_group(DBA, [PRIYA, NEW])
    watching.fails = True
    with pytest.raises(SlackFailure):
        refresh_directory(replace(house.context, directory=watching))
    assert not _listed(house, NEW)
    with house.begin() as uow:
        assert uow.directory.person(NEW) is None
    watching.fails = False
    refresh_directory(replace(house.context, directory=watching))
    with house.begin() as uow:
        found = uow.directory.person(NEW)
    assert found is not None
    assert DBA in found.sources


def test_member_whom_slack_does_not_have_is_no_reason_to_stop(house: House) -> None:
    house.policy = replace(house.policy, groups={**house.policy.groups, "extra": (SourceId("U0NOBODY"),)})
    house.context = replace(house.context, policy=house.policy)
    refresh_directory(house.context)
    assert _listed(house, "U0NOBODY")
    with house.begin() as uow:
        assert uow.directory.person(SlackId("U0NOBODY")) is None
