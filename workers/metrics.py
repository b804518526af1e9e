"""What an operator's alarms look at, read from the control database at each scrape."""

import threading
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import SecretStr

from dbaccess.domain.grant import GrantState
from dbaccess.domain.policy_report import SEEN_WITHIN, versions
from dbaccess.domain.terms import RequestKind
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine


class StateCollector(Collector):
    """Gauges of what is true now; nothing is counted in a process, so any host gives the same figures."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    def collect(self) -> Iterable[Metric]:
        with self._begin() as uow:
            states, pending, now = uow.grants.counts(), uow.requests.pending(), uow.now
            skew = uow.clock_skews.largest(since=now - SEEN_WITHIN)
            due_at, failing = uow.grants.overdue_since(now), uow.grants.failing()
            observed = any(o.why is not None for o in uow.observations.all())
            written_off = uow.grants.written_off()
            read_at, head = uow.directory.read_at(), uow.ledger.head()
            reports = uow.policies.seen_since(uow.now - SEEN_WITHIN)
        by_state = GaugeMetricFamily("dbaccess_grants_open", "Grants that have not ended.", labels=["state"])
        for state in (GrantState.PROVISIONING, GrantState.ACTIVE, GrantState.REVOKING):
            by_state.add_metric([state.value], states.get(state, 0))
        yield by_state
        yield _gauge("observe_mode", "1: nothing is granted, an operator has to decide.", int(observed))
        yield _gauge("grants_written_off", "Grants given up: nobody verified their end.", written_off)
        late = (now - due_at).total_seconds() if due_at else 0.0
        yield _gauge("overdue_seconds", "How long the latest grant is over its end.", late)
        yield _gauge("clock_skew_seconds", "How far a clock is off, from 2 s on.", skew)
        yield _gauge("grants_failing", "Open grants whose last attempt failed.", failing)
        owed = [request for request in pending if request.terms.kind is RequestKind.BREAK_GLASS_REVIEW]
        overdue = sum(request.decide_by <= now for request in owed)
        yield _gauge("requests_pending", "Requests that nobody has decided.", len(pending) - len(owed))
        yield _gauge("break_glass_reviews_owed", "Break-glasses that nobody has reviewed.", len(owed))
        yield _gauge("break_glass_reviews_overdue", "Those whose review is over its time.", overdue)
        age = (now - read_at).total_seconds() if read_at else float("inf")
        yield _gauge("directory_age_seconds", "Since people and groups were read from Slack.", age)
        yield _gauge("policy_differs", "1: not all go by one policy.", int(len(versions(reports)) > 1))
        refused = sum(report.refused for report in reports)
        yield _gauge("policy_reload_failed", "Processes whose configuration is refused by now.", refused)
        yield _gauge("ledger_entries", "Entries in the ledger.", head.seq if head else 0)


def serve(database_url: SecretStr, host: str, port: int) -> None:
    """`/metrics` is served on the port until the process ends; needs nothing but the control database."""
    engine = build_engine(database_url, pool_size=2, application_name="dbaccess-worker")
    registry = CollectorRegistry()
    registry.register(StateCollector(lambda: SqlUnitOfWork(engine, None)))
    start_http_server(port, addr=host, registry=registry)
    threading.Event().wait()


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"dbaccess_{name}", text, value=value)
