"""Direct messages, so that the requester need not watch the channel. Outcomes are new messages."""

from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.request import Request, RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.use_in_words import minutes_used
from dbaccess.slack.blocks import actions, button, context, header, lines, section, warning_header
from dbaccess.slack.text import code_block, cut, date, escape, inline, plain
from dbaccess.slack.views import activity, phrases, scope
from dbaccess.slack.views.credentials import show_button
from dbaccess.slack.views.extend_form import extend_button
from dbaccess.slack.views.request_state import NO_ACCESS_GRANTED, never_active, never_active_and_why
from dbaccess.slack.views.stage import Stage, approvals, denial, grant_of, stage_of, stage_of_grant
from dbaccess.slack.views.surrender import done_button
from dbaccess.slack.views.withdraw import withdraw_button

SEE_REQUEST = "request.see"
"""Value: the request's id. Opens Details, for reading only."""
ASK_AGAIN = "request.ask_again"
"""Value: the request's id. Opens the form prefilled from it."""

MINUTE = 60
_FATE = {
    Stage.APPROVED: "Approved",
    Stage.PROBLEM: "Approved",
    Stage.ACTIVE: "Active",
    Stage.ENDING: "Ending",
    Stage.ENDED: "Ended",
    Stage.NEVER_ACTIVE: "Never active",
    Stage.WRITTEN_OFF: Stage.WRITTEN_OFF.value,
    Stage.DENIED: "Denied",
    Stage.LAPSED: "Lapsed",
    Stage.WITHDRAWN: "Withdrawn",
    Stage.STALE: "Stale",
}


def submitted(details: RequestDetails) -> dict[str, Any]:
    request, stage = details.request, stage_of(details)
    what = f"{phrases.asked_for(request)}, {phrases.asked_length(request)}"
    if stage is not Stage.WAITING:
        why = f" {phrases.by_rule(request)}" if _by_rule_alone(details) else ""
        said = f"{_FATE[stage]}: {request.label}, {escape(what)}.{why}"
        return _message(details, f"{_FATE[stage]}: {what}", [section(said)])
    said = f"Recorded: {request.label}, {escape(what)}."
    said += f" {phrases.needed(request, details.refusal)} Lapses {date(request.decide_by)}."
    see = button("See request", action_id=SEE_REQUEST, value=str(request.id))
    return _message(details, f"Recorded: {what}", [section(said), *actions([see, withdraw_button(request)])])


def _by_rule_alone(details: RequestDetails) -> bool:
    """Return whether no approval was needed; that stays true, whatever the outcome."""
    return details.request.state is RequestState.APPROVED and not details.request.terms.approvals


def active(details: RequestDetails) -> dict[str, Any]:
    """Return how to connect while the grant is active; later the outcome, without buttons."""
    request, grant, stage = details.request, grant_of(details), stage_of(details)
    what = phrases.held(grant)
    if stage is not Stage.ACTIVE:
        return _message(
            details, f"{_FATE[stage]}: {what}", [header(f"{_FATE[stage]}: {what}"), _over(details)]
        )
    names = " and ".join(phrases.reviewer_link(details, r) for r in approvals(details))
    names = names or f"Rule {inline(request.terms.rule)}"
    said = scope.shortened(details) or [f"{names} approved {phrases.asked_length(request)}."]
    if details.break_glass_review is not None:
        said = [f"Break-glass: somebody else reviews it by {date(details.break_glass_review.due_at)}."]
    buttons = _lasting(details, grant)
    if request.terms.login == LoginKind.EPHEMERAL:
        buttons.insert(0, show_button(grant, shown_before=details.credentials_shown))
    blocks = [
        header(f"Active: {what}"),
        section(phrases.joined(f"Ends {phrases.ends(grant)}.", *said)),
        *(section(code_block(line)) for line in details.connect_lines),
        *actions(buttons),
        context(f"{activity.coverage_phrase(details.coverage)}."),
    ]
    until = f" until {phrases.holder_time(details, grant.expires_at)}" if grant.expires_at else ""
    return _message(details, f"Active{until}: {what}", blocks)


