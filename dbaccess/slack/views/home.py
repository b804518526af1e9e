"""The Home tab, for finding open requests. It approves nothing, it only opens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.overview import Overview
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.truncated_list import left_out
from dbaccess.domain.use import UNKNOWN_USE, Use
from dbaccess.domain.use_in_words import now_in_use
from dbaccess.slack.blocks import actions, button, context, header, section
from dbaccess.slack.text import cut, date, escape, inline, refusal
from dbaccess.slack.views import rows
from dbaccess.slack.views.activity import show_button as show_statements
from dbaccess.slack.views.credentials import show_button
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.extend_form import extend_button
from dbaccess.slack.views.surrender import done_button

HOME = "home"
"""The view's callback id."""
REFRESH = "home.refresh"
"""Publishes the tab again."""
REQUEST_A_ROLE = "home.request"
"""Opens the empty form."""

ROWS = 10
"""The rows of each part, so that all together stay within the 100 blocks of a view."""

LOCKDOWNS = 5
_ROLES_NAMED = 8
_TITLE = "Database roles"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A title and rows of one or two blocks; `empty` is shown instead of no rows, if not blank.

    `more` further rows exist.
    """

    title: Json
    rows: Sequence[list[Json]]
    empty: list[Json] = field(default_factory=list)
    more: int = 0

    def blocks(self) -> list[Json]:
        if not self.rows:
            return self.empty
        hidden = len(self.rows) + self.more - ROWS
        more = [context(f"{hidden} more, not shown here.")] if hidden > 0 else []
        return [self.title, *[block for row in self.rows[:ROWS] for block in row], *more]


def build(overview: Overview, *, dated: bool = True) -> Json:
    """Return the reader's tab at `overview.now`, with waiting reviews first.

    Without the date the same content gives the same tab.
    """
    blocks = _lockdowns(overview)
    blocks += [block for part in _as_reviewer(overview) for block in part.blocks()]
    blocks += [header(_TITLE), *[block for part in _as_holder(overview) for block in part.blocks()]]
    request = button("Request a role", action_id=REQUEST_A_ROLE, value="home", style="primary")
    blocks += actions([request] if overview.possible else [])
    return _view([*blocks, context(_possible(overview)), *_as_of(overview.now, dated=dated)])


def refused(error: Refused, *, now: datetime, dated: bool = True) -> Json:
    """Return the tab of a person who can do nothing at this moment, with the reason."""
    return _view([header(_TITLE), section(refusal(error)), *_as_of(now, dated=dated)])


def _lockdowns(overview: Overview) -> list[Json]:
    shown = [rows.in_lockdown(row) for row in overview.lockdowns[:LOCKDOWNS]]
    more = len(overview.lockdowns) - LOCKDOWNS
    return [*shown, *([context(f"{more} more: dbaccess lockdown list")] if more > 0 else [])]


def _as_reviewer(overview: Overview) -> list[Part]:
    """Return the requests and grants of others."""
    groups = inline(" and ".join(overview.reviews_for))
    nothing = [section(f"Nothing waits for your review. You review for {groups}.")] if groups else []
    reviews, revocable = overview.reviews, overview.revocable
    return [
        Part(
            title=header(f"Waiting for your review ({len(reviews) + left_out(reviews)})"),
            rows=[[rows.to_review(one, lapses=True)] for one in reviews],
            more=left_out(reviews),
            empty=nothing,
        ),
        Part(
            title=header(f"Active on your targets ({len(revocable) + left_out(revocable)})"),
            rows=[
                [rows.to_revoke(one, in_use=_in_use(one.grant, one.use, overview.now))] for one in revocable
            ],
            more=left_out(revocable),
        ),
        Part(
            title=header(f"Break-glass reviews owed ({len(overview.break_glass_reviews)})"),
            rows=[[rows.break_glass_to_review(one)] for one in overview.break_glass_reviews],
        ),
    ]


def _as_holder(overview: Overview) -> list[Part]:
    """Return what the reader holds, waits for and held."""
    return [
        Part(
            title=section("*You hold*"),
            rows=[_held(grant, overview) for grant in overview.holds],
            empty=[section("You hold nothing.")],
        ),
        Part(
            title=section("*You wait for*"),
            rows=[[rows.waiting(request, overview.refusals.get(request.id))] for request in overview.waits],
        ),
        Part(title=section("*Ended*"), rows=[_ended(grant, overview) for grant in overview.ended]),
    ]


def _held(grant: Grant, overview: Overview) -> list[Json]:
    recipe = grant.recipe
    used = _in_use(grant, overview.uses.get(grant.id, UNKNOWN_USE), overview.now)
    if grant.state is not GrantState.ACTIVE or recipe is None:
        return [rows.held(grant, in_use=used)]
    buttons = [extend_button(grant)] if grant.id in overview.extendable else []
    if recipe.login_kind == LoginKind.EPHEMERAL:
        buttons.insert(0, show_button(grant, shown_before=grant.id in overview.credentials_shown))
    if not buttons:
        return [rows.held(grant, in_use=used)]
    return [section(rows.held_text(grant, in_use=used)), *actions([*buttons, done_button(grant)])]


def _in_use(grant: Grant, used: Use, now: datetime) -> str:
    return now_in_use(used, grant, now=now) if grant.state is GrantState.ACTIVE else ""


_CAUSES = {
    EndCause.SURRENDERED: "early by you",
    EndCause.LOCKED_DOWN: "by a lockdown",
    EndCause.IDLE: "as idle",
}
"""Why the holder's grant ended, where the cause is not the word for it."""


def _ended(grant: Grant, overview: Overview) -> list[Json]:
    """Return a row with a button for the same request again, and one for statements if there are some."""
    again = button(
        "Request again",
        action_id=ASK_AGAIN,
        value=str(grant.request_id),
        spoken=cut(f"Request again: {rows.what(grant)}", 75),
    )
    cause = "never active"
    if grant.activated_at is not None and grant.end_cause is not None:
        cause = _CAUSES.get(grant.end_cause, grant.end_cause.value)
    ended = f", ended {date(grant.ended_at)}" if grant.ended_at else ", ended"
    said = f"{escape(rows.what(grant))}{ended}, {cause}"
    if grant.id not in overview.with_statements:
        return [section(said, accessory=again)]
    return [section(said), *actions([show_statements(grant), again])]


def _possible(overview: Overview) -> str:
    if not overview.possible:
        return "No rule allows you to request a role now."
    (role, count), *others = overview.possible[:_ROLES_NAMED]
    named = [f"{inline(role)} on {count} {'target' if count == 1 else 'targets'}"]
    named += [f"{inline(role)} on {count}" for role, count in others]
    more = len(overview.possible) - _ROLES_NAMED
    return f"Roles you can request: {', '.join(named)}{f' and {more} more' if more > 0 else ''}."


def _as_of(now: datetime, *, dated: bool) -> list[Json]:
    refresh = button("Refresh", action_id=REFRESH, value="home")
    return [section(f"As of {date(now)}", accessory=refresh)] if dated else []


def _view(blocks: list[Json]) -> Json:
    return {"type": "home", "callback_id": HOME, "blocks": blocks}
