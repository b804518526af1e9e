"""Counts of Slack's requests by kind, without their content or senders."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""In seconds; Slack waits for three."""


class Metrics:
    """The counts of one process since its start, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "dbaccess_bot_requests", "Requests that Slack signed.", ["kind"], registry=registry
        )
        self.refused = Counter(
            "dbaccess_bot_refused", "Requests refused before a listener ran.", ["why"], registry=registry
        )
        self.failed = Counter(
            "dbaccess_bot_failed", "Requests answered with an error.", ["kind"], registry=registry
        )
        self.ack_seconds = Histogram(
            "dbaccess_bot_ack_seconds",
            "Seconds from a request's last byte to its ack.",
            ["kind"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self.running = Gauge(
            "dbaccess_bot_running", "Listeners at work or waiting for a thread.", registry=registry
        )

    def text(self) -> bytes:
        """Return Prometheus's text format."""
        return generate_latest(self._registry)
