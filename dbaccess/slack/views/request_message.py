"""The approval message in the target's channel, for a correct decision within seconds."""

import re
from typing import Any

from dbaccess.domain.policy import Access, LoginKind
from dbaccess.domain.request import Request
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import actions, button, confirmation, context, header, section, warning_header
from dbaccess.slack.text import cut, escape, inline, plain
from dbaccess.slack.views import activity, phrases, reduced_approval, scope
from dbaccess.slack.views.button_value import approval_value, offer_value
from dbaccess.slack.views.request_state import state_text
from dbaccess.slack.views.stage import Stage, stage_of

APPROVE = "request.approve"
"""Value: `button_value.offer_value`; the click approves."""
APPROVE_IN_DETAILS = "request.approve_in_details"
"""The same value. Opens Details, where submit approves, because the reason is longer than shown."""
DENY = "request.deny"
"""Value: `button_value.approval_value`; opens the deny modal."""
APPROVE_FOR_LESS = "request.approve_for_less"
"""Value: the request's id; opens the modal of `less`."""
DETAILS = "request.details"
"""Value: the request's id; opens Details."""
REVOKE = "grant.revoke"
"""Value: the grant's id; opens the modal that asks why."""

REASON_SHOWN = 240


def render(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the message for these details; only the post (`first`) pings a group."""
    stage = stage_of(details)
    body = [
        f"&gt; {reason_text(details.request)}",
        can_text(details),
        _context(details),
        state_text(details, stage, first),
    ]
    blocks = [
        _header(details, stage),
        section(body[0]),
        section(body[1]),
        context(body[2]),
        section(body[3]),
        *actions(_buttons(details, stage)),
    ]
    lines = [escape(blocks[0]["text"]["text"]), *body]
    return {
        "text": phrases.lock_screen(details, _lock_screen(details, stage), lines),
        "blocks": blocks,
    }


def has_long_reason(request: Request) -> bool:
    """Return whether the message cannot show all of it, so that Approve leads through Details."""
    return len(plain(request.terms.reason)) > REASON_SHOWN


def approve_label(details: RequestDetails) -> str:
    """Return what a click gives: less than requested if a reviewer approved less before."""
    return f"Approve {scope.scope_on_offer(details)}"


def confirm_approval(details: RequestDetails) -> dict[str, Any] | None:
    """Return a confirmation for a role that can change data; None for a role that reads."""
    terms = details.request.terms
    if terms.access == Access.READ:
        return None
    env = "production" if terms.env == "prod" else terms.env
    return confirmation(
        title=f"Approve {scope.what(details)}",
        text=f"{phrases.requester_name(details)}, {scope.length(details)}, {env}.",
        yes=approve_label(details),
        no="Go back",
    )


def can_text(details: RequestDetails) -> str:
    """Return what the role may do; unknown if the configuration no longer has it."""
    if not details.can:
        return "*Can:* no longer in the configuration."
    return phrases.can(details.can, details.cannot)


def _header(details: RequestDetails, stage: Stage) -> dict[str, Any]:
    text = f"{stage.value}: {phrases.requester_name(details)}, {_asked_or_granted(details)}"
    return warning_header(text) if stage in {Stage.PROBLEM, Stage.WRITTEN_OFF} else header(text)


def reason_text(request: Request) -> str:
    """Return the reason, as much as the message shows, with the ticket; escaped."""
    whole = plain(request.terms.reason)
    shown = inline(whole[:REASON_SHOWN])
    if len(whole) > REASON_SHOWN:
        shown += f"… {len(whole) - REASON_SHOWN} more in Details"
    return with_ticket(shown, request)


def with_ticket(shown: str, request: Request) -> str:
    """Return the shown reason, with the ticket unless it is part of it; escaped."""
    ticket = inline(cut(plain(request.terms.ticket or ""), 100))
    return shown if not ticket or _says(shown, ticket) else f"{shown} {ticket}"


def _says(shown: str, ticket: str) -> bool:
    """Return whether the ticket is part of the text, as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(ticket)}(?![\w-])", shown) is not None


def _context(details: RequestDetails) -> str:
    terms = details.request.terms
    groups = ", ".join(inline(name) for name in details.requester_groups[:10])
    who = phrases.requester_link(details) + (f": {groups}" if groups else "")
    said = [who, activity.coverage_phrase(details.coverage)]
    if terms.login == LoginKind.PERSONAL:
        own = inline(terms.personal_login or "")
        said.append(f"Own login {own}, its sessions are closed when the role is removed")
    return " · ".join([*said, details.request.label])


def _buttons(details: RequestDetails, stage: Stage) -> list[dict[str, Any]]:
    grant = details.grant
    if stage is Stage.ACTIVE and grant is not None:
        spoken = f"Revoke {phrases.held(grant)}"
        return [button("Revoke", action_id=REVOKE, value=str(grant.id), spoken=spoken)]
    if stage is Stage.ENDED and grant is not None and details.activity and details.activity.has_statements:
        return [activity.show_button(grant)]
    return decision_buttons(details) if stage is Stage.WAITING else []


def decision_buttons(details: RequestDetails) -> list[dict[str, Any]]:
    """Return the buttons of a pending request: approve, deny, details."""
    request, asked = details.request, phrases.asked_for(details.request)
    through_details = has_long_reason(request)
    approve = button(
        approve_label(details),
        action_id=APPROVE_IN_DETAILS if through_details else APPROVE,
        value=offer_value(details),
        style="primary",
        confirm=None if through_details else confirm_approval(details),
        spoken=f"Approve {scope.what(details)}, {scope.length(details)}",
    )
    deny = button("Deny", action_id=DENY, value=approval_value(request), spoken=f"Deny {asked}")
    details_button = button(
        "Details", action_id=DETAILS, value=str(request.id), spoken=f"Details of {request.label}"
    )
    return [
        approve,
        deny,
        *([_for_less(request)] if reduced_approval.is_possible(details) else []),
        details_button,
    ]


def _for_less(request: Request) -> dict[str, Any]:
    spoken = f"Approve for less: {phrases.asked_for(request)}"
    return button("Approve for less", action_id=APPROVE_FOR_LESS, value=str(request.id), spoken=spoken)


def _lock_screen(details: RequestDetails, stage: Stage) -> str:
    name, request = phrases.requester_name(details), details.request
    if stage is Stage.WAITING:
        reason = plain(request.terms.reason)
        return f"{name} asks for {phrases.asked_for(request)}, {phrases.asked_length(request)}: {reason}"
    return f"{stage.value}: {name}, {_asked_or_granted(details)}"


def _asked_or_granted(details: RequestDetails) -> str:
    """Return what was requested, or the smaller scope once granted."""
    if details.grant is not None and scope.is_less(details):
        return scope.header(details)
    return f"{phrases.asked_for(details.request)}, {phrases.asked_length(details.request)}"
