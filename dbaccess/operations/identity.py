"""Identification of the acting person, as far as it is known at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from dbaccess.domain.errors import DirectoryTooOld, UnknownPerson
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import UnitOfWork

ACCOUNT_MAX_AGE = timedelta(minutes=30)
"""Groups are read twice a minute; accounts in turn, and again when Slack reports a change."""

TRY_AGAIN = "Try again in a minute; if it stays so, ask an operator of dbaccess whether the workers run."


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace of this installation, and the age limit of its snapshot."""

    team_id: str
    url: str
    snapshot_max_age: timedelta


def identify(uow: UnitOfWork, slack_id: SlackId, policy: Policy, workspace: Workspace) -> Person:
    """Return the person behind the account; raises if the snapshot is too old or the account may not act."""
    check_fresh(uow, policy, workspace)
    person = look_up(uow, slack_id, policy)
    if person is None and uow.directory.listing([slack_id]):
        raise DirectoryTooOld(
            f"You are in a group, but your account was not read from Slack yet. {TRY_AGAIN}"
        )
    if person is None:
        raise UnknownPerson("You are in no group of the policy; ask an operator of dbaccess.")
    check_read_lately(uow, person)
    check_may_act(person, workspace)
    return person


def look_up(uow: UnitOfWork, slack_id: SlackId, policy: Policy) -> Person | None:
    """Return the account from the snapshot, with the sources of the same human's other accounts."""
    person = uow.directory.person(slack_id)
    others = policy.membership.other_accounts(slack_id)
    if person is None:
        return None
    listing = uow.directory.listing(others) if others else frozenset()
    return replace(person, others=listing, known_as=policy.person_id(slack_id))


def look_up_all(uow: UnitOfWork, slack_ids: Iterable[SlackId], policy: Policy) -> dict[SlackId, Person]:
    """Return the accounts that the snapshot has, with their names under `[people]`."""
    return {
        slack_id: replace(person, known_as=policy.person_id(slack_id))
        for slack_id, person in uow.directory.people(slack_ids).items()
    }


def check_may_act(person: Person, workspace: Workspace) -> None:
    """Raise `UnknownPerson` for a bot, a deactivated account, or one of another workspace."""
    if person.team_id != workspace.team_id:
        raise UnknownPerson("Only people of this workspace can do this.")
    if not person.may_act:
        raise UnknownPerson("This account is deactivated.")


def check_read_lately(uow: UnitOfWork, person: Person) -> None:
    """Raise if this account was not read lately: it may be deactivated or a guest by this time.

    An account in no group is no longer read, so the error says that instead.
    """
    if is_read_lately(uow, person):
        return
    if not person.sources and not person.missing:
        raise UnknownPerson("You are no longer in a group of the policy; ask an operator of dbaccess.")
    raise DirectoryTooOld(f"{person.shown} could not be read from Slack lately. {TRY_AGAIN}")


def is_read_lately(uow: UnitOfWork, person: Person) -> bool:
    return uow.now - person.read_at <= ACCOUNT_MAX_AGE


def unconfirmed(person: Person) -> DirectoryTooOld:
    """Return the error for a person whom only the last reading of Slack excludes."""
    return DirectoryTooOld(
        f"Slack just took {person.shown} out of a group. A second reading confirms it; try again in a minute."
    )


def check_fresh(uow: UnitOfWork, policy: Policy, workspace: Workspace) -> None:
    """Raise `DirectoryTooOld` unless every group of this policy was read recently enough.

    An unread group is not an empty one: a policy newer than the last reading, or than the workers' own,
    decides nothing.
    """
    since = uow.now - workspace.snapshot_max_age
    read_at = uow.directory.read_at()
    if read_at is None or read_at < since:
        raise DirectoryTooOld(f"People and groups could not be read from Slack lately. {TRY_AGAIN}")
    if uow.directory.unread(policy.membership.asked_of_slack, since=since):
        raise DirectoryTooOld(
            "The policy has groups that the workers have not read from Slack: it has just changed, or "
            f"they use another file. Nothing is decided until then. {TRY_AGAIN}"
        )


def is_fresh(uow: UnitOfWork, policy: Policy, workspace: Workspace) -> bool:
    """Return whether `check_fresh` would pass."""
    try:
        check_fresh(uow, policy, workspace)
    except DirectoryTooOld:
        return False
    return True


def operator(actor: str) -> str:
    """Return the operator behind `cli:osuser@host`: the same user on another host is the same operator."""
    return actor.partition("@")[0]
