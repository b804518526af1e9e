"""Rows of lists and of the Home tab: one line each, with one button."""

from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.message import Refusal
from dbaccess.domain.overview import BreakGlassToReview, Holding, ToReview
from dbaccess.domain.request import Request
from dbaccess.slack.blocks import button, section
from dbaccess.slack.text import date, escape, inline
from dbaccess.slack.views import phrases
from dbaccess.slack.views.break_glass import review_button
from dbaccess.slack.views.extend_form import extend_button
from dbaccess.slack.views.lockdown import lift_button
from dbaccess.slack.views.request_message import REVOKE
from dbaccess.slack.views.slack_refusal import why
from dbaccess.slack.views.surrender import done_button
from dbaccess.slack.views.withdraw import withdraw_button

OPEN = "request.open"
"""Value: the request's id. Opens Details with its Approve."""


def in_lockdown(row: LockdownRow) -> dict[str, Any]:
    """Return the row, with Lift lockdown for an operator who did not declare it."""
    lockdown = row.lockdown
    said = f"{escape(lockdown.label)} is in lockdown since {date(lockdown.declared_at)}"
    return section(said, accessory=lift_button(lockdown) if row.may_lift else None)


def held(grant: Grant, *, in_use: str = "") -> dict[str, Any]:
    """Return the row, with I'm done unless the grant is revoking."""
    accessory = None if grant.state is GrantState.REVOKING else done_button(grant)
    return section(held_text(grant, in_use=in_use), accessory=accessory)


def held_text(grant: Grant, *, in_use: str = "") -> str:
    """Return `read on orders-prod, ends {05:15}`, and below it how the grant is used."""
    return phrases.below(f"{escape(what(grant))}, {until(grant)}", in_use)


def waiting(request: Request, refusal: Refusal | None = None) -> dict[str, Any]:
    """Return the row: for whom it waits, or why Slack refuses the message to them."""
    waits_for = inline(" and ".join(group for group, _ in request.terms.approvals))
    if refusal is not None:
        waits_for = f"not posted: {escape(why(refusal.code).reason)}"
    said = f"{_asked(request)}, {waits_for}, lapses {date(request.decide_by)}"
    return section(said, accessory=withdraw_button(request))


def to_review(one: ToReview, *, lapses: bool = False) -> dict[str, Any]:
    """Return the row; `lapses` adds the time, for rows in that order."""
    spoken = f"Open {one.request.label}, {phrases.asked_for(one.request)}"
    opens = button("Open", action_id=OPEN, value=str(one.request.id), spoken=spoken)
    said = f"{name(one.requester_name)}, {_asked(one.request)}"
    return section(f"{said}, lapses {date(one.request.decide_by)}" if lapses else said, accessory=opens)


def break_glass_to_review(one: BreakGlassToReview) -> dict[str, Any]:
    request = one.review.request
    said = f"{name(one.requester_name)}, {escape(phrases.asked_for(request))}"
    return section(f"{said}, due {date(one.review.due_at)}", accessory=review_button(request))


def unreviewed(review: BreakGlassReview) -> dict[str, Any]:
    what = escape(phrases.asked_for(review.request))
    return section(f"Your {what}, due {date(review.due_at)}, by {inline(review.review_by)}")


def to_extend(grant: Grant) -> dict[str, Any]:
    return section(held_text(grant), accessory=extend_button(grant))


def to_revoke(one: Holding, *, in_use: str = "") -> dict[str, Any]:
    grant = one.grant
    revoke = button("Revoke", action_id=REVOKE, value=str(grant.id), spoken=f"Revoke {what(grant)}")
    said = f"{name(one.holder_name)}, {escape(what(grant))}, {format_duration(grant.duration)}"
    if grant.expires_at is not None:
        said += f", ends {date(grant.expires_at)}"
    return section(phrases.below(said, in_use), accessory=revoke)


def what(grant: Grant) -> str:
    """Return `read on orders-prod`, not escaped."""
    return f"{grant.role} on {grant.target}"


def until(grant: Grant) -> str:
    if grant.state is GrantState.REVOKING:
        return "ending"
    return "not active yet" if grant.state is GrantState.PROVISIONING else f"ends {phrases.ends(grant)}"


def name(of_person: str) -> str:
    """Return the name, escaped."""
    return inline(of_person)


def _asked(request: Request) -> str:
    return escape(f"{phrases.asked_for(request)}, {phrases.asked_length(request)}")
