"""People and groups are read from Slack into the snapshot."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_report import SEEN_WITHIN
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.group_changes import tell_group_changes
from dbaccess.ports import UnitOfWork

PEOPLE_AGE = timedelta(minutes=10)
ONE_BY_ONE = 50
"""Up to so many accounts are asked for singly; more are read from the list of the workspace."""


def refresh_directory(
    context: WorkerContext, *, people: Iterable[SlackId] = (), older_than: timedelta = PEOPLE_AGE
) -> None:
    """The snapshot shows every group of the policy with all its members, and `people`, as Slack has them now.

    Other members, and who waits or holds something, are read again when they were read longer ago than
    `older_than`: a few now, many by `read_list`, which holds nothing else up. Raises `SlackFailure`; what was
    read before stays.
    """
    stale, new = _read_groups(context, older_than)
    asked = [slack_id for slack_id in dict.fromkeys([*people, *stale]) if slack_id not in new]
    if asked:
        _read_singly(context, asked)


def refresh_if_older(context: WorkerContext, age: timedelta) -> None:
    """Refresh the snapshot where no process has read the groups for so long; raises `SlackFailure`."""
    with context.begin() as uow:
        read_at = uow.directory.read_at()
        fresh = read_at is not None and uow.now - read_at < age
    if not fresh:
        refresh_directory(context)


def read_afresh(context: WorkerContext, request_id: RequestId) -> None:
    """The same, with all who asked for and reviewed this, before it is carried out.

    Where Slack does not answer, the snapshot serves as long as it may, and no longer.
    """
    with context.begin() as uow:
        people = [uow.requests.get(request_id).requester_slack_id]
        people += [review.reviewer_slack_id for review in uow.reviews.of(request_id)]
    try:
        refresh_directory(context, people=people)
    except SlackFailure:
        return


def read_list(context: WorkerContext) -> None:
    """Where the list of the workspace is wanted it is read on to its end, and each page kept at once.

    Slack gives about twenty pages a minute and may refuse any of them, which raises `SlackFailure`: whoever
    calls next, in whichever process, goes on with the page that is missing.
    """
    with context.begin() as uow:
        cursor, asked_at = uow.directory.list_cursor(), uow.now
    while cursor is not None:
        try:
            found, following = context.directory.listed(cursor)
        except SlackFailure as failure:
            if not failure.passes:
                _keep(context, [], read_at=asked_at, cursor="")
            raise
        cursor = following or None
        asked_at = _keep(context, found, read_at=asked_at, cursor=cursor)


def _keep(
    context: WorkerContext, found: Collection[Person], *, read_at: datetime, cursor: str | None
) -> datetime:
    """Whoever of these is in a group, waits or holds something is known as read then; when that was."""
    with context.begin() as uow:
        wanted = uow.directory.members() | uow.directory.involved(one.slack_id for one in found)
        uow.directory.put_people(replace(one, read_at=read_at) for one in found if one.slack_id in wanted)
        uow.directory.list_read_to(cursor)
        uow.commit()
        return uow.now


def _read_groups(context: WorkerContext, older_than: timedelta) -> tuple[list[SlackId], set[SlackId]]:
    """Whom to read singly by now, and who was read just now because nobody had before.

    A group and a few new members are stored as one: whoever is listed is known. Many of them at once are
    listed before they are known, and may do nothing meanwhile, so that nobody else waits for them.
    """
    wanted = {source for sources in context.policy.groups.values() for source in sources}
    with context.begin() as uow:
        # Before Slack is asked: of two readings at once the one that asked later is to stay.
        asked_at = uow.now
    # A group that Slack has lost has nobody; when it comes back, whoever is in it has joined.
    members = dict.fromkeys(wanted, frozenset[SlackId]()) | context.directory.members(wanted)
    with context.begin() as uow:
        new = uow.directory.never_read({member for listed in members.values() for member in listed})
    if len(new) > ONE_BY_ONE:
        new = set()
    found = _people(context, sorted(new), read_at=asked_at)
    with context.begin() as uow:
        uow.directory.put_people(found)
        first = uow.directory.read_at() is None
        others = _is_other_in_force(uow, context.policy)
        replaced = uow.directory.replace_sources(members, read_at=asked_at, keep_others=others)
        if replaced and context.gives:
            tell_group_changes(uow, context.policy, members, read_at=asked_at, first=first)
        stale = _stale(uow, older_than)
        uow.commit()
    return stale, new


def _is_other_in_force(uow: UnitOfWork, policy: Policy) -> bool:
    """Whether somebody goes by another file, which may name sources that this one does not."""
    return uow.policies.knows_other(policy.hash, since=uow.now - SEEN_WITHIN)


def _read_singly(context: WorkerContext, asked: Iterable[SlackId]) -> None:
    with context.begin() as uow:
        asked_at = uow.now
    found = _people(context, asked, read_at=asked_at)
    with context.begin() as uow:
        uow.directory.put_people(found)
        uow.commit()


def _people(context: WorkerContext, asked: Iterable[SlackId], *, read_at: datetime) -> list[Person]:
    """As they are now; where Slack refuses one of them, those before are kept, and it is raised."""
    found: list[Person] = []
    try:
        found.extend(replace(person, read_at=read_at) for person in context.directory.people(asked))
    except SlackFailure:
        with context.begin() as uow:
            uow.directory.put_people(found)
            uow.commit()
        raise
    return found


def _stale(uow: UnitOfWork, older_than: timedelta) -> list[SlackId]:
    """Whose reading is too old by now, if they are few; of many, the list is wanted."""
    before = uow.now - older_than
    # Whoever was taken out of all groups because they left: what they hold or wait for depends on it.
    involved = uow.directory.stale_involved(before=before, limit=ONE_BY_ONE + 1)
    listed = uow.directory.stale_people(before=before, limit=ONE_BY_ONE + 1)
    stale = list(dict.fromkeys([*involved, *listed]))
    if len(stale) <= ONE_BY_ONE:
        return stale
    uow.directory.want_list(begun_before=before, now=uow.now)
    return []
