"""Reading of people and groups from Slack into the snapshot."""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import SEEN_WITHIN
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.group_changes import tell_group_changes
from dbaccess.ports import UnitOfWork

PEOPLE_AGE = timedelta(minutes=10)
ONE_BY_ONE = 50
"""Up to this number, accounts are read singly; more are read from the workspace's list."""


def refresh_directory(
    context: WorkerContext, *, people: Iterable[SlackId] = (), older_than: timedelta | None = PEOPLE_AGE
) -> None:
    """Read every group of the policy with all its members, and `people`, from Slack into the snapshot.

    Other members, and people who wait for or hold something, are read again after `older_than`: a few at
    once, many by `read_list`, which delays nothing else. With None they are left to the next refresh. Raises
    `SlackFailure`; earlier data stays.
    """
    stale, new = _read_groups(context, older_than)
    asked = [slack_id for slack_id in dict.fromkeys([*people, *stale]) if slack_id not in new]
    if asked:
        _read_singly(context, asked)


def refresh_if_older(context: WorkerContext, age: timedelta) -> None:
    """Refresh the snapshot if no process has read the groups for so long; raises `SlackFailure`."""
    with context.begin() as uow:
        read_at = uow.directory.read_at()
        fresh = read_at is not None and uow.now - read_at < age
    if not fresh:
        refresh_directory(context)


def read_afresh(context: WorkerContext, request_id: RequestId) -> None:
    """Refresh, with all people who requested and reviewed this, before it is carried out.

    If Slack does not answer, the snapshot serves until its age limit. A person waits for this, so groups and
    accounts are read at once, and no account that has nothing to do with the request.
    """
    with context.begin() as uow:
        people = [uow.requests.get(request_id).requester_slack_id]
        people += [review.reviewer_slack_id for review in uow.reviews.of(request_id)]
    with ThreadPoolExecutor(1, "people") as aside, suppress(SlackFailure):
        accounts = aside.submit(_read_singly, context, dict.fromkeys(people))
        refresh_directory(context, older_than=None)
        accounts.result()


def read_list(context: WorkerContext) -> None:
    """Read the workspace's list to its end, if that is wanted, and store each page at once.

    Slack gives about twenty pages a minute and may refuse any of them, which raises `SlackFailure`. The next
    caller, in any process, continues at the missing page.
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
    """Store those that are in a group, wait or hold something as read then; return that time."""
    with context.begin() as uow:
        wanted = uow.directory.members() | uow.directory.involved(one.slack_id for one in found)
        uow.directory.put_people(replace(one, read_at=read_at) for one in found if one.slack_id in wanted)
        uow.directory.list_read_to(cursor)
        uow.commit()
        return uow.now


def _read_groups(context: WorkerContext, older_than: timedelta | None) -> tuple[list[SlackId], set[SlackId]]:
    """Return the accounts to read singly now, and those just read because they were new.

    A group and a few new members are stored together, so that every listed member is known. Many new members
    are stored in the group before they are known; until then they may do nothing, and no other person waits
    for them.
    """
    wanted = {source for sources in context.policy.groups.values() for source in sources}
    with context.begin() as uow:
        # Before the call to Slack: of two readings at once the one that began later must win.
        asked_at = uow.now
    # A group that Slack lost has no members; when it comes back, all its members have joined.
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
            tell_group_changes(uow, context.policy, context.workspace, members, read_at=asked_at, first=first)
        stale = _stale(uow, older_than) if older_than is not None else []
        uow.commit()
    return stale, new


def _is_other_in_force(uow: UnitOfWork, policy: Policy) -> bool:
    """Return whether another process uses another policy, which may name other sources."""
    return uow.policies.knows_other(policy.hash, since=uow.now - SEEN_WITHIN)


def _read_singly(context: WorkerContext, asked: Iterable[SlackId]) -> None:
    with context.begin() as uow:
        asked_at = uow.now
    found = _people(context, asked, read_at=asked_at)
    with context.begin() as uow:
        uow.directory.put_people(found)
        uow.commit()


def _people(context: WorkerContext, asked: Iterable[SlackId], *, read_at: datetime) -> list[Person]:
    """Return the people as they are now; if Slack refuses one, the earlier ones are stored and it raises."""
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
    """Return accounts with a reading that is too old, if they are few; for many, plan to read the list."""
    before = uow.now - older_than
    # People who left are removed from all groups, but what they hold or wait for depends on their account.
    involved = uow.directory.stale_involved(before=before, limit=ONE_BY_ONE + 1)
    listed = uow.directory.stale_people(before=before, limit=ONE_BY_ONE + 1)
    stale = list(dict.fromkeys([*involved, *listed]))
    if len(stale) <= ONE_BY_ONE:
        return stale
    uow.directory.want_list(begun_before=before, now=uow.now)
    return []
