"""Digests: one message for many ends on one target."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.overdue import MANY
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.ports import UnitOfWork

GATHER = timedelta(seconds=3)
"""The message waits this long for more ends, because a storm ends in batches."""

Planned = tuple[RequestId, MessageKind, str]


def plan_digest(
    uow: UnitOfWork, policy: Policy, settled: Sequence[Grant], planned: Sequence[Planned]
) -> list[Planned]:
    """Return the messages left to plan, without those that a digest replaces.

    Each batch only adds a row of its own: an end never waits for a row that is locked during a call to Slack.
    One message reports all rows that wait when it is sent.
    """
    groups: dict[tuple[str, EndCause], list[Grant]] = defaultdict(list)
    for grant in settled:
        if grant.state is GrantState.ENDED and grant.activated_at is not None and grant.end_cause:
            groups[grant.target, grant.end_cause].append(grant)
    late = {request_id for request_id, kind, _ in planned if kind is MessageKind.ENDED_LATE}
    told: set[tuple[RequestId, MessageKind]] = set()
    for (target, cause), grants in groups.items():
        if target not in policy.targets:
            continue
        channel = policy.targets[target].channel
        for kind, notice, where, some in (
            (MessageKind.THREAD_ENDED, NoticeKind.ENDED, channel, grants),
            (
                MessageKind.ENDED_LATE,
                NoticeKind.MANY_ENDED_LATE,
                policy.ops_channel,
                [grant for grant in grants if grant.request_id in late],
            ),
        ):
            if len(some) >= MANY:
                _plan(uow, notice, where, target, cause, some)
                told |= {(grant.request_id, kind) for grant in some}
    return [one for one in planned if one[:2] not in told]


def _plan(
    uow: UnitOfWork, kind: NoticeKind, channel: str, target: str, cause: EndCause, grants: Sequence[Grant]
) -> None:
    due = max(grant.due_at or uow.now for grant in grants)
    uow.notices.plan(
        kind,
        key=f"{kind.value}:{min(grant.id for grant in grants)}",
        channel=channel,
        data={"target": target, "cause": cause.value, "count": len(grants), "due_at": due.isoformat()},
        at=uow.now + GATHER,
    )
