"""The right of auditors to ask in Slack."""

from dbaccess.domain.errors import NotYours
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
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
