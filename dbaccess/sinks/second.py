"""The choice of the second sink that the policy names, at the address that only the workers know."""

from pydantic import SecretStr

from dbaccess.domain.rule import SecondSink
from dbaccess.ports import Sink
from dbaccess.sinks.syslog import SyslogSink
from dbaccess.sinks.webhook import WebhookSink


def second_sink(named: SecondSink | None, *, syslog: str | None, webhook: SecretStr | None) -> Sink | None:
    """Return the sink; None if the policy names none. Raises `ValueError` without an address for it."""
    if named is SecondSink.SYSLOG:
        if syslog is None:
            raise ValueError("DBACCESS_BREAK_GLASS_SYSLOG is not set: the policy's second sink is syslog")
        return SyslogSink(syslog)
    if named is SecondSink.WEBHOOK:
        if webhook is None:
            raise ValueError("DBACCESS_BREAK_GLASS_WEBHOOK is not set: the policy's second sink is a webhook")
        return WebhookSink(webhook)
    return None
