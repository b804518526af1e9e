"""What is open, for me, here: one row each, with its one button."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.request import Request
from dbaccess.slack.blocks import button, section
from dbaccess.slack.text import cut, date, escape, inline, plain
from dbaccess.slack.views import wording
from dbaccess.slack.views.request_message import REVOKE
from dbaccess.slack.views.surrender import done_button
from dbaccess.slack.views.withdraw import withdraw_button

OPEN = "request.open"
"""Value: the request's id; opens Details with its Approve."""

ROWS = 20
EMPTY = "You hold nothing and wait for nothing. /dbaccess starts a request."


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """A pending request that the reader may review."""

    request: Request
    requester_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRevoke:
    """An open grant that the reader may revoke."""

    grant: Grant
    holder_name: str


def build(
    *, held: Sequence[Grant] = (), waiting: Sequence[Request] = (), reviews: Sequence[ToReview] = ()
) -> dict[str, Any]:
    """`list`: what the reader holds, waits for and may review."""
    return _answer(
        [
            ("You hold", [_held(grant) for grant in held]),
            ("You wait for", [_waiting(request) for request in waiting]),
            ("Waiting for your review", [_review(one) for one in reviews]),
        ],
        empty=EMPTY,
    )


def to_end(held: Sequence[Grant]) -> dict[str, Any]:
    """`done`, where it is not clear which one."""
    return _answer([("You hold", [_held(grant) for grant in held])], empty="You hold nothing.")


def to_revoke(grants: Sequence[ToRevoke]) -> dict[str, Any]:
    """`revoke`: open grants that the reader may end."""
    return _answer(
        [("Open grants", [_revocable(one) for one in grants])], empty="There is nothing to revoke."
    )


def _held(grant: Grant) -> dict[str, Any]:
    what = f"{escape(grant.role)} on {escape(grant.target)}"
    if grant.state is GrantState.REVOKING:
        return section(f"{what}, ending")
    if grant.state is GrantState.PROVISIONING:
        return section(f"{what}, not active yet", accessory=done_button(grant))
    return section(f"{what}, ends {wording.ends(grant)}", accessory=done_button(grant))


def _waiting(request: Request) -> dict[str, Any]:
    groups = inline(" and ".join(group for group, _ in request.terms.approvals))
    said = f"{_asked(request)}, {groups}, lapses {date(request.decide_by)}"
    return section(said, accessory=withdraw_button(request))


def _review(one: ToReview) -> dict[str, Any]:
    spoken = f"Open {one.request.label}, {wording.asked_for(one.request)}"
    opens = button("Open", action_id=OPEN, value=str(one.request.id), spoken=spoken)
    return section(f"{_name(one.requester_name)}, {_asked(one.request)}", accessory=opens)


def _revocable(one: ToRevoke) -> dict[str, Any]:
    grant = one.grant
    what = f"{grant.role} on {grant.target}"
    revoke = button("Revoke", action_id=REVOKE, value=str(grant.id), spoken=f"Revoke {what}")
    said = f"{_name(one.holder_name)}, {escape(what)}, {format_duration(grant.duration)}"
    if grant.expires_at is not None:
        said += f", ends {date(grant.expires_at)}"
    return section(said, accessory=revoke)


def _asked(request: Request) -> str:
    return escape(f"{wording.asked_for(request)}, {wording.asked_length(request)}")


def _name(name: str) -> str:
    return inline(cut(plain(name), wording.NAME_LONGEST))


def _answer(groups: list[tuple[str, list[dict[str, Any]]]], *, empty: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    left = ROWS
    for title, rows in groups:
        if rows[:left]:
            blocks += [section(f"*{title}*"), *rows[:left]]
        left -= len(rows[:left])
    hidden = sum(len(rows) for _, rows in groups) - (ROWS - left)
    if hidden:
        blocks.append(section(f"{hidden} more: dbaccess grants list"))
    if not blocks:
        return {"text": empty, "blocks": [section(empty)]}
    counts = ", ".join(f"{title}: {len(rows)}" for title, rows in groups if rows)
    return {"text": counts, "blocks": blocks}
