"""Notices about people who joined or left a reviewing group, in the channels where it reviews."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_report import BOT, SEEN_WITHIN
from dbaccess.operations.identity import look_up_all
from dbaccess.operations.planning import plan_notice
from dbaccess.operations.requests.eligibility import covers
from dbaccess.ports import UnitOfWork

Members = Mapping[SourceId, frozenset[SlackId]]


def tell_group_changes(
    uow: UnitOfWork, policy: Policy, members: Members, *, read_at: datetime, first: bool
) -> None:
    """Plan a notice for each reviewing group with other members than the channels know.

    The cause may be Slack or the policy: for a group that begins to review, all members have joined. The
    `first` reading of an installation plans nothing.
    """
    if not _is_latest(uow, policy):
        return
    told, now = uow.directory.told_groups(), _reviewers(policy, members)
    for group, has in sorted(now.items()):
        had = told.get(group, frozenset())
        if had != has and not first:
            _tell(uow, policy, group, joined=has - had, left=had - has, read_at=read_at)
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
) -> None:
    changed = {"group": group, "joined": sorted(joined), "left": sorted(left)}
    uow.record(Event(kind=EventKind.GROUP_CHANGED, actor=BY_WORKER, data=changed))
    shown = {"group": group, "joined": _names(uow, policy, joined), "left": _names(uow, policy, left)}
    for channel in sorted(_channels(policy, group)):
        key = f"{group}:{read_at.isoformat()}"
        plan_notice(uow, NoticeKind.GROUP_CHANGED, key=key, channel=channel, data=shown)


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
