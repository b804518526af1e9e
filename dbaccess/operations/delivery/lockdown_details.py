"""Reading of all that a message about a lockdown shows, at one moment."""

from collections.abc import Iterator

from dbaccess.domain.lockdown import Lockdown, LockdownDetails, LockdownId
from dbaccess.domain.notice import Notice
from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.requests.reviewer_groups import covers
from dbaccess.ports import UnitOfWork


def load_lockdown_details(context: WorkerContext, uow: UnitOfWork, notice: Notice) -> LockdownDetails:
    """Return the lockdown as it is in this transaction, for the channel of the notice."""
    lockdown = uow.lockdowns.get(LockdownId(notice.data["lockdown"]))
    declared, lifted = lockdown.declared_slack_id, lockdown.lifted_slack_id
    people = uow.directory.people([account for account in (declared, lifted) if account is not None])
    return LockdownDetails(
        lockdown=lockdown,
        progress=uow.lockdowns.progress(lockdown),
        declared_by=people.get(declared) if declared else None,
        lifted_by=people.get(lifted) if lifted else None,
        groups=tuple(_told(context.policy, lockdown, notice.channel)),
        workspace_url=context.workspace.url,
        is_for_operators=notice.channel == context.policy.ops_channel,
    )


def _told(policy: Policy, lockdown: Lockdown, channel: str) -> Iterator[ReviewerGroup]:
    """Yield the groups to ping in the channel: operators and reviewers, without the declaring operator."""
    names = ["operators"] if channel == policy.ops_channel and "operators" in policy.groups else []
    for target in policy.targets.values():
        if target.channel == channel and lockdown.covers(target.name):
            names += [group for rule in policy.rules if covers(rule, target) for group in rule.reviewing]
    account = lockdown.declared_slack_id
    own = [SourceId(known) for known in policy.accounts(account)] if account else []
    for name in dict.fromkeys(names):
        sources = tuple(source for source in policy.groups.get(name, ()) if source not in own)
        yield ReviewerGroup(name=name, sources=sources, count=1)
