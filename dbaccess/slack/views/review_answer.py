"""The modal that asks why an access is kept or removed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dbaccess.domain.access_review import ItemKind
from dbaccess.domain.access_review_campaign import Answer, CampaignId, CampaignItem
from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.errors import NotFound, Refused
from dbaccess.slack.blocks import context, modal, section
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.views import access_review_page

ANSWER_FORM = "access_review.answer.form"
"""The modal's callback id; its private_metadata is the item, and the answer."""
REASON = Field("access_review.reason")

_SUBJECT: Final = re.compile(r"([0-9]{1,18})/([0-9]{1,9})/(keep|remove)", re.ASCII)
_LATER: Final = {
    ItemKind.STANDING: "Nothing is removed now: an operator has it removed.",
    ItemKind.MAY_REQUEST: "Nothing is removed now: an operator changes the group or the rule.",
    ItemKind.UNKNOWN: "Nothing is removed now.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """The submitted answer."""

    campaign_id: CampaignId
    number: int
    answer: Answer
    reason: str


def build(item: CampaignItem, answer: Answer) -> dict[str, Any]:
    word = answer.value.capitalize()
    later = [context(_LATER[item.about.kind])] if answer is Answer.REMOVE else []
    return modal(
        title=f"{word} this access",
        callback_id=ANSWER_FORM,
        submit=word,
        close="Go back",
        private_metadata=f"{item.campaign_id}/{item.number}/{answer.value}",
        blocks=[
            section(access_review_page.subject(item.about)),
            REASON.text("Why", longest=NOTE_MAX, placeholder="The ledger keeps it"),
            *later,
            context("One answer is final for owners; an operator can change it."),
        ],
    )


def parse(view: Mapping[str, Any]) -> GivenAnswer:
    """Return the answer; raises `BadReason` without a reason, and `NotFound`."""
    found = _SUBJECT.fullmatch(subject_of(view))
    if found is None:
        raise NotFound("There is no such item of an access review.")
    return GivenAnswer(
        campaign_id=CampaignId(int(found[1])),
        number=int(found[2]),
        answer=Answer(found[3]),
        reason=REASON.require(view, longest=NOTE_MAX),
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    return errors_at(error, view, REASON)
