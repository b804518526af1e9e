"""Lists of what is open for a person, visible to that person only."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.message import Refusal
from dbaccess.domain.overview import BreakGlassToReview, Holding, ToReview
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.truncated_list import Some, left_out
from dbaccess.slack.blocks import section
from dbaccess.slack.text import cut, inline
from dbaccess.slack.views import phrases, rows

EMPTY = "You hold nothing and wait for nothing. /dbaccess starts a request."

ROW = "list.row"
"""Begins the block ids of the rows of a list."""

_ALL = "/dbaccess revoke lists all."
_HANDLE = "Slack sends an @handle as plain text: type the name as the list shows it."


def build(
    *,
    held: Sequence[Grant] = (),
    waiting: Sequence[Request] = (),
    refusals: Mapping[RequestId, Refusal] = MappingProxyType({}),
    reviews: Sequence[ToReview] = (),
    break_glass_reviews: Sequence[BreakGlassToReview] = (),
    unreviewed: Sequence[BreakGlassReview] = (),
    lockdowns: Sequence[LockdownRow] = (),
) -> dict[str, Any]:
    """Return `list`: lockdowns, and what the reader holds, waits for, may review or has to review."""
    return _answer(
        [
            ("In lockdown", [rows.in_lockdown(row) for row in lockdowns]),
            ("You hold", [rows.held(grant) for grant in held]),
            ("You wait for", [rows.waiting(request, refusals.get(request.id)) for request in waiting]),
            ("Waiting for your review", Some(map(rows.to_review, reviews), left_out(reviews))),
            (
                "Break-glass reviews owed",
                [
                    *(rows.break_glass_to_review(one) for one in break_glass_reviews),
                    *(rows.unreviewed(review) for review in unreviewed),
                ],
            ),
        ],
        empty=EMPTY,
    )


def below(answer: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a click in a list, with the list as it is after it."""
    return {
        "text": f"{answer['text']}\n{listed['text']}",
        "blocks": [*answer["blocks"], *listed["blocks"]],
    }


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
    return _answer([("Open grants", Some(map(rows.to_revoke, grants), left_out(grants)))], empty=empty)


def _answer(groups: Sequence[tuple[str, Sequence[dict[str, Any]]]], *, empty: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    left = SHOWN
    for title, listed in groups:
        if listed[:left]:
            rows_shown = ({**row, "block_id": f"{ROW}.{title}.{n}"} for n, row in enumerate(listed[:left]))
            blocks += [section(f"*{title}*"), *rows_shown]
        left -= len(listed[:left])
    counted = {title: len(listed) + left_out(listed) for title, listed in groups}
    hidden = sum(counted.values()) - (SHOWN - left)
    if hidden:
        blocks.append(section(f"{hidden} more: dbaccess grants list"))
    if not blocks:
        return {"text": empty, "blocks": [section(empty)]}
    counts = ", ".join(f"{title}: {count}" for title, count in counted.items() if count)
    return {"text": phrases.read_out(counts, blocks), "blocks": blocks}
