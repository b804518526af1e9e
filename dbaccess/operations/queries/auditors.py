"""The right of auditors to ask in Slack, and what they ask about."""

from collections.abc import Callable, Iterator

from dbaccess.domain.errors import NotYours
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.names import unknown_name
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.operations.identity import Workspace, identify
from dbaccess.ports import UnitOfWork

_WHO = "Only auditors ask this: the members of groups.auditors of the policy."


def auditor(uow: UnitOfWork, slack_id: SlackId, policy: Policy, workspace: Workspace) -> Person:
    """Return the person, who is an auditor now; raises `NotYours` with who may, or as `identify` does."""
    person = identify(uow, slack_id, policy, workspace)
    if "auditors" not in policy.groups:
        raise NotYours(f"{_WHO} The policy names none; an operator adds that group.")
    if not policy.is_auditor(person):
        raise NotYours(f"{_WHO} You are not among them.")
    return person


def check_names(
    uow: UnitOfWork,
    policy: Callable[[], Policy | None],
    *,
    target: str | None = None,
    role: str | None = None,
    rule: str | None = None,
) -> None:
    """Raise `UnknownName`, with similar names, for a name that no record has and the policy lacks.

    The policy is asked for only if a name has no record. Without one nothing is known to be misspelt.
    """
    if all(_is_recorded(uow, **{kind: name}) for kind, name in _given(target=target, role=role, rule=rule)):
        return
    known = policy()
    if known is None:
        return
    roles = {name for one in known.targets.values() for name in one.roles}
    for kind, name, names in (
        ("target", target, known.targets.keys()),
        ("role", role, roles),
        ("rule", rule, {one.id for one in known.rules}),
    ):
        if name is not None and name not in names and not _is_recorded(uow, **{kind: name}):
            raise unknown_name(kind, name, names)


def check_target(uow: UnitOfWork, policy: Policy, target: str) -> None:
    """Raise `UnknownName` for a target that is not in the policy and of which there is no request."""
    check_names(uow, lambda: policy, target=target)


def _given(**names: str | None) -> Iterator[tuple[str, str]]:
    yield from ((kind, name) for kind, name in names.items() if name is not None)


def _is_recorded(
    uow: UnitOfWork, *, target: str | None = None, role: str | None = None, rule: str | None = None
) -> bool:
    if role is not None:
        return bool(uow.grants.search(GrantQuestion(role=role), limit=1))
    return bool(uow.requests.ids(limit=1, only=RecordFilter(target=target, rule=rule)))
