"""The holders on one target now: names and ends, without buttons."""

from collections.abc import Sequence
from typing import Any

from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.overview import Holding
from dbaccess.domain.truncated_list import left_out
from dbaccess.slack.blocks import section
from dbaccess.slack.text import escape, refusal
from dbaccess.slack.views import rows, wording


def build(target: str, holdings: Sequence[Holding], lockdown: Lockdown | None = None) -> dict[str, Any]:
    """At most `SHOWN` of them, oldest first; how many more there are is said, and whether none is given."""
    stopped = [section(refusal(lockdown.refusal(target)))] if lockdown else []
    if not holdings:
        none_held = f"No grant is open on {escape(target)} now."
        blocks = [section(none_held), *stopped]
        return {"text": wording.read_out(none_held, blocks), "blocks": blocks}
    title = section(f"*{escape(target)} now*")
    blocks = [title, *stopped, *[section(_row(one)) for one in holdings[:SHOWN]]]
    total = len(holdings) + left_out(holdings)
    if hidden := total - SHOWN:
        blocks += [section(f"{hidden} more: dbaccess grants list")] if hidden > 0 else []
    return {"text": wording.read_out(f"{target} now: {total}", blocks), "blocks": blocks}


def _row(one: Holding) -> str:
    said = f"{rows.name(one.holder_name)}, {escape(one.grant.role)}, {rows.until(one.grant)}"
    reviewers = " and ".join(rows.name(reviewer) for reviewer in one.approved_by[:5])
    return f"{said}, approved by {reviewers}" if reviewers else f"{said}, no approval asked"
