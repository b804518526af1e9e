"""The check that Slack takes the messages that wait for it."""

from collections.abc import Iterator

from dbaccess.ports import Finding, UnitOfWorkFactory
from dbaccess.slack.views.slack_refusal import why

_LOOKED_AT = 100


def delivery_findings(begin: UnitOfWorkFactory) -> Iterator[Finding]:
    """Yield a finding for each channel and reason for which Slack refuses messages of requests now."""
    with begin() as uow:
        refused = [one.refusal for one in uow.messages.refused(limit=_LOOKED_AT)]
    for channel, code in dict.fromkeys((one.channel, one.code) for one in refused if one is not None):
        reason, fix = why(code)
        yield Finding(what=f"Slack refuses messages for {channel}: {reason} ({code})", ok=False, fix=fix)
