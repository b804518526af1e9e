"""The report that an auditor orders in Slack: the answer, and the direct message that tells how it goes."""

from typing import Any, Final

from dbaccess.domain.report_order import SCOPE, NotSentWhy, OrderState, ReportOrder
from dbaccess.slack.blocks import section
from dbaccess.slack.text import code_block, cut, inline, unmarked

Json = dict[str, Any]

_WHY: Final = {
    NotSentWhy.NO_SCOPE: f"The Slack app lacks the scope `{SCOPE}`, with which it sends files.",
    NotSentWhy.NO_AUDITOR: "You are no longer in groups.auditors of the policy.",
    NotSentWhy.TOO_LARGE: "It is too large for Slack. Order a shorter period, or one target.",
    NotSentWhy.REFUSED: "Slack refused the file; the workers' log has its reason.",
    NotSentWhy.GIVEN_UP: "It could not be made or sent in several attempts; the workers' log has the reason.",
}
_BY_HAND: Final = frozenset(NotSentWhy) - {NotSentWhy.NO_AUDITOR}
"""Then the command line makes the same report."""


def ordered(order: ReportOrder) -> Json:
    """Return the answer to the command."""
    return _said(f"Building: {of(order)}. A direct message brings it.")


def message(order: ReportOrder) -> Json:
    """Return the direct message, as far as the report has come."""
    if order.state is OrderState.OPEN:
        return _said(f"Building: {of(order)}.")
    if order.state is OrderState.SENT:
        return _said(f"Sent: {of(order)}. {_figures(order)}")
    why = order.why or NotSentWhy.GIVEN_UP
    by_hand = f"\nThe command line makes it:\n{code_block(order.command_line)}" if why in _BY_HAND else ""
    return _said(f"Not sent: {of(order)}. {_WHY[why]}{by_hand}")


def of(order: ReportOrder) -> str:
    """`report of 2026-03-01 to 2026-03-31, orders-prod, as html`, escaped."""
    target = inline(cut(order.target, 80)) if order.target else "every target"
    return f"report of {order.period}, {target}, as {order.form}"


def _figures(order: ReportOrder) -> str:
    """Return what the ledger has of it, so that a reader can compare."""
    rows = f"{order.rows:,} rows, " if order.rows is not None else ""
    return f"{rows}digest `{order.digest}`, recorded in the ledger." if order.digest else ""


def _said(text: str) -> Json:
    return {"text": unmarked(text).replace("`", ""), "blocks": [section(text)]}
