"""The questions that an auditor can ask with `/dbaccess audit`."""

from typing import Any, Final

from dbaccess.slack.blocks import section

_EXAMPLES: Final = (
    ("table shop.orders at 2026-03-14 10:00", "grants that reached that table at that time, in UTC"),
    ("table shop.orders can write from 30d", "logins that could change it in the last 30 days"),
    ("person maya from 2026-03-01 to 2026-03-31", "the grants of one person in March"),
    ("reviewer priya target orders-prod role write", "the grants that one person reviewed"),
    ("ticket OPS-4512", "the grants of a ticket"),
    ("grant G-1042", "one grant"),
    ("from 7d text delete refunds", "statements with all these words; the ledger records the look"),
    ("report 2026-03-01 2026-03-31", "the report of March, as a file in a direct message"),
    ("report 30d now orders-prod csv", "the last 30 days of one target, as tables"),
)


def explained() -> dict[str, Any]:
    """Return the explanation, with examples."""
    lines = "\n".join(f"`/dbaccess audit {typed}`\n{does}" for typed, does in _EXAMPLES)
    spoken = "\n".join(f"/dbaccess audit {typed}: {does}" for typed, does in _EXAMPLES)
    return {"text": f"Audit:\n{spoken}", "blocks": [section(lines)]}
