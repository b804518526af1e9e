"""Messages to the operators: failed starts, unproved ends, and how late an end came."""

from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import context, header, section, warning_header
from dbaccess.slack.text import date, escape, group_mention, inline
from dbaccess.slack.views import extension_messages, phrases
from dbaccess.slack.views.request_state import clock, never_active, never_active_and_why
from dbaccess.slack.views.stage import due_at, grant_of


def overdue(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the alarm; the post pings the operators, and it ends once the target is verified.

    Only the post has attempts and lateness: otherwise each attempt would be an edit, and Slack allows few.
    """
    grant = grant_of(details)
    who = f"{phrases.requester_name(details)}, {phrases.held(grant)}"
    if grant.state is GrantState.ENDED:
        return _message(details, header(f"Ended late: {who}"), f"Ended late: {who}", ended_text(details))
    if grant.state is GrantState.WRITTEN_OFF:
        return _written_off(details, grant, who)
    operators = group_mention(details.operators) if first else inline(details.operators.name)
    is_over = grant.is_overdue(details.now)
    if grant.state is GrantState.ACTIVE and not is_over:
        calm = f"Active after all: {who}"
        return _message(details, header(calm), calm, f"It did not start at once. Ends {phrases.ends(grant)}.")
    if grant.state is GrantState.PROVISIONING and not is_over:
        title = warning_header(f"Problem: {who}, not active yet")
        return _message(details, title, f"Problem: {who}", f"{operators} {_not_yet(grant)}")
    lock = f"Overdue: {who}, not proved ended" + (f" after {_late(grant, details)}" if first else "")
    title = warning_header(f"Overdue: {who}, should have ended")
    return _message(details, title, lock, f"{operators} {_revoking(details, grant, counted=first)}")


def still_overdue(details: RequestDetails) -> dict[str, Any]:
    """Return the repeated alarm, as it is at this moment; it pings the operators each time."""
    grant = grant_of(details)
    who, late = (
        f"{phrases.requester_name(details)}, {phrases.held(grant)}",
        _late(grant, details),
    )
    lock = f"Still overdue: {who}, not proved ended after {late}"
    title = warning_header(f"Still overdue: {who}, {late} after its end")
    text = f"{group_mention(details.operators)} {_revoking(details, grant, counted=True)}"
    return _message(details, title, lock, text)


def problem(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return a start that fails repeatedly; an overdue end has an alarm of its own."""
    grant = grant_of(details)
    who = f"{phrases.requester_name(details)}, {phrases.held(grant)}"
    if grant.state is GrantState.WRITTEN_OFF:
        return _written_off(details, grant, who)
    if grant.activated_at is not None:
        calm = f"Active after all: {who}"
        return _message(details, header(calm), calm, "It did not start at once.")
    if grant.state is GrantState.ENDED:
        over = f"Never active: {who}"
        return _message(details, header(over), over, never_active_and_why(details))
    operators = group_mention(details.operators) if first else inline(details.operators.name)
    lock, title = f"Problem: {who}", warning_header(f"Problem: {who}, not active")
    if grant.state is GrantState.REVOKING:
        given_up = f"{operators} {escape(grant.target)}: gave up. Cleaning up whatever was created."
        return _message(details, title, lock, given_up)
    return _message(details, title, lock, f"{operators} {_not_yet(grant)}")


def extension_problem(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return an approved extension that cannot be set; the grant ends as before."""
    grant = grant_of(details)
    who = f"{phrases.requester_name(details)}, {phrases.more_time(details.request)}"
    if not extension_messages.waits_for_target(details):
        over = f"{phrases.requester_name(details)}. {extension_messages.outcome(details)}"
        return _message(details, header(over), over, extension_messages.fate(details))
    operators = group_mention(details.operators) if first else inline(details.operators.name)
    tries = f"{phrases.failure(grant)} ({grant.attempts} attempts)"
    said = f"{operators} {tries}. Retrying until {phrases.ends(grant)}, when the grant ends as before."
    return _message(details, warning_header(f"Problem: {who}, not set"), f"Problem: {who}", said)


def _not_yet(grant: Grant) -> str:
    tries = f"{phrases.failure(grant)} ({grant.attempts} attempts)"
    return f"{tries}. Retrying until {date(grant.stale_at)}; {clock(grant)}."


def _written_off(details: RequestDetails, grant: Grant, who: str) -> dict[str, Any]:
    """Return what to assume as open, for good: the end was never verified, and never will be."""
    login = inline(grant.recipe.login) if grant.recipe else "the login"
    text = f"{phrases.written_off(details)}\n*Assume it is still open:* {login}, if the target comes back."
    lock = f"Written off, not verified: {who}"
    return _message(details, warning_header(lock), lock, text)


def ended_late(details: RequestDetails) -> dict[str, Any]:
    text = ended_text(details)
    who = f"{phrases.requester_name(details)}, {phrases.held(grant_of(details))}"
    return {
        "text": phrases.lock_screen(details, f"Ended late: {who}", [text]),
        "blocks": [section(f"{escape(who)}. {text}"), _look(grant=grant_of(details))],
    }


def ended_text(details: RequestDetails) -> str:
    """Return `Ended late: 12 min after its end, verified {05:27}.`; escaped."""
    grant = grant_of(details)
    if grant.activated_at is None:
        return f"Never active: {never_active(grant)}"
    seen = grant.receipt.seen_at if grant.receipt else grant.ended_at or details.now
    return f"Ended late: {_late(grant, details)} after its end, verified {date(seen)}."


def _revoking(details: RequestDetails, grant: Grant, *, counted: bool) -> str:
    tries = f" ({grant.attempts} attempts)" if counted else ""
    # Without a failure nothing has answered: a worker that hangs is as silent as a target.
    why = phrases.failure(grant) if grant.last_failure else "no worker has reported the end"
    said = f"Due {date(due_at(details))}: {why}{tries}. Retrying."
    login = inline(grant.recipe.login) if grant.recipe else "the login"
    return f"{said}\n*Assume it is still open:* {login} may be enabled, its sessions alive."


def _late(grant: Grant, details: RequestDetails) -> str:
    seen = grant.receipt.seen_at if grant.receipt else grant.ended_at or details.now
    late = max(seen - due_at(details), timedelta(0))
    seconds = int(late.total_seconds())
    return format_duration(timedelta(seconds=seconds - seconds % 60 if seconds >= 60 else seconds))  # noqa: PLR2004 a minute


def _message(details: RequestDetails, title: dict[str, Any], lock: str, text: str) -> dict[str, Any]:
    grant = grant_of(details)
    lines = [text, f"Look: dbaccess grants show {grant.label}"]
    return {
        "text": phrases.lock_screen(details, lock, lines),
        "blocks": [title, section(text), _look(grant=grant)],
    }


def _look(*, grant: Grant) -> dict[str, Any]:
    return context(f"Look: dbaccess grants show {grant.label}")
