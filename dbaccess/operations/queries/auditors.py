"""The right of auditors to ask in Slack, and what they ask about."""

from dbaccess.domain.errors import NotYours, UnknownName
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


def check_target(uow: UnitOfWork, policy: Policy, target: str) -> None:
    """Raise `UnknownName` for a target that is not in the policy and of which there is no grant."""
    try:
        policy.target(target)
    except UnknownName:
        if not uow.grants.ids(limit=1, only=RecordFilter(target=target)):
            raise
