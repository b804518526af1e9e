"""Notices about people who joined or left a reviewing group, in the channels where it reviews."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import BOT, SEEN_WITHIN
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.identity import Workspace, look_up_all
from dbaccess.operations.message_updates import plan_notice
from dbaccess.operations.requests.eligibility import covers
from dbaccess.operations.requests.enough_reviewers import lacks_reviewers
from dbaccess.ports import UnitOfWork

_PENDING_MOST: Final = 1_000
"""Pending requests that are looked at after people left a group, so that the reading stays short."""

Members = Mapping[SourceId, frozenset[SlackId]]


def tell_group_changes(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    members: Members,
    *,
    read_at: datetime,
    first: bool,
) -> None:
    """Plan a notice for each reviewing group with other members than the channels know.

    The cause may be Slack or the policy: for a group that begins to review, all members have joined. The
    `first` reading of an installation plans nothing. Requesters are told too if their group lacks people now.
    """
    if not _is_latest(uow, policy):
        return
    told, now = uow.directory.told_groups(), _reviewers(policy, members)
    for group, has in sorted(now.items()):
        had = told.get(group, frozenset())
        if had != has and not first:
            shown = _tell(uow, policy, group, joined=has - had, left=had - has, read_at=read_at)
            if had - has:
                _tell_requesters(uow, policy, workspace, group, shown, read_at=read_at)
    if told != now:
        uow.directory.put_told_groups(now)


def _is_latest(uow: UnitOfWork, policy: Policy) -> bool:
    """Return whether this policy is the latest: workers with different files would report in turns."""
    workers = [r for r in uow.policies.seen_since(uow.now - SEEN_WITHIN) if r.process.name != BOT]
    return not workers or max(workers, key=lambda report: report.loaded_at).hash == policy.hash


def _reviewers(policy: Policy, members: Members) -> dict[str, frozenset[SlackId]]:
    groups = {group for rule in policy.rules for group in rule.reviewing}
    return {
        group: frozenset[SlackId]().union(*(members[source] for source in policy.groups.get(group, ())))
        for group in groups
    }


def _tell(
    uow: UnitOfWork,
    policy: Policy,
    group: str,
    *,
    joined: frozenset[SlackId],
    left: frozenset[SlackId],
    read_at: datetime,
) -> dict[str, Any]:
    """Record the change, tell the channels, and return what they are told."""
    changed = {"group": group, "joined": sorted(joined), "left": sorted(left)}
    uow.record(Event(kind=EventKind.GROUP_CHANGED, actor=BY_WORKER, data=changed))
    shown = {"group": group, "joined": _names(uow, policy, joined), "left": _names(uow, policy, left)}
    for channel in sorted(_channels(policy, group)):
        key = f"{group}:{read_at.isoformat()}"
        plan_notice(uow, NoticeKind.GROUP_CHANGED, key=key, channel=channel, data=shown)
    return shown


def _tell_requesters(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    group: str,
    shown: Mapping[str, Any],
    *,
    read_at: datetime,
) -> None:
    """Tell each requester of the pending requests that the people who are left cannot approve."""
    waiting: dict[SlackId, list[Request]] = defaultdict(list)
    for request in uow.requests.readable(uow.requests.pending_ids(after=RequestId(0), limit=_PENDING_MOST)):
        if group in dict(request.terms.approvals):
            waiting[request.requester_slack_id].append(request)
    for requester, requests in sorted(waiting.items()):
        slots = {request.terms.approvals for request in requests}
        lack = {of: lacks_reviewers(uow, policy, workspace, requester, of) for of in slots}
        stuck = [request for request in requests if lack[request.terms.approvals]]
        if stuck:
            labels, why = [one.label for one in stuck], lack[stuck[0].terms.approvals]
            key, data = f"waits:{group}:{read_at.isoformat()}", {**shown, "waits": labels, "why": why}
            plan_notice(uow, NoticeKind.GROUP_CHANGED, key=key, channel=requester, data=data)


def _names(uow: UnitOfWork, policy: Policy, slack_ids: Iterable[SlackId]) -> list[str]:
    """Return the names as they are now: an account that left may be removed soon."""
    wanted = sorted(slack_ids)
    people = look_up_all(uow, wanted, policy)
    return sorted(people[one].shown if one in people else one for one in wanted)


def _channels(policy: Policy, group: str) -> set[str]:
    return {
        target.channel
        for target in policy.targets.values()
        for rule in policy.rules
        if group in rule.reviewing and covers(rule, target)
    }
