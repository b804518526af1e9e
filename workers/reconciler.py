"""The loop that makes the queue optional: it finds what is due in the control database, and does it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from dbaccess.domain.errors import DbaccessError, SlackFailure
from dbaccess.log import describe
from dbaccess.operations.credentials import FORGOTTEN, GIVEN_UP, show_credentials
from dbaccess.operations.enforce_lockdowns import enforce_lockdowns
from dbaccess.operations.hands import Hands
from dbaccess.operations.invalidate import invalidate
from dbaccess.operations.lapse import lapse
from dbaccess.operations.notify import notify
from dbaccess.operations.nudge import nudge
from dbaccess.operations.outdate import outdate
from dbaccess.operations.outgrown import end_outgrown
from dbaccess.operations.owed import call_overdue, tell_judged
from dbaccess.operations.post_notice import post_notice
from dbaccess.operations.prolong import prolong
from dbaccess.operations.provision import provision
from dbaccess.operations.recount import recount
from dbaccess.operations.refresh_directory import read_list, refresh_directory
from dbaccess.operations.remind import remind
from dbaccess.operations.repeat_alarm import repeat_alarm
from dbaccess.operations.revoke import drain
from dbaccess.operations.sweep import sweep
from dbaccess.ports import Job
from dbaccess.settings import WorkerSettings
from dbaccess.storage.leader import Leader
from dbaccess.storage.outbox import prune, sweep_outbox
from workers.wiring import Wiring

log = structlog.get_logger()

GRACE = timedelta(seconds=2)
"""What the queue is given before the reconciler does it; ends of grants get none."""

IDLE = 1.0
"""Seconds between two looks when nothing is due before; a commit elsewhere wakes it at once."""

SOONEST, OVER = 0.02, 0.2
THREADS = 8
A_CLUSTER_EACH = ("end", "sweep", "powers")

PAUSE = 2.0
"""Seconds before something is tried again that failed in a way nobody foresaw."""

LONGEST_PAUSE = 60.0
"""Slack counts calls by the minute: what it asks for beyond that is not worth an older snapshot."""

PENDING_EVERY = 2.0
INVALIDATE_EVERY = 15.0
REMIND_EVERY = 15.0
ALARM_EVERY = 15.0
SWEEP_EVERY = 60.0
PRUNE_EVERY = 3600.0


def run(wiring: Wiring, settings: WorkerSettings) -> None:
    """Leads while it can; where another host leads, waits to take over. Never returns."""
    while True:
        try:
            with Leader(settings.database_url) as leader:
                log.info("leading")
                Reconciler(wiring, directory_every=settings.directory_every.total_seconds()).lead(leader)
        except Exception as error:  # noqa: BLE001 a process loop: whatever it was, begin again
            log.error("lead lost", **describe(error))  # noqa: TRY400 its text could quote a URL
            time.sleep(1)


@dataclass(slots=True)
class Reconciler:
    """Starts what is due in threads, never two of the same thing at once."""

    wiring: Wiring
    directory_every: float
    _pools: dict[tuple[str, int], ThreadPoolExecutor] = field(default_factory=dict)
    _running: dict[str, Future[None]] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _directory: str = ""

    def lead(self, leader: Leader) -> None:
        """Rounds until the lead is lost, which `leader` raises."""
        while True:
            next_due_at = self._round()
            leader.wait(min(IDLE, self._until(next_due_at)))

    def _round(self) -> datetime | None:
        hands = self.wiring.hands
        with hands.begin() as uow:
            now, next_due_at = uow.now, uow.grants.next_due_at()
            clusters = uow.grants.clusters_due(now)
            grants = uow.grants.due_to_provision(now - GRACE, limit=20)
            requests = uow.messages.due(now - GRACE, limit=20)
            longer = uow.extensions.due(now - GRACE, limit=20)
            views = uow.credential_views.waiting(now - FORGOTTEN, started_before=now - GIVEN_UP)
            notices = uow.notices.due(now - GRACE, limit=20)
        for cluster in clusters:
            self._start(f"end {cluster}", partial(drain, hands, cluster))
        for grant_id in grants:
            self._start(f"provision {grant_id}", partial(provision, hands, grant_id))
        for grant_id in longer:
            self._start(f"extend {grant_id}", partial(prolong, hands, grant_id))
        for request_id in requests:
            self._start(f"notify {request_id}", partial(notify, hands, request_id))
        for view_id in views:
            self._start(f"credentials {view_id}", partial(show_credentials, hands, view_id))
        for notice_id in notices:
            self._start(f"notice {notice_id}", partial(post_notice, hands, notice_id))
        self._keep_house()
        return next_due_at

    def _keep_house(self) -> None:
        wiring, hands = self.wiring, self.wiring.hands
        self._every(IDLE, "lockdown", partial(enforce_lockdowns, hands))
        self._every(IDLE, "lapse", partial(lapse, hands.begin))
        if hands.gives:  # else what is decided here goes by no file that somebody vouches for
            self._every(PENDING_EVERY, "outdate", partial(outdate, hands))
            self._every(PENDING_EVERY, "recount", partial(recount, hands))
        self._every(PENDING_EVERY, "nudge", partial(nudge, hands))
        self._every(INVALIDATE_EVERY, "invalidate", partial(invalidate, hands))
        self._every(PENDING_EVERY, "overdue", partial(call_overdue, hands.begin))
        self._every(IDLE, "judged", partial(tell_judged, hands.begin))
        self._every(REMIND_EVERY, "remind", partial(remind, hands.begin))
        self._every(ALARM_EVERY, "alarm", partial(repeat_alarm, hands))
        self._every(IDLE, "outbox", partial(sweep_outbox, wiring.engine, wiring.queue, older_than=GRACE))
        self._read_directory(hands)
        self._every(PENDING_EVERY, "list", partial(read_list, hands))
        self._every(PRUNE_EVERY, "prune", partial(prune, wiring.engine))
        for cluster in hands.targets.clusters():
            self._every(SWEEP_EVERY, f"sweep {cluster}", partial(sweep, hands, cluster))
            self._every(SWEEP_EVERY, f"powers {cluster}", partial(end_outgrown, hands, cluster))

    def _read_directory(self, hands: Hands) -> None:
        """At once where the policy is another: until its groups were read it decides nothing."""
        name = f"directory {hands.policy.hash}"
        if name != self._directory:
            self._last.pop(name, None)
            self._directory = name
        self._every(self.directory_every, name, partial(refresh_directory, hands))

    def _every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        if time.monotonic() - self._last.get(name, float("-inf")) >= seconds:
            self._last[name] = time.monotonic()
            self._start(name, work)

    def _start(self, name: str, work: Callable[[], object]) -> None:
        with self._lock:
            if name not in self._running and time.monotonic() >= self._not_before.get(name, 0.0):
                self._not_before.pop(name, None)
                self._running[name] = self._pool_for(name).submit(self._do, name, work)

    def _pool_for(self, name: str) -> ThreadPoolExecutor:
        """Threads of its own for each kind of work: one that waits for a stuck target keeps no other back."""
        kind = name.partition(" ")[0]
        threads = len(self.wiring.hands.targets.clusters()) + 1 if kind in A_CLUSTER_EACH else THREADS
        # A configuration that is read again may have more clusters.
        if (kind, threads) not in self._pools:
            self._pools[kind, threads] = ThreadPoolExecutor(threads, f"reconcile-{kind}")
        return self._pools[kind, threads]

    def _do(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except DbaccessError as error:
            self._not_before[name] = time.monotonic() + _pause(error)
            log.warning("not done", work=name, **_about(name), error=type(error).__name__, why=str(error))
        except Exception as error:  # noqa: BLE001 a process loop: one failure must not stop the others
            self._not_before[name] = time.monotonic() + PAUSE
            log.error("failed", work=name, **_about(name), **describe(error))  # noqa: TRY400 its text could quote SQL
        finally:
            with self._lock:
                self._running.pop(name, None)

    def _until(self, moment: datetime | None) -> float:
        if moment is None:
            return IDLE
        with self.wiring.begin() as uow:
            seconds = (moment - uow.now).total_seconds()
        # What is over already has been started, or waits for its queue: no reason to look at it all the time.
        return max(SOONEST, seconds) if seconds > 0 else OVER


def _pause(error: DbaccessError) -> float:
    """Seconds: as long as Slack asks for, within reason."""
    asked = error.retry_after if isinstance(error, SlackFailure) else None
    return PAUSE if asked is None else min(max(PAUSE, asked), LONGEST_PAUSE)


def _about(name: str) -> dict[str, str]:
    """The request or grant that work of this name is about."""
    kind, _, number = name.partition(" ")
    return Job(kind).about(int(number)) if kind in set(Job) and number.isdigit() else {}
