"""Lists of what is open for a person, visible to that person only."""

from collections.abc import Sequence
from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.overview import BreakGlassToReview, Holding, ToReview
from dbaccess.domain.request import Request
from dbaccess.domain.truncated_list import left_out
from dbaccess.slack.blocks import section
from dbaccess.slack.text import cut, inline
from dbaccess.slack.views import rows, wording

EMPTY = "You hold nothing and wait for nothing. /dbaccess starts a request."

_ALL = "/dbaccess revoke lists all."
_HANDLE = "Slack sends an @handle as plain text: type the name as the list shows it."


def build(
    *,
    held: Sequence[Grant] = (),
    waiting: Sequence[Request] = (),
    reviews: Sequence[ToReview] = (),
    owed: Sequence[BreakGlassToReview] = (),
    owes: Sequence[BreakGlassReview] = (),
    lockdowns: Sequence[LockdownRow] = (),
) -> dict[str, Any]:
    """Return `list`: lockdowns, and what the reader holds, waits for, may review or has to review."""
    return _answer(
        [
            ("In lockdown", [rows.in_lockdown(row) for row in lockdowns]),
            ("You hold", [rows.held(grant) for grant in held]),
            ("You wait for", [rows.waiting(request) for request in waiting]),
            ("Waiting for your review", [rows.to_review(one) for one in reviews]),
            (
                "Break-glass reviews owed",
                [*(rows.break_glass_to_review(one) for one in owed), *(rows.owes(review) for review in owes)],
            ),
        ],
        empty=EMPTY,
    )


def to_end(held: Sequence[Grant], *, of: str = "") -> dict[str, Any]:
    """Return the choice of a grant for `done`; `of` is the target that was named."""
    empty = f"You hold nothing on {inline(cut(of, 80))}." if of else "You hold nothing."
    return _answer([("You hold", [rows.held(grant) for grant in held])], empty=empty)


def to_extend(held: Sequence[Grant]) -> dict[str, Any]:
    """Return the choice of a grant for `extend`."""
    active = [grant for grant in held if grant.state is GrantState.ACTIVE]
    return _answer([("You hold", [rows.to_extend(grant) for grant in active])], empty="You hold nothing.")


def to_revoke(grants: Sequence[Holding], *, of: str = "", is_handle: bool = False) -> dict[str, Any]:
    """Return the open grants that the reader may end, for `revoke`; `of` is the person or target named.

    `is_handle` tells that it was typed as `@handle`, of which Slack says neither account nor name.
    """
    empty = "There is nothing to revoke."
    if of:
        empty = f"No open grant that you may end was found for {inline(cut(of, 80))}. {_ALL}"
    if of and is_handle:
        empty += f" {_HANDLE}"
    listed = [("Open grants", [rows.to_revoke(one) for one in grants])]
    return _answer(listed, empty=empty, more=left_out(grants))


def _answer(groups: list[tuple[str, list[dict[str, Any]]]], *, empty: str, more: int = 0) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    left = SHOWN
    for title, listed in groups:
        if listed[:left]:
            blocks += [section(f"*{title}*"), *listed[:left]]
        left -= len(listed[:left])
    hidden = sum(len(listed) for _, listed in groups) + more - (SHOWN - left)
    if hidden:
        blocks.append(section(f"{hidden} more: dbaccess grants list"))
    if not blocks:
        return {"text": empty, "blocks": [section(empty)]}
    counts = ", ".join(f"{title}: {len(listed)}" for title, listed in groups if listed)
    return {"text": wording.read_out(counts, blocks), "blocks": blocks}
