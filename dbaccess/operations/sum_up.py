"""Many ends on one target at once are one line in its channel, instead of a line each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.ports import UnitOfWork

MANY = 20
"""Ends with one cause on one target that are recorded together."""

GATHER = timedelta(seconds=3)
"""The line waits so long for more of them: a storm ends in batches."""

Planned = tuple[RequestId, MessageKind, str]


def sum_up(
    uow: UnitOfWork, policy: Policy, settled: Sequence[Grant], planned: Sequence[Planned]
) -> list[Planned]:
    """Return what is left to plan: without the thread lines of the grants that one line tells of.

    Each batch only adds a row of its own: an end never waits for a row that is locked while Slack is asked.
    One message tells of all rows that wait when it is sent.
    """
    groups: dict[tuple[str, EndCause | None], list[Grant]] = defaultdict(list)
    for grant in settled:
        if grant.state is GrantState.ENDED and grant.activated_at is not None:
            groups[grant.target, grant.end_cause].append(grant)
    told: set[RequestId] = set()
    for (target, cause), grants in groups.items():
        if len(grants) < MANY or target not in policy.targets or cause is None:
            continue
        due = max(grant.due_at or uow.now for grant in grants)
        uow.notices.plan(
            NoticeKind.ENDED,
            key=f"ended:{min(grant.id for grant in grants)}",
            channel=policy.targets[target].channel,
            data={"target": target, "cause": cause.value, "count": len(grants), "due_at": due.isoformat()},
            at=uow.now + GATHER,
        )
        told |= {grant.request_id for grant in grants}
    return [one for one in planned if one[1] is not MessageKind.THREAD_ENDED or one[0] not in told]
