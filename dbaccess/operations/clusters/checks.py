"""Checks of a cluster and a host while the workers run: their clocks, and the login of the cluster's URL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from dbaccess.domain.clock import SKEW_ALLOWED, skew
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice

log: Final = structlog.get_logger()


def now_here() -> datetime:
    return datetime.now(UTC)


def check_host_clock(context: WorkerContext, host: str, *, clock: Callable[[], datetime] = now_here) -> None:
    """Compare this host's clock, and tell the operators of a difference, once until it is right again."""
    before = clock()
    said = _control_clock(context)
    _take(context, f"host {host}", -skew(before, said, clock()))


def check_cluster_clock(context: WorkerContext, cluster: str) -> None:
    """Compare a cluster's clock in the same way; raises `TargetFailure`."""
    before = _control_clock(context)
    said = context.targets.driver(cluster).facts().now
    _take(context, f"cluster {cluster}", skew(before, said, _control_clock(context)))


def check_login(context: WorkerContext, cluster: str) -> None:
    """Log an error while the cluster's URL has a login that may give nothing; raises `TargetFailure`.

    The workers run on: a grant that is open has to end with whatever login there is.
    """
    why = context.targets.driver(cluster).wrong_login()
    if why is not None:
        log.error("cluster login refused, ends only", cluster=cluster, why=why)


def _control_clock(context: WorkerContext) -> datetime:
    with context.begin() as uow:
        return uow.now


def _take(context: WorkerContext, place: str, ahead: timedelta) -> None:
    """Record the difference; `ahead` is negative if the clock is behind."""
    seconds = round(ahead.total_seconds(), 1)
    with context.begin() as uow:
        if abs(ahead) <= SKEW_ALLOWED:
            if uow.clock_skews.clear(place):
                uow.commit()
                log.info("clock right again", place=place)
            return
        since = uow.clock_skews.put(place, seconds, at=uow.now)
        # The key names this episode, so that the next one is reported again.
        key = f"clock:{place}:{since.isoformat()}"
        data = {"place": place, "seconds": seconds}
        plan_notice(uow, NoticeKind.CLOCK_SKEW, key=key, channel=context.policy.ops_channel, data=data)
        uow.commit()
    log.error("clock skew", place=place, seconds=seconds)
