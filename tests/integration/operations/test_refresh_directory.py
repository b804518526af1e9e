"""What was asked later is what the snapshot shows, whoever is done first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.operations.refresh_directory import refresh_directory
from dbaccess.ports import Directory
from tests.integration.operations.house import PRIYA, SAM, House

DBA = SourceId("S0DBA")


@dataclass
class Slow:
    """Slack's answer is on its way while the group loses Priya, and while somebody else reads it again."""

    house: House
    real: Directory

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        answer = self.real.members(sources)
        self.house.sandbox.set_group(DBA, [SAM])
        refresh_directory(self.house.hands)
        return answer

    def people(self, slack_ids: Iterable[SlackId]) -> list[Person]:
        return self.real.people(slack_ids)


def test_late_answer_brings_nobody_back_into_a_group(house: House) -> None:
    slow = replace(house.hands, directory=Slow(house, house.hands.directory))
    with house.work() as uow:
        before = uow.directory.person(PRIYA)
    assert before is not None
    assert DBA in before.sources
    refresh_directory(slow)
    with house.work() as uow:
        after = uow.directory.person(PRIYA)
    assert after is not None
    assert DBA not in after.sources
