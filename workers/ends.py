"""The work of every host: ends on time, and the alarm if one is late."""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from pydantic import SecretStr
from sqlalchemy import Engine

from dbaccess.log import describe
from dbaccess.operations.clusters.checks import check_host_clock, check_login
from dbaccess.operations.directory.refresh import refresh_if_older
from dbaccess.operations.grants.overdue_alarm import raise_alarm
from dbaccess.operations.grants.revoke import at_once, cut_off_due, drain, end_locked
from dbaccess.operations.grants.watch import LATE, Watch
from dbaccess.storage.end_blockers import clear_way, name_other_blockers
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.storage.wakeup import Wakeup
from workers.loop_threads import Tasks
from workers.wiring import Wiring

log = structlog.get_logger()

IDLE = 1.0
"""Seconds between two rounds if nothing is due before; a commit elsewhere wakes it at once."""

SOONEST, OVER = 0.001, 0.2
"""Seconds to wait at least for an end, and while an overdue one is being handled.

In a storm ten times as long as the round took: its queries read every grant that is overdue.
"""

AHEAD, HEAD_START = 0.05, 0.05
"""Seconds before a known end at which its work begins, and after it in which nothing else does.

Until the end, that work only takes its turn and its lease. The queries of a round would delay the cut-off.
"""

PAUSE = 0.5
"""Seconds before a retry: a failed end must not wait for the pause of other work."""

WATCH_EVERY = 1.0
WAY_EVERY = 0.5
ALARM_EVERY = 5.0
LOOP_WAITS = "4s"
"""The longest wait of the loop for a lock, on a whole table for example. Then it says so and tries again."""

CLOCK_EVERY = 15.0
LOGIN_EVERY = 600.0
AGAIN_AFTER = 3
"""After so many missed readings this host reads too: the leader may not reach Slack."""


@dataclass(slots=True)
class Ends:
    """Any number of these run: each grant has one lease, and one host at a time ends it."""

    wiring: Wiring
    database_url: SecretStr
    directory_every: timedelta
    tasks: Tasks = field(init=False)
    watch: Watch = field(default_factory=Watch)
    looked_at: float = field(default_factory=time.monotonic)
    """The start of the last round, which shows whether the loop hangs."""
    _expected: Sequence[str] = ()
    """The clusters with a grant due at `_expected_at`, by the monotonic clock."""
    _expected_at: float = 0.0
    own: Engine = field(init=False)
    """Connections for the loop alone, because work that waits for a lock may use up the others."""

    def __post_init__(self) -> None:
        self.own = build_engine(
            self.database_url, pool_size=2, application_name="dbaccess-worker", lock_timeout=LOOP_WAITS
        )
        self.tasks = Tasks(lambda _: len(self.wiring.context.targets.clusters()) + 1)

    def close(self) -> None:
        """Close the connections of the loop; for tests, because a process ends with its loop."""
        self.own.dispose()

    def run(self) -> None:
        """Run for ever; without the control database, retry until it is back."""
        while True:
            try:
                with Wakeup(self.database_url) as wakeup:
                    while True:
                        wakeup.wait(self.round())
            except Exception as error:  # noqa: BLE001 a process loop: whatever it was, begin again
                self.looked_at = time.monotonic()
                log.error("no ends for now", **describe(error))  # noqa: TRY400 its text could quote a URL
                self._clear_way()  # the server may refuse new connections until this is done
                time.sleep(PAUSE)

    def round(self) -> float:
        """Begin to end what is due; return the seconds until the next round."""
        self.looked_at = time.monotonic()
        if self._expected and self.looked_at >= self._expected_at - AHEAD:
            return self._begin_expected()
        context = self.wiring.context
        # First, because the rest may wait for what this removes.
        self._clear_way()
        with SqlUnitOfWork(self.own, None) as uow:
            read_at = time.monotonic()
            now, following = uow.now, uow.grants.next_end()
            next_due_at, idle = following.due_at, following.is_idle(now)
            clusters = [] if idle else uow.grants.clusters_due(now)
            late = {} if idle else uow.grants.late_by_cluster(now - LATE)
            # Only if this is the last round before it.
            near = next_due_at is not None and now < next_due_at <= now + timedelta(seconds=IDLE)
            soon = uow.grants.clusters_due(next_due_at) if next_due_at and near else []
        for cluster, limit in self.watch.stuck(late).items():
            self.tasks.every(
                WATCH_EVERY, f"watch {cluster}", partial(self.watch.look, context, cluster, limit)
            )
            self.tasks.every(IDLE, f"line {cluster}", partial(end_locked, context, cluster))
        for cluster in clusters:
            self._begin(cluster)
        self._look_out()
        self._expected = soon
        if next_due_at is None:
            return IDLE
        if next_due_at <= now:
            return min(IDLE, max(OVER, 10 * (time.monotonic() - self.looked_at)))
        if soon:
            now, read_at = self._read_clock()
        self._expected_at = read_at + (next_due_at - now).total_seconds()
        begins_at = self._expected_at - (AHEAD if soon else 0)
        return min(IDLE, max(SOONEST, begins_at - time.monotonic()))

    def _read_clock(self) -> tuple[datetime, float]:
        """Return the time of the control database, which decides what is due, and that of this host.

        One answer tells it: a transaction's own time is older than its first two.
        """
        with self.own.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            now: datetime = connection.exec_driver_sql("select clock_timestamp()").scalar_one()
            # After the server read its clock: a time that is derived from this is never too early.
            return now, time.monotonic()

    def _begin_expected(self) -> float:
        """Begin the ends that the last round foresaw; return the seconds until the next round."""
        until_due = partial(_sleep_until, self._expected_at)
        for cluster in self._expected:
            self._begin(cluster, until_due=until_due)
        self._expected = []
        return max(0.0, self._expected_at - time.monotonic()) + HEAD_START

    def _begin(self, cluster: str, *, until_due: Callable[[], object] = at_once) -> None:
        context = self.wiring.context
        if self.tasks.runs(f"end {cluster}"):
            # A storm takes long to finish, and newly due grants must not wait for it.
            cut = partial(cut_off_due, context, cluster, until_due=until_due)
            self.tasks.start(f"cut {cluster}", cut, pause=PAUSE)
        self.tasks.start(f"end {cluster}", partial(drain, context, cluster, until_due=until_due), pause=PAUSE)

    def _clear_way(self) -> None:
        self.tasks.every(WAY_EVERY, "way", partial(clear_way, self.own))
        self.tasks.every(ALARM_EVERY, "blockers", partial(name_other_blockers, self.own))

    def _look_out(self) -> None:
        context, every = self.wiring.context, self.directory_every
        self.tasks.every(CLOCK_EVERY, "clock", partial(check_host_clock, context, socket.gethostname()))
        self.tasks.every(ALARM_EVERY, "alarm", partial(raise_alarm, context))
        for cluster in context.targets.clusters():
            # On each host: each has its own environment, and so its own URL.
            self.tasks.every(LOGIN_EVERY, f"login {cluster}", partial(check_login, context, cluster))
        stale = partial(refresh_if_older, context, AGAIN_AFTER * every + timedelta(seconds=ALARM_EVERY))
        self.tasks.every(every.total_seconds(), "directory", stale)


def _sleep_until(moment: float) -> None:
    """Sleep until that reading of the monotonic clock."""
    time.sleep(max(0.0, moment - time.monotonic()))
