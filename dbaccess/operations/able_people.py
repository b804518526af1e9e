"""People of a group who may act now, and their names."""

from collections.abc import Collection, Iterable

from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace, look_up_all
from dbaccess.ports import UnitOfWork


def able_people(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, group: str, *, but: Collection[SlackId], limit: int
) -> list[SlackId]:
    """Return accounts of the group that may act: no guests, no bots, none that is deactivated."""
    sources = policy.groups.get(group, ())
    return uow.directory.reviewers(sources, team_id=workspace.team_id, but=but, limit=limit)


def names_of(uow: UnitOfWork, policy: Policy, accounts: Iterable[SlackId]) -> list[str]:
    """Return the shown name of each account, or its id if the snapshot lacks it."""
    wanted = list(accounts)
    people = look_up_all(uow, wanted, policy)
    return [people[one].shown if one in people else one for one in wanted]
