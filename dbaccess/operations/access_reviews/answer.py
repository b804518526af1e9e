"""Answers to the items of an access review by operators, and the entry of any answer."""

from dataclasses import replace

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignItem, CampaignState
from dbaccess.domain.errors import AlreadyDecided
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.policy import check_reason
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def answer_item(
    begin: UnitOfWorkFactory,
    *,
    actor: str,
    campaign_id: CampaignId,
    number: int,
    answer: Answer,
    reason: str,
) -> CampaignItem:
    """Return the item with this answer, which replaces an earlier one; the same one again changes nothing.

    An answer removes nothing by itself. Raises `NotFound`, `BadReason`, and `AlreadyDecided` once the access
    review has ended.
    """
    check_reason(reason, at_least=1)
    with begin() as uow:
        check_open(uow, uow.access_reviews.lock(campaign_id))
        item = uow.access_reviews.item(campaign_id, number)
        if (item.answer, item.reason, item.answered_by) == (answer, reason, actor):
            return item
        item = replace(
            item,
            answer=answer,
            reason=reason,
            answered_by=actor,
            answered_slack_id=None,
            answered_at=uow.now,
        )
        uow.access_reviews.save_item(item)
        uow.record(item_event(item, EventKind.ACCESS_REVIEW_ANSWERED, actor))
        uow.commit()
    return item


def check_open(uow: UnitOfWork, campaign: Campaign) -> None:
    """Raise `AlreadyDecided` if it no longer takes answers, also where the workers did not end it yet."""
    if campaign.state is not CampaignState.OPEN or campaign.ends_at <= uow.now:
        raise AlreadyDecided(f"{campaign.label} has ended and takes no answer.")


def item_event(item: CampaignItem, kind: EventKind, actor: str) -> Event:
    account = {"slack_id": item.answered_slack_id} if item.answered_slack_id else {}
    data = account | {
        "review": f"AR-{item.campaign_id}",
        "item": item.number,
        "answer": item.answer.value if item.answer else None,
        "reason": item.reason,
        "about": item.about.as_json(),
    }
    return Event(kind=kind, actor=actor, data=data)
