"""Who came to be a reviewer, and who is none any more, is said in the channels where they review."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.operations.plan_notice import plan_notice
from dbaccess.operations.reviewing import covers
from dbaccess.ports import UnitOfWork

Members = Mapping[SourceId, frozenset[SlackId]]


def tell_group_changes(
    uow: UnitOfWork, policy: Policy, *, before: Members, after: Members, read_at: datetime
) -> None:
    """Each group that rules ask for a review, if its members are others than at the last reading.

    A user group or channel that is read for the first time tells nothing: the policy is what changed then.
    """
    for group in sorted({group for rule in policy.rules for group in rule.reviewing}):
        sources = [source for source in policy.groups.get(group, ()) if source in before and source in after]
        had = frozenset[SlackId]().union(*(before[source] for source in sources))
        has = frozenset[SlackId]().union(*(after[source] for source in sources))
        if had != has:
            _tell(uow, policy, group, joined=has - had, left=had - has, read_at=read_at)


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
    uow.record(Event(kind=EventKind.GROUP_CHANGED, actor="worker", data=changed))
    shown = {"group": group, "joined": _names(uow, joined), "left": _names(uow, left)}
    for channel in sorted(_channels(policy, group)):
        key = f"{group}:{read_at.isoformat()}"
        plan_notice(uow, NoticeKind.GROUP_CHANGED, key=key, channel=channel, data=shown)


def _names(uow: UnitOfWork, slack_ids: Iterable[SlackId]) -> list[str]:
    """As they are at this moment: somebody who left may not be known for long."""
    wanted = sorted(slack_ids)
    people = uow.directory.people(wanted)
    return sorted(people[one].name if one in people else one for one in wanted)


def _channels(policy: Policy, group: str) -> set[str]:
    return {
        target.channel
        for target in policy.targets.values()
        for rule in policy.rules
        if group in rule.reviewing and covers(rule, target)
    }
