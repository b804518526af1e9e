"""Periodic work of the leading reconciler, and due work that the queue lost; ends are in `ends`."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from pydantic import SecretStr

from dbaccess.log import describe
from dbaccess.operations.access_reviews.end import end_access_reviews
from dbaccess.operations.access_reviews.owners import ask_owners
from dbaccess.operations.access_reviews.remove import remove_standing_access
from dbaccess.operations.activity.purge import purge_old_statements
from dbaccess.operations.activity.use import look_again_after, look_at_sessions
from dbaccess.operations.break_glass.pending_review import escalate_overdue_reviews, notify_reviewed
from dbaccess.operations.checkpoints.deliver import deliver_checkpoints, forget_removed
from dbaccess.operations.checkpoints.make import make_checkpoint, tell_late_checkpoint
from dbaccess.operations.checkpoints.stream import stream_all
from dbaccess.operations.clusters.checks import check_cluster_clock
from dbaccess.operations.clusters.observe import HeadKeeper
from dbaccess.operations.clusters.standing_access import forget_left_clusters, read_standing_access
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.check_names import NameCheck
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.credentials import FORGOTTEN, GIVEN_UP, show_credentials
from dbaccess.operations.grants.end_idle import find_idle
from dbaccess.operations.grants.invalidate import end_outgrown, invalidate
from dbaccess.operations.grants.overdue_alarm import repeat_alarm
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.record_reach import record_reach
from dbaccess.operations.grants.remind_holder import remind_holders
from dbaccess.operations.lockdowns.enforce import enforce_lockdowns
from dbaccess.operations.queries.report.send import requeue_reports
from dbaccess.operations.refused_attempts import record_left_out
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from dbaccess.storage.leader import Leader
from dbaccess.storage.leader_work import DueWork, find_due_work
from dbaccess.storage.outbox import sweep_outbox
from dbaccess.storage.prune import prune
from dbaccess.storage.schema_check import log_differences
from workers.loop_threads import THREADS, Tasks
from workers.wiring import Wiring

log = structlog.get_logger()

GRACE = timedelta(seconds=2)
"""The time that the queue has before the reconciler does its work."""

IDLE = 1.0
"""Seconds between two rounds if nothing is due before; a commit elsewhere wakes it at once."""

A_CLUSTER_EACH = ("clock", "sweep", "standing", "removal", "powers", "head", "sessions", "reach")
"""The kinds of work that each cluster has for itself; one that is stuck must not hold up another."""

PENDING_EVERY = 2.0
INVALIDATE_EVERY = 15.0
REMIND_EVERY = 15.0
REVIEWS_EVERY = 15.0
ALARM_EVERY = 15.0
SWEEP_EVERY = 60.0
HEAD_EVERY = 5.0
LOOK_EVERY = 30.0
REACH_EVERY = 2.0
IDLE_GRANTS_EVERY = 30.0
PRUNE_EVERY = 3600.0
REPORTS_EVERY = 30.0
PURGE_EVERY = 600.0


@dataclass(slots=True)
class Reconciler:
    """Does the work that the queue lost, and the periodic work. Ends need no leader: see `ends`."""

    wiring: Wiring
    directory_every: float
    tasks: Tasks = field(init=False)
    _directory: str = ""
    _heads: HeadKeeper = field(default_factory=HeadKeeper)
    _names: NameCheck = field(default_factory=NameCheck)
    _look_every: dict[str, float] = field(default_factory=dict)
    """Seconds between two looks at the sessions of a cluster, by the cost of the last one."""

    def __post_init__(self) -> None:
        self.tasks = Tasks(self._threads)

    def run(self, database_url: SecretStr) -> None:
        """Lead while this process can, else wait to take over. Runs for ever."""
        log_differences(database_url, application_name="dbaccess-worker")
        while True:
            try:
                with Leader(database_url) as leader:
                    log.info("leading")
                    self.lead(leader)
            except Exception as error:  # noqa: BLE001 a process loop: whatever it was, begin again
                log.error("lead lost", **describe(error))  # noqa: TRY400 its text could quote a URL
                time.sleep(1)

    def lead(self, leader: Leader) -> None:
        """Make rounds until the lead is lost, which `leader` raises."""
        for cluster in self.wiring.context.targets.clusters():
            # After a fail-over the control database may lack the last grants, whose access nothing ends.
            self.tasks.forget(f"sweep {cluster}")
        while True:
            self._round()
            leader.wait(IDLE)

    def _threads(self, kind: str) -> int:
        return len(self.wiring.context.targets.clusters()) + 1 if kind in A_CLUSTER_EACH else THREADS

    def _round(self) -> None:
        context, due = self.wiring.context, find_due_work(self.wiring.engine)
        if due.for_one:
            self._begin_lost(context, due)
        self._keep_house(due)

    def _begin_lost(self, context: WorkerContext, due: DueWork) -> None:
        """Begin work on single grants that no job from the queue has begun in time."""
        with context.begin() as uow:
            now = uow.now
            longer = uow.extensions.due(now - GRACE, limit=20) if due.extensions else []
            grants = uow.grants.due_to_provision(now - GRACE, limit=20) if due.provisioning else []
            since, started = now - FORGOTTEN, now - GIVEN_UP
            waiting = uow.credential_views.waiting
            views = waiting(since, started_before=started, limit=20) if due.credentials else []
        for grant_id in grants:
            self.tasks.start(f"provision {grant_id}", partial(provision, context, grant_id))
        for grant_id in longer:
            self.tasks.start(f"extend {grant_id}", partial(apply_extension, context, grant_id))
        for view_id in views:
            self.tasks.start(f"credentials {view_id}", partial(show_credentials, context, view_id))

    def _keep_house(self, due: DueWork) -> None:
        wiring, context = self.wiring, self.wiring.context
        if due.lockdowns:
            self.tasks.every(IDLE, "lockdown", partial(enforce_lockdowns, context))
        if due.pending:
            self._see_to_pending(context)
        self.tasks.every(INVALIDATE_EVERY, "invalidate", partial(invalidate, context))
        if due.reviews:
            self.tasks.every(PENDING_EVERY, "overdue", partial(escalate_overdue_reviews, context.begin))
        # Without a recent review one of an outage may still be untold, and is found later.
        self.tasks.every(
            IDLE if due.reviews else REVIEWS_EVERY, "reviewed", partial(notify_reviewed, context)
        )
        self.tasks.every(REMIND_EVERY, "remind", partial(remind_holders, context.begin))
        self.tasks.every(ALARM_EVERY, "alarm", partial(repeat_alarm, context))
        self.tasks.every(REVIEWS_EVERY, "access reviews", partial(end_access_reviews, context))
        self.tasks.every(REVIEWS_EVERY, "owners", partial(ask_owners, context))
        self.tasks.every(IDLE_GRANTS_EVERY, "idle", partial(find_idle, context))
        self._fill_queue(due)
        self._read_directory(context)
        if due.people:
            self.tasks.every(PENDING_EVERY, "list", partial(read_list, context))
        self.tasks.every(SWEEP_EVERY, "names", partial(self._names.check, context))
        self.tasks.every(PRUNE_EVERY, "left out", partial(record_left_out, context.begin))
        self.tasks.every(HEAD_EVERY, "checkpoint", partial(make_checkpoint, context))
        for witness in context.witnesses:
            name = f"witness {witness.kind}"
            self.tasks.every(HEAD_EVERY, name, partial(deliver_checkpoints, context, witness))
        for stream in context.streams:
            self.tasks.every(HEAD_EVERY, f"stream {stream.place}", partial(stream_all, context, stream))
        self.tasks.every(SWEEP_EVERY, "removed witnesses", partial(forget_removed, context))
        self.tasks.every(SWEEP_EVERY, "late checkpoint", partial(tell_late_checkpoint, context))
        if context.gives:  # without a valid file nothing says how long statements are kept
            self.tasks.every(PURGE_EVERY, "purge", partial(purge_old_statements, context))
        self.tasks.every(PRUNE_EVERY, "prune", partial(prune, wiring.engine))
        self._see_to_clusters(context)

    def _see_to_clusters(self, context: WorkerContext) -> None:
        for cluster in context.targets.clusters():
            self.tasks.every(SWEEP_EVERY, f"sweep {cluster}", partial(sweep, context, cluster))
            read = partial(read_standing_access, context, cluster)
            self.tasks.every(SWEEP_EVERY, f"standing {cluster}", read)
            remove = partial(remove_standing_access, context, cluster)
            self.tasks.every(REVIEWS_EVERY, f"removal {cluster}", remove)
            self.tasks.every(
                self._look_every.get(cluster, LOOK_EVERY), f"sessions {cluster}", partial(self._look, cluster)
            )
            self.tasks.every(REACH_EVERY, f"reach {cluster}", partial(record_reach, context, cluster))
            self.tasks.every(SWEEP_EVERY, f"clock {cluster}", partial(check_cluster_clock, context, cluster))
            self.tasks.every(HEAD_EVERY, f"head {cluster}", partial(self._heads.keep, context, cluster))
            self.tasks.every(SWEEP_EVERY, f"powers {cluster}", partial(end_outgrown, context, cluster))
        if context.gives:  # without a valid file nothing says which clusters there are
            self.tasks.every(PRUNE_EVERY, "left clusters", partial(forget_left_clusters, context))

    def _look(self, cluster: str) -> None:
        began = time.thread_time()
        look_at_sessions(self.wiring.context, cluster)
        self._look_every[cluster] = look_again_after(time.thread_time() - began, at_least=LOOK_EVERY)

    def _fill_queue(self, due: DueWork) -> None:
        """Put jobs into the queue that it lost, or never got."""
        if due.reports:
            self.tasks.every(REPORTS_EVERY, "reports", partial(requeue_reports, self.wiring.begin))
        if due.outbox:
            sweep_all = partial(sweep_outbox, self.wiring.engine, self.wiring.queue, older_than=GRACE)
            self.tasks.every(IDLE, "outbox", sweep_all)

    def _see_to_pending(self, context: WorkerContext) -> None:
        self.tasks.every(IDLE, "lapse", partial(lapse, context.begin))
        if context.gives:  # without a valid file no decision is made here
            self.tasks.every(PENDING_EVERY, "stale", partial(mark_stale, context))
            self.tasks.every(PENDING_EVERY, "recheck", partial(recheck_approvals, context))
        self.tasks.every(PENDING_EVERY, "waiting", partial(remind_reviewers, context))

    def _read_directory(self, context: WorkerContext) -> None:
        """Read at once after a policy change: the policy decides nothing until its groups were read."""
        name = f"directory {context.policy.hash}"
        if name != self._directory:
            self.tasks.forget(name)  # it may have been in force before
            self._directory = name
        self.tasks.every(self.directory_every, name, partial(refresh_directory, context))
