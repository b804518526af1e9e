"""Details: the whole reason, the rule, who may review, the policy; where asked for, with its Approve."""

from collections.abc import Mapping
from typing import Any

from dbaccess.domain.errors import Changed
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.story import Story
from dbaccess.slack.blocks import TITLE_LONGEST, context, modal, section, typed_sections
from dbaccess.slack.text import cut, date, escape, inline, plain
from dbaccess.slack.views import extent, wording
from dbaccess.slack.views.clicked import offer_value, parse_approval
from dbaccess.slack.views.request_message import approve_label, can_text

DETAILS_VIEW = "request.details.view"
"""The callback id without a submit."""
APPROVE_FORM = "request.details.approve"
"""The callback id with `Approve 2 h`; private_metadata is `clicked.offer_value`."""


def build(story: Story, *, approvable: bool) -> dict[str, Any]:
    """`approvable` adds the submit, as long as the request is pending."""
    request = story.request
    terms = request.terms
    asked = f"{wording.asked_for(request)}, {wording.asked_length(request)}"
    blocks = [
        section(f"*{escape(request.label)}* {wording.requester_link(story)}, {escape(asked)}"),
        *typed_sections(terms.reason),
        *([section(f"*Ticket* {inline(cut(plain(terms.ticket), 200))}")] if terms.ticket else []),
        section(can_text(story)),
        section(_granted(story)),
        *(typed_sections("\n".join(terms.on.said)) if terms.on else []),
        section(_reviewed_by(story)),
        *([section(f"*Now on offer* {escape(extent.header(story))}.")] if extent.is_less(story) else []),
        context(f"Submitted {date(request.submitted_at)} · lapses {date(request.decide_by)}"),
        context(f"Policy {escape(request.policy_hash[:64])} · request {request.fingerprint}"),
    ]
    if not approvable or request.state is not RequestState.PENDING:
        return modal(title="Details", callback_id=DETAILS_VIEW, blocks=blocks)
    return modal(
        title="Details",
        callback_id=APPROVE_FORM,
        submit=_approve_label(story),
        close="Go back",
        private_metadata=offer_value(story),
        blocks=blocks,
    )


def parse(view: Mapping[str, Any]) -> tuple[RequestId, str]:
    """The request and fingerprint that a submit approves; raises `Changed` for a forged view."""
    if view.get("callback_id") != APPROVE_FORM:
        raise Changed("This changed, look again.")
    return parse_approval(str(view.get("private_metadata", "")))


def _approve_label(story: Story) -> str:
    """What Slack has no room for stands in the view, at its top or as what is now on offer."""
    label = approve_label(story)
    return label if len(label) <= TITLE_LONGEST else "Approve"


def _granted(story: Story) -> str:
    terms = story.request.terms
    roles = ", ".join([*[inline(role) for role in terms.grants], *(["what follows"] if terms.on else [])])
    whose = f"the login {inline(terms.personal_login)}" if terms.personal_login else "a login made for this"
    said = f"*Grants* {roles} in {inline(terms.database)} on {inline(terms.cluster)} to {whose}"
    return f"{said}, acting as {inline(terms.act_as)}" if terms.act_as else said


def _reviewed_by(story: Story) -> str:
    terms = story.request.terms
    lines = [f"*Rule* {inline(terms.rule)}. *Reviewers* {inline(wording.needs(terms.approvals))}."]
    lines += [
        f"{wording.reviewer_with_group(story, review)} {review.verdict}{extent.instead(story, review)} "
        + date(review.reviewed_at)
        + (f", not counted any more: {inline(review.voided_why)}" if review.voided_why else "")
        for review in story.reviews
    ]
    return "\n".join(lines)
