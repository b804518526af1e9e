"""The operators who can lift a lockdown."""

from typing import Final

from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.operations.able_people import able_people, names_of
from dbaccess.operations.identity import Workspace
from dbaccess.ports import UnitOfWork

_NAMED: Final = 3


def who_lifts(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, *, target: str | None, declared: SlackId | None
) -> str:
    """Return a sentence that names those who can lift the lockdown of this person; not escaped.

    `declared` is None for the command line. Without another operator it gives the command that lifts it.
    """
    own = policy.accounts(declared) if declared is not None else ()
    found = able_people(uow, policy, workspace, "operators", but=own, limit=_NAMED + 1)
    if not found:
        command = f"dbaccess lockdown lift {target or '--all'}"
        return f"In Slack no other operator is known; this lifts it: {command}."
    names = names_of(uow, policy, found[:_NAMED])
    if len(found) > _NAMED:
        names.append("others")
    return f"Another operator lifts it: {_listed(names)}."


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
