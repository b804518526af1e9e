"""Messages about an extension, in the grant's thread and to the holder."""

from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.request import RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import actions, section
from dbaccess.slack.text import date, escape, inline
from dbaccess.slack.views import phrases
from dbaccess.slack.views.extend_form import extend_button
from dbaccess.slack.views.request_message import decision_buttons, reason_text
from dbaccess.slack.views.request_state import approved_by, state_text
from dbaccess.slack.views.stage import Stage, approvals, decided_at, denial, grant_of, stage_of
from dbaccess.slack.views.surrender import done_button


def asked(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the request for an extension with its buttons; later the outcome."""
    more = phrases.asked_length(details.request)
    said = f"{phrases.requester_link(details)} asks for {more}:\n&gt; {reason_text(details.request)}"
    waits = stage_of(details) is Stage.WAITING
    state = state_text(details, Stage.WAITING, first) if waits else fate(details)
    lock = f"{phrases.requester_name(details)} asks for {more}: {phrases.asked_for(details.request)}"
    return {
        "text": phrases.lock_screen(details, lock, [said, state]),
        "blocks": [section(said), section(state), *actions(decision_buttons(details) if waits else [])],
    }


def extended(details: RequestDetails) -> dict[str, Any]:
    """Return the line in the thread, after the target confirmed it."""
    by = " and ".join(phrases.reviewer_link(details, review) for review in approvals(details))
    by = by or f"rule {inline(details.request.terms.rule)}"
    ends = (
        date(details.extension.expires_at)
        if details.extension and details.extension.expires_at
        else "as granted"
    )
    text = f"Extended by {by}. Ends {ends}; sessions go on."
    return {"text": phrases.spoken_line(details, text), "blocks": [section(text)]}


def told(details: RequestDetails) -> dict[str, Any]:
    """Return the outcome of an approved extension, for the holder."""
    grant, extension, what = grant_of(details), details.extension, phrases.asked_for(details.request)
    if extension is None or extension.expires_at is None:
        why = f" {inline(extension.why)}" if extension and extension.why else ""
        return _message(
            details, f"Not extended: {what}", f"Not extended: {escape(what)}.{why} {_as_granted(grant)}"
        )
    names = " and ".join(phrases.reviewer_link(details, review) for review in approvals(details))
    names = names or f"Rule {inline(details.request.terms.rule)}"
    length = format_duration(extension.added)
    said = f"Extended: {escape(what)} ends {date(extension.expires_at)}. {names} approved {length} more."
    is_last = grant.state is GrantState.ACTIVE and grant.expires_at == extension.expires_at
    buttons = [*([extend_button(grant)] if details.may_extend else []), done_button(grant)] if is_last else []
    until = phrases.holder_time(details, extension.expires_at)
    return _message(details, f"Extended until {until}: {what}", said, buttons)


def denied(details: RequestDetails) -> dict[str, Any]:
    what, review = phrases.more_time(details.request), denial(details)
    said, lock = f"Denied: {escape(what)}.", f"Denied: {what}"
    if review is not None:
        lock = f"Denied by {details.name(review.reviewer_slack_id)}: {what}"
        said += f" {phrases.noted(phrases.reviewer_link(details, review), review.note)}"
    return _message(details, lock, phrases.joined(said, _as_granted(grant_of(details))))


def lapsed(details: RequestDetails) -> dict[str, Any]:
    what = phrases.more_time(details.request)
    said = f"Lapsed: {escape(what)}, {phrases.undecided(details)}."
    lock = f"Lapsed without a decision: {what}"
    return _message(details, lock, f"{said} {_as_granted(grant_of(details))}")


def stale(details: RequestDetails) -> dict[str, Any]:
    what = phrases.more_time(details.request)
    said = f"Stale: {phrases.stale(details.request, what)}. {_as_granted(grant_of(details))}"
    return _message(details, f"Stale: {what} can no longer be decided", said)


def problem(details: RequestDetails) -> dict[str, Any]:
    """Return for the holder that the later end is not set; later the outcome."""
    grant, what = grant_of(details), phrases.more_time(details.request)
    if not waits_for_target(details):
        return _message(details, outcome(details), f"{escape(what)}. {fate(details)}")
    said = f":warning: Not extended yet: {phrases.failure(grant, details.refusal)}."
    said += f" Retrying until {phrases.ends(grant)}, when the grant ends as before."
    return _message(details, f"Not extended yet: {what}", said)


def waits_for_target(details: RequestDetails) -> bool:
    """Return whether the later end is approved, and neither set nor given up."""
    approved = details.request.state is RequestState.APPROVED and details.extension is None
    return approved and grant_of(details).state is GrantState.ACTIVE


def outcome(details: RequestDetails) -> str:
    """Return `Extended: 1 h more, read on orders-prod`, not escaped."""
    done = details.extension is not None and details.extension.expires_at is not None
    return f"{'Extended' if done else 'Not extended'}: {phrases.more_time(details.request)}"


def fate(details: RequestDetails) -> str:
    grant, request, review = grant_of(details), details.request, denial(details)
    match request.state:
        case RequestState.DENIED if review is not None:
            by = f"Denied by {phrases.reviewer_with_group(details, review)} {date(review.reviewed_at)}"
            return phrases.joined(phrases.noted(by, review.note), _as_granted(grant))
        case RequestState.LAPSED:
            why = phrases.undecided(details)
            return f"{why[:1].upper()}{why[1:]}. {_as_granted(grant)}"
        case RequestState.WITHDRAWN:
            who = phrases.requester_link(details)
            return f"Withdrawn by {who} {date(decided_at(details))}. {_as_granted(grant)}"
        case RequestState.STALE:
            why = phrases.stale(request, "this")
            return f"{why[:1].upper()}{why[1:]}. {_as_granted(grant)}"
        case _:
            return _approved(details, grant)


def _approved(details: RequestDetails, grant: Grant) -> str:
    extension, by = details.extension, f"Approved by {approved_by(details)}"
    if extension is not None and extension.expires_at is not None:
        return f"{by}. Extended: ends {date(extension.expires_at)}."
    if extension is not None:
        return f"{by}. Not extended: {inline(extension.why or '')} {_as_granted(grant)}"
    if grant.state is GrantState.ACTIVE:
        return (
            f"{by}. Waiting for {escape(grant.target)} to confirm; until then it ends {phrases.ends(grant)}."
        )
    return f"{by}, but not confirmed by {escape(grant.target)} before its end. {_as_granted(grant)}"


def _as_granted(grant: Grant) -> str:
    if grant.state is GrantState.ACTIVE:
        return f"It ends {phrases.ends(grant)}, as before."
    return "Its end did not change."


def _message(
    details: RequestDetails, lock: str, said: str, buttons: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "text": phrases.lock_screen(details, lock, [said]),
        "blocks": [section(said), *actions(buttons or [])],
    }