def reminder(details: RequestDetails) -> dict[str, Any]:
    grant = grant_of(details)
    stage, what = stage_of_grant(grant), phrases.held(grant)
    if stage is not Stage.ACTIVE or grant.expires_at is None:
        return _message(details, f"{_FATE[stage]}: {what}", [_over(details)])
    left = _to_minutes(grant.expires_at - details.now)
    said = f"{left} left: {escape(what)} ends {date(grant.expires_at)}."
    if details.open_transaction_age is not None:
        said += f"\nA write transaction is open ({_to_minutes(details.open_transaction_age)}). "
        said += f"Commit before {date(grant.expires_at)} or it is rolled back."
    lock = f"{left} left: {what} ends {phrases.holder_time(details, grant.expires_at)}"
    return _message(details, lock, [section(said), *actions(_lasting(details, grant))])


def idle(details: RequestDetails) -> dict[str, Any]:
    """Return the offer to end a grant that is not used; once it is used again, or over, that it is."""
    grant, what = grant_of(details), phrases.held(grant_of(details))
    used = details.use
    is_offered = used.sighting is not None and used.sighting.offered_at is not None
    since = used.idle_since(details.now) if is_offered else None
    if stage_of_grant(grant) is not Stage.ACTIVE or since is None:
        return _message(details, f"{_FATE[stage_of_grant(grant)]}: {what}", [_over(details)])
    said = f"Not used since {date(since)}: {escape(what)}. {minutes_used(used, grant)}, "
    said += f"ends {phrases.ends(grant)}."
    if not used.is_captured:
        said += "\nStatements are not captured: a short session may have been missed."
    lock = f"Not used since {phrases.holder_time(details, since)}: {what}"
    return _message(details, lock, [section(said), *actions([done_button(grant)])])


def _lasting(details: RequestDetails, grant: Grant) -> list[dict[str, Any]]:
    return [*([extend_button(grant)] if details.may_extend else []), done_button(grant)]


def _to_minutes(length: timedelta) -> str:
    """Return the length rounded to minutes, if it has any."""
    seconds = max(int(length.total_seconds()), 0)
    return format_duration(
        timedelta(seconds=seconds if seconds < MINUTE else round(seconds / MINUTE) * MINUTE)
    )


def denied(details: RequestDetails) -> dict[str, Any]:
    what, review = phrases.asked_for(details.request), denial(details)
    said, lock = f"Denied: {escape(what)}.", f"Denied: {what}"
    if review is not None:
        name, note = details.name(review.reviewer_slack_id), plain(review.note)
        lock = f"Denied by {name}: {what}. {note}"
        said += f" {phrases.noted(phrases.reviewer_link(details, review), note)}"
    return _message(details, lock, [section(said), *_again(details.request, "Change and resend")])


def lapsed(details: RequestDetails) -> dict[str, Any]:
    said = f"Lapsed: {phrases.undecided(details)}. {NO_ACCESS_GRANTED}"
    lock = f"Lapsed without a decision: {phrases.asked_for(details.request)}"
    return _message(details, lock, [section(said), *_again(details.request, "Request again")])


def stale(details: RequestDetails) -> dict[str, Any]:
    request = details.request
    said = f"Stale: {phrases.stale(request, request.label)}."
    lock = f"Stale: {phrases.asked_for(request)} can no longer be decided"
    return _message(details, lock, [section(said), *_again(request, "Change")])


