"""The Details modal: the whole reason, the rule, the reviewers, the policy; optionally with Approve."""

from collections.abc import Mapping
from typing import Any

from dbaccess.domain.errors import Changed
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import TITLE_LONGEST, context, modal, quoted_sections, section, typed_sections
from dbaccess.slack.fields import subject_of
from dbaccess.slack.text import cut, date, escape, inline, plain, quote
from dbaccess.slack.views import phrases, scope
from dbaccess.slack.views.button_value import offer_value, parse_approval
from dbaccess.slack.views.request_message import approve_label, can_text

DETAILS_VIEW = "request.details.view"
"""The callback id without a submit."""
APPROVE_FORM = "request.details.approve"
"""The callback id with `Approve 2 h`; private_metadata is `button_value.offer_value`."""


def build(details: RequestDetails, *, approvable: bool) -> dict[str, Any]:
    """Return the modal; `approvable` adds the submit, as long as the request is pending."""
    request = details.request
    terms = request.terms
    asked = f"{phrases.asked_for(request)}, {phrases.asked_length(request)}"
    blocks = [
        section(f"*{escape(request.label)}* {phrases.requester_link(details)}, {escape(asked)}"),
        *quoted_sections(terms.reason),
        *([section(f"*Ticket*\n{quote(cut(plain(terms.ticket), 200))}")] if terms.ticket else []),
        section(can_text(details)),
        section(_granted(details)),
        *(typed_sections("\n".join(terms.on.said)) if terms.on else []),
        section(_reviewed_by(details)),
        *([section(f"*Now on offer* {escape(scope.header(details))}.")] if scope.is_less(details) else []),
        *_unanswerable(details),
        context(f"Submitted {date(request.submitted_at)} · lapses {date(request.decide_by)}"),
        context(f"Policy {escape(request.policy_hash[:64])} · request {request.fingerprint}"),
    ]
    if not approvable or request.state is not RequestState.PENDING:
        return modal(title="Details", callback_id=DETAILS_VIEW, blocks=blocks)
    return modal(
        title="Details",
        callback_id=APPROVE_FORM,
        submit=_approve_label(details),
        close="Go back",
        private_metadata=offer_value(details),
        blocks=blocks,
    )


def parse(view: Mapping[str, Any]) -> tuple[RequestId, str]:
    """Return the approved request and fingerprint; raises `Changed` for a forged view."""
    if view.get("callback_id") != APPROVE_FORM:
        raise Changed("This changed, look again.")
    return parse_approval(subject_of(view))


def _unanswerable(details: RequestDetails) -> list[dict[str, Any]]:
    """Return the line that reviewers cannot answer in the channel, while Slack refuses the message there."""
    waits = details.request.state is RequestState.PENDING
    return [section(phrases.no_reviewer(details.refusal))] if waits and details.refusal else []


def _approve_label(details: RequestDetails) -> str:
    """Return the label; the view shows what Slack has no room for there."""
    label = approve_label(details)
    return label if len(label) <= TITLE_LONGEST else "Approve"


def _granted(details: RequestDetails) -> str:
    terms = details.request.terms
    roles = ", ".join([*[inline(role) for role in terms.grants], *(["what follows"] if terms.on else [])])
    login = f"the login {inline(terms.personal_login)}" if terms.personal_login else "a login made for this"
    said = f"*Grants* {roles} in {inline(terms.database)} on {inline(terms.cluster)} to {login}"
    return f"{said}, acting as {inline(terms.act_as)}" if terms.act_as else said


def _reviewed_by(details: RequestDetails) -> str:
    terms = details.request.terms
    lines = [f"*Rule* {inline(terms.rule)}. *Reviewers* {inline(phrases.needs(terms.approvals))}."]
    lines += [
        f"{phrases.reviewer_with_group(details, review)} {review.verdict}{scope.instead(details, review)} "
        + date(review.reviewed_at)
        + (f", no longer counted: {inline(review.voided_why)}" if review.voided_why else "")
        for review in details.reviews
    ]
    return "\n".join(lines)
