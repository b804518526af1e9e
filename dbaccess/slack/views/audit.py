"""What an auditor can ask with `/dbaccess audit`."""

from typing import Any, Final

from dbaccess.slack.blocks import section

_EXAMPLES: Final = (
    ("report 2026-03-01 2026-03-31", "the report of March, as a file in a direct message"),
    ("report 30d now orders-prod csv", "the last 30 days of one target, as tables"),
)


def explained() -> dict[str, Any]:
    """Return the explanation, with examples."""
    lines = "\n".join(f"`/dbaccess audit {typed}`\n{does}" for typed, does in _EXAMPLES)
    spoken = "\n".join(f"/dbaccess audit {typed}: {does}" for typed, does in _EXAMPLES)
    return {"text": f"Audit:\n{spoken}", "blocks": [section(lines)]}