def ended(details: RequestDetails) -> dict[str, Any]:
    """Return the end, with its receipt and what the grant ran."""
    grant, what = grant_of(details), phrases.held(grant_of(details))
    if stage_of_grant(grant) is Stage.WRITTEN_OFF:
        return _written_off(details)
    if grant.activated_at is None:
        return never(details)
    cause = phrases.end_cause(details, grant)
    said = f"{cause[:1].upper()}{cause[1:]} {date(grant.revoking_at or details.now)}"
    if grant.receipt is not None:
        said += f", verified {date(grant.receipt.seen_at)}"
        said += f".\nReceipt: {phrases.seen_on_target(grant.receipt, owned=True)}"
    report = activity.report_of(details)
    shows = [activity.show_button(grant)] if report.has_statements else []
    blocks = [
        header(f"Ended: {what}"),
        section(phrases.below(said + ".", phrases.end_reason(grant))),
        section(activity.summary_text(report, grant)),
        *actions([*shows, _again_button(details.request, "Request again")]),
    ]
    return _message(details, f"Ended: {what}", blocks)


def _written_off(details: RequestDetails) -> dict[str, Any]:
    lock = f"{Stage.WRITTEN_OFF.value}: {phrases.held(grant_of(details))}"
    return _message(details, lock, [warning_header(lock), section(phrases.written_off(details))])


def problem(details: RequestDetails) -> dict[str, Any]:
    """Return the problem while it lasts, then the outcome."""
    grant, stage = grant_of(details), stage_of(details)
    if stage not in {Stage.APPROVED, Stage.PROBLEM} or grant.revoking_at is not None:
        lock = f"{_FATE[stage]}: {phrases.held(grant)}"
        return _message(details, lock, [_over(details)])
    why = phrases.failure(grant, details.refusal)
    time = f"Your {phrases.grant_length(grant)} have not started"
    if grant.expires_at is not None:
        time = f"It ends {date(grant.expires_at)} at the latest"
    said = f":warning: Not active yet: {why}. Retrying until {date(grant.stale_at)}. {time}."
    plainly = f"Not active yet: {grant.target} does not answer"
    if grant.last_failure not in {None, "unreachable"}:
        plainly = f"Not active yet: {phrases.held(grant)}"
    return _message(details, plainly, [section(said)])


def never(details: RequestDetails) -> dict[str, Any]:
    grant, what = grant_of(details), phrases.held(grant_of(details))
    if stage_of_grant(grant) is Stage.WRITTEN_OFF:
        return _written_off(details)
    said = f"Never active: {escape(what)}. {never_active_and_why(details)}"
    return _message(
        details, f"Never active: {what}", [section(said), *_again(details.request, "Request again")]
    )


def _over(details: RequestDetails) -> dict[str, Any]:
    """Return one line for an older message that no longer applies."""
    grant = grant_of(details)
    stage, what = stage_of_grant(grant), escape(phrases.held(grant))
    if stage is Stage.ACTIVE:
        return section(f"Active: {what}. {escape(grant.target)} confirmed it, ends {phrases.ends(grant)}.")
    if stage is Stage.WRITTEN_OFF:
        return section(f"{stage.value}: {what}. {phrases.written_off(details)}")
    if stage is Stage.NEVER_ACTIVE:
        return section(f"Never active: {what}. {never_active(grant)}")
    if stage is Stage.ENDED:
        seen = date(grant.receipt.seen_at) if grant.receipt else date(grant.ended_at or details.now)
        said = f"Ended: {what}, {phrases.end_cause(details, grant)}, verified {seen}."
        return section(phrases.below(said, phrases.end_reason(grant)))
    if stage is Stage.APPROVED:
        return section(f"Approved, not active yet: {what}.")
    began = date(grant.revoking_at or details.now)
    return section(f"Ending: {what}, revoking since {began}. Reported as ended once verified.")


def _again(request: Request, label: str) -> list[dict[str, Any]]:
    return actions([_again_button(request, label)])


def _again_button(request: Request, label: str) -> dict[str, Any]:
    spoken = cut(f"{label}: {phrases.asked_for(request)}", 75)
    return button(label, action_id=ASK_AGAIN, value=str(request.id), spoken=spoken)


def _message(details: RequestDetails, lock: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"text": phrases.lock_screen(details, lock, lines(blocks)), "blocks": blocks}
