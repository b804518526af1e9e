"""The metrics of the workers, read from the control database at each scrape."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import SecretStr

from dbaccess.domain.coverage import (
    Canary,
    CaptureLevel,
    Coverage,
    LogPosition,
    coverage_at,
    imported_coverage,
)
from dbaccess.domain.grant import GrantState
from dbaccess.domain.imports import is_imported
from dbaccess.domain.policy_in_use import SEEN_WITHIN, versions
from dbaccess.domain.truncated_list import left_out
from dbaccess.operations.checkpoints.make import unsigned_since
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.settings import SettingsError
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

PREFIX = "dbaccess_"

LATE: Final = timedelta(minutes=10)
"""How long after the log was read beyond its end the figures of a grant may be made."""

GAUGES: Mapping[str, str] = {
    "grants_open": "Grants that have not ended, by state: provisioning, active, revoking.",
    "grants_failing": "Open grants after a failed attempt; each is retried.",
    "overdue_seconds": "Seconds that the latest grant is past its end, or past the moment it was revoked.",
    "clock_skew_seconds": "Seconds that a host's or a cluster's clock is off; 0 up to 2 s.",
    "names_changed": "Names in the policy that Slack uses otherwise now; the pinned ids stay in force.",
    "messages_refused": "Messages of requests that Slack refuses now; each is retried.",
    "requests_pending": "Requests that wait for a decision.",
    "break_glass_reviews_owed": "Break-glass reviews that are pending.",
    "break_glass_reviews_overdue": "Break-glass reviews that are past their time.",
    "directory_age_seconds": "Seconds since people and groups were read from Slack.",
    "policy_differs": "1 while two processes use different policies.",
    "policy_reload_failed": "Processes that refused a policy file.",
    "ledger_entries": "Entries in the ledger.",
    "ledger_unsealed_seconds": "Seconds that the oldest entry without a checkpoint has waited for one.",
    "ledger_witnesses_failing": "Witnesses and streams that failed last; each is retried.",
    "observe_mode": "1 while nothing is granted until an operator decides.",
    "activity_behind_bytes": "Bytes of a cluster's log that are not read yet, the most of any cluster.",
    "activity_age_seconds": "Seconds since all logs were read to their end; 0 without one that is read.",
    "targets_not_captured": "Targets with a configured log and a last canary that did not come back.",
    "grants_not_summarized": "Ended grants with figures that are 10 min late; each is retried.",
    "grants_written_off": "Grants that two operators gave up; their end is not verified.",
}
"""Every gauge without its prefix, and its help text, which the documentation repeats."""


class StateCollector(Collector):
    """Gauges of the present state; no process counts, so any host gives the same figures."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    def collect(self) -> Iterable[Metric]:
        with self._begin() as uow:
            states, now = uow.grants.counts(), uow.now
            pending, reviews = uow.requests.count_pending(), uow.break_glass_reviews.count_pending(now)
            skew = uow.clock_skews.largest(since=now - SEEN_WITHIN)
            due_at, failing = uow.grants.overdue_since(now), uow.grants.failing()
            positions, canaries = uow.log_positions.all(), uow.canaries.all()
            not_summarized = uow.activity.unsettled(slack=LATE)
            observed = any(o.why is not None for o in uow.observations.all())
            written_off = uow.grants.written_off()
            read_at, head = uow.directory.read_at(), uow.ledger.head()
            unsigned = unsigned_since(uow)
            witnesses_failing = sum(state.failing_since is not None for state in uow.witnesses.all())
            changed_names = uow.changed_names.count()
            refused_messages = uow.messages.refused(limit=1)
            reports = uow.policies.seen_since(uow.now - SEEN_WITHIN)
        by_state = GaugeMetricFamily(f"{PREFIX}grants_open", GAUGES["grants_open"], labels=["state"])
        for state in (GrantState.PROVISIONING, GrantState.ACTIVE, GrantState.REVOKING):
            by_state.add_metric([state.value], states.get(state, 0))
        yield by_state
        yield _gauge("observe_mode", int(observed))
        yield _gauge("grants_written_off", written_off)
        yield _gauge("activity_behind_bytes", max((one.behind for one in positions), default=0))
        read = [one for one in positions if not is_imported(one)]
        yield _gauge("activity_age_seconds", max((_age(one, now) for one in read), default=0.0))
        lost = [one for one in canaries if _coverage(one, positions, now).level is CaptureLevel.NONE]
        yield _gauge("targets_not_captured", len(lost))
        yield _gauge("grants_not_summarized", not_summarized)
        late = (now - due_at).total_seconds() if due_at else 0.0
        yield _gauge("overdue_seconds", late)
        yield _gauge("clock_skew_seconds", skew)
        yield _gauge("grants_failing", failing)
        yield _gauge("messages_refused", len(refused_messages) + left_out(refused_messages))
        yield _gauge("names_changed", changed_names)
        yield _gauge("requests_pending", pending)
        yield _gauge("break_glass_reviews_owed", reviews.pending)
        yield _gauge("break_glass_reviews_overdue", reviews.overdue)
        age = (now - read_at).total_seconds() if read_at else float("inf")
        yield _gauge("directory_age_seconds", age)
        yield _gauge("policy_differs", int(len(versions(reports)) > 1))
        refused = sum(report.refused for report in reports)
        yield _gauge("policy_reload_failed", refused)
        yield _gauge("ledger_entries", head.seq if head else 0)
        yield _gauge("ledger_witnesses_failing", witnesses_failing)
        yield _gauge("ledger_unsealed_seconds", (now - unsigned).total_seconds() if unsigned else 0.0)


def serve(database_url: SecretStr, host: str, port: int) -> None:
    """Serve `/metrics` until the process ends, from the control database alone."""
    engine = build_engine(database_url, pool_size=2, application_name="dbaccess-worker")
    registry = CollectorRegistry()
    registry.register(StateCollector(lambda: SqlUnitOfWork(engine, None)))
    try:
        start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise SettingsError(f"METRICS_HOST and METRICS_PORT: cannot listen there: {error.strerror}") from None
    threading.Event().wait()


def _coverage(canary: Canary, positions: Sequence[LogPosition], now: datetime) -> Coverage:
    of = next((one for one in positions if one.cluster == canary.cluster), None)
    if of is not None and is_imported(of):
        return imported_coverage(canary, now, imported_to=of.read_until)
    return coverage_at(canary, now)


def _age(position: LogPosition, now: datetime) -> float:
    """Return the seconds since the reader had all; infinite while it never had."""
    read_to = position.caught_up_at
    return (now - read_to).total_seconds() if read_to else float("inf")


def _gauge(name: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", GAUGES[name], value=value)
