"""People and groups are read from Slack into the snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.people import SlackId
from dbaccess.operations.hands import Hands

PEOPLE_AGE = timedelta(minutes=10)
PEOPLE_A_ROUND = 200


def refresh_directory(
    hands: Hands, *, people: Iterable[SlackId] = (), older_than: timedelta = PEOPLE_AGE
) -> None:
    """The snapshot shows every group of the policy, and `people`, as Slack has them now.

    Other members are read when they are new, or were read longer ago than `older_than`. Raises
    `SlackFailure`; then the snapshot is as before, and ages.
    """
    wanted = {source for sources in hands.policy.groups.values() for source in sources}
    with hands.begin() as uow:
        # Before Slack is asked: of two readings at once the one that asked later is to stay.
        asked_at = uow.now
    members = hands.directory.members(wanted)
    with hands.begin() as uow:
        uow.directory.replace_sources(members, read_at=asked_at)
        stale = uow.directory.stale_people(before=uow.now - older_than, limit=PEOPLE_A_ROUND)
        asked_at = uow.now
        uow.commit()
    asked = list(dict.fromkeys([*people, *stale]))
    if not asked:
        return
    found = hands.directory.people(asked)
    with hands.begin() as uow:
        uow.directory.put_people(replace(person, read_at=asked_at) for person in found)
        uow.commit()
