"""People and groups are read from Slack into the snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.operations.hands import Hands
from dbaccess.operations.tell_group_changes import tell_group_changes
from dbaccess.ports import UnitOfWork

PEOPLE_AGE = timedelta(minutes=10)
PEOPLE_A_ROUND = 200


def refresh_directory(
    hands: Hands, *, people: Iterable[SlackId] = (), older_than: timedelta = PEOPLE_AGE
) -> None:
    """The snapshot shows every group of the policy with all its members, and `people`, as Slack has them now.

    Other members, and who waits or holds something, are read again when they were read longer ago than
    `older_than`. Raises `SlackFailure`; then the snapshot is as before, and ages.
    """
    stale, new = _read_groups(hands, older_than)
    asked = [slack_id for slack_id in dict.fromkeys([*people, *stale]) if slack_id not in new]
    if not asked:
        return
    with hands.begin() as uow:
        asked_at = uow.now
    found = hands.directory.people(asked)
    with hands.begin() as uow:
        uow.directory.put_people(replace(person, read_at=asked_at) for person in found)
        uow.commit()


def read_afresh(hands: Hands, request_id: RequestId) -> None:
    """The same, with all who asked for and reviewed this, before it is carried out.

    Where Slack does not answer, the snapshot serves as long as it may, and no longer.
    """
    with hands.begin() as uow:
        people = [uow.requests.get(request_id).requester_slack_id]
        people += [review.reviewer_slack_id for review in uow.reviews.of(request_id)]
    try:
        refresh_directory(hands, people=people)
    except SlackFailure:
        return


def _read_groups(hands: Hands, older_than: timedelta) -> tuple[list[SlackId], set[SlackId]]:
    """Whose reading is too old by now, and who was read just now because nobody had before.

    A group and its new members are stored as one: whoever is listed is known.
    """
    wanted = {source for sources in hands.policy.groups.values() for source in sources}
    with hands.begin() as uow:
        # Before Slack is asked: of two readings at once the one that asked later is to stay.
        asked_at = uow.now
    # A group that Slack has lost has nobody; when it comes back, whoever is in it has joined.
    members = dict.fromkeys(wanted, frozenset[SlackId]()) | hands.directory.members(wanted)
    with hands.begin() as uow:
        new = uow.directory.never_read({member for listed in members.values() for member in listed})
    found = hands.directory.people(sorted(new)) if new else []
    with hands.begin() as uow:
        uow.directory.put_people(replace(person, read_at=asked_at) for person in found)
        before = uow.directory.replace_sources(members, read_at=asked_at)
        if before is not None:
            tell_group_changes(uow, hands.policy, before=before, after=members, read_at=asked_at)
        stale = uow.directory.stale_people(before=uow.now - older_than, limit=PEOPLE_A_ROUND)
        stale += _stale_involved(uow, uow.now - older_than)
        uow.commit()
    return stale, new


def _stale_involved(uow: UnitOfWork, before: datetime) -> list[SlackId]:
    """Whoever was taken out of all groups because they left: what they hold or wait for depends on it."""
    waits = [request.requester_slack_id for request in uow.requests.pending()]
    holds = [grant.holder_slack_id for grant in uow.grants.open()]
    known = uow.directory.people([*waits, *holds])
    return sorted(slack_id for slack_id, person in known.items() if person.read_at < before)
