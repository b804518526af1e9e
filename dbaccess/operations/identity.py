"""Who is it that acts, as far as we know at this moment."""

from dataclasses import dataclass, replace
from datetime import timedelta

from dbaccess.domain.errors import DirectoryTooOld, UnknownPerson
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import UnitOfWork

ACCOUNT_MAX_AGE = timedelta(minutes=30)
"""Groups are read twice a minute; accounts in turn, and anew when Slack says that they changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace that this installation serves, and how old its snapshot may be."""

    team_id: str
    url: str
    snapshot_max_age: timedelta


def identify(uow: UnitOfWork, slack_id: SlackId, policy: Policy, workspace: Workspace) -> Person:
    """The person behind the account; raises where the snapshot is too old or the account may not act."""
    check_fresh(uow, policy, workspace)
    person = look_up(uow, slack_id, policy)
    if person is None and uow.directory.listing([slack_id]):
        raise DirectoryTooOld("You are in a group here, but not read from Slack yet. Try again in a minute.")
    if person is None:
        raise UnknownPerson("Nobody here has given you a group yet; ask an operator of dbaccess.")
    check_read_lately(uow, person)
    check_may_act(person, workspace)
    return person


def look_up(uow: UnitOfWork, slack_id: SlackId, policy: Policy) -> Person | None:
    """The account as the snapshot has it, and what lists the other accounts of the same human."""
    person = uow.directory.person(slack_id)
    others = policy.membership.other_accounts(slack_id)
    if person is None:
        return None
    return replace(person, others=uow.directory.listing(others) if others else frozenset())


def check_may_act(person: Person, workspace: Workspace) -> None:
    """Raises `UnknownPerson` for a bot, a deactivated account, or one of another workspace."""
    if person.team_id != workspace.team_id:
        raise UnknownPerson("Only people of this workspace can do this.")
    if not person.may_act:
        raise UnknownPerson("This account is deactivated.")


def check_read_lately(uow: UnitOfWork, person: Person) -> None:
    """Raises where this account was not read from Slack lately: it may be deactivated or a guest by now.

    Who is in no group any more is read no more, so that is the answer for them.
    """
    if is_read_lately(uow, person):
        return
    if not person.sources and not person.missing:
        raise UnknownPerson("You are in no group here any more; ask an operator of dbaccess.")
    raise DirectoryTooOld(f"{person.name} could not be read from Slack lately. Try again in a minute.")


def is_read_lately(uow: UnitOfWork, person: Person) -> bool:
    return uow.now - person.read_at <= ACCOUNT_MAX_AGE


def unconfirmed(person: Person) -> DirectoryTooOld:
    """What to raise where the last reading of Slack, and not the one before, keeps something from them."""
    return DirectoryTooOld(
        f"Slack just took {person.name} out of a group. That is read once more; try again in a minute."
    )


def check_fresh(uow: UnitOfWork, policy: Policy, workspace: Workspace) -> None:
    """Raises `DirectoryTooOld` unless every group of this policy was read recently enough.

    What was never read is not empty: a policy that is newer than the last reading, or than the workers' own,
    decides nothing.
    """
    since = uow.now - workspace.snapshot_max_age
    read_at = uow.directory.read_at()
    if read_at is None or read_at < since:
        raise DirectoryTooOld("People and groups could not be read from Slack lately. Try again in a minute.")
    if uow.directory.unread(policy.membership.asked_of_slack, since=since):
        raise DirectoryTooOld(
            "The policy has groups that the workers have not read from Slack: it has just changed, or "
            "they go by another file. Nothing is decided until then; try again in a minute."
        )


def is_fresh(uow: UnitOfWork, policy: Policy, workspace: Workspace) -> bool:
    """Whether `check_fresh` raises nothing."""
    try:
        check_fresh(uow, policy, workspace)
    except DirectoryTooOld:
        return False
    return True


def operator(actor: str) -> str:
    """Return who `cli:osuser@host` is: the same user on another host is the same operator."""
    return actor.partition("@")[0]
