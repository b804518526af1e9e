"""The end of access reviews: by their date or by an operator, after a reminder."""

from dataclasses import replace
from typing import Any, Final

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignState
from dbaccess.domain.events import BY_SYSTEM, BY_WORKER, Event, EventKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.access_reviews.answer import check_open, item_event
from dbaccess.operations.access_reviews.owners import tell_owners
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

BATCH: Final = 50
"""Missing answers in one transaction: each is an entry, and the ledger's lock keeps ends waiting."""


def close_access_review(begin: UnitOfWorkFactory, *, actor: str, campaign_id: CampaignId) -> Campaign:
    """Return the access review, which takes no more answers; the workers record the missing ones.

    Raises `NotFound`, and `AlreadyDecided` once it has ended.
    """
    with begin() as uow:
        campaign = uow.access_reviews.lock(campaign_id)
        check_open(uow, campaign)
        campaign = _end(uow, campaign, actor)
        uow.commit()
    return campaign


def end_access_reviews(context: WorkerContext) -> None:
    """Remind of those that end soon, and close those that are over, with every missing answer recorded."""
    with context.begin() as uow:
        to_remind, to_end = uow.access_reviews.to_remind(uow.now), uow.access_reviews.to_end(uow.now)
    for campaign_id in to_remind:
        _remind(context, campaign_id)
    for campaign_id in to_end:
        while not _is_closed(context, campaign_id):
            pass


def _remind(context: WorkerContext, campaign_id: CampaignId) -> None:
    with context.begin() as uow:
        campaign = uow.access_reviews.lock(campaign_id)
        if campaign_id not in uow.access_reviews.to_remind(uow.now):
            return
        uow.access_reviews.save(replace(campaign, reminded_at=uow.now))
        left = uow.access_reviews.counts(campaign_id).get(None, 0)
        uow.record(_event(campaign, EventKind.ACCESS_REVIEW_REMINDED, BY_WORKER, {"open": left}))
        if left:
            data = _data(campaign) | {"open": left, "ends_at": campaign.ends_at.isoformat()}
            _tell(context, uow, NoticeKind.ACCESS_REVIEW_DUE, campaign, data)
        uow.commit()


def _is_closed(context: WorkerContext, campaign_id: CampaignId) -> bool:
    """Record the next missing answers; return whether there were no more, and it is closed."""
    with context.begin() as uow:
        campaign = uow.access_reviews.lock(campaign_id)
        if campaign.state is CampaignState.CLOSED:
            return True
        if campaign.state is CampaignState.OPEN:
            campaign = _end(uow, campaign, BY_SYSTEM)
        missing = uow.access_reviews.items(campaign_id, after=0, limit=BATCH, open_only=True)
        for item in missing:
            answered = replace(item, answer=Answer.UNANSWERED, answered_by=BY_SYSTEM, answered_at=uow.now)
            uow.access_reviews.save_item(answered)
            uow.record(item_event(answered, EventKind.ACCESS_REVIEW_UNANSWERED, BY_SYSTEM))
        if not missing:
            _close(context, uow, campaign)
        uow.commit()
    return not missing


def _end(uow: UnitOfWork, campaign: Campaign, actor: str) -> Campaign:
    ended = replace(campaign, state=CampaignState.CLOSING, closed_by=actor)
    uow.access_reviews.save(ended)
    uow.record(_event(ended, EventKind.ACCESS_REVIEW_ENDED, actor, {}))
    return ended


def _close(context: WorkerContext, uow: UnitOfWork, campaign: Campaign) -> None:
    uow.access_reviews.save(replace(campaign, state=CampaignState.CLOSED, closed_at=uow.now))
    counts = uow.access_reviews.counts(campaign.id)
    data = {answer.value: counts.get(answer, 0) for answer in Answer}
    uow.record(_event(campaign, EventKind.ACCESS_REVIEW_CLOSED, BY_WORKER, data))
    _tell(context, uow, NoticeKind.ACCESS_REVIEW_CLOSED, campaign, _data(campaign) | data)


def _tell(
    context: WorkerContext, uow: UnitOfWork, kind: NoticeKind, campaign: Campaign, data: dict[str, Any]
) -> None:
    plan_notice(uow, kind, key=f"{kind}:{campaign.id}", channel=context.policy.ops_channel, data=data)
    tell_owners(context, uow, kind, campaign, data)


def _data(campaign: Campaign) -> dict[str, Any]:
    return {"review": campaign.label, "group": campaign.group, "items": campaign.items}


def _event(campaign: Campaign, kind: EventKind, actor: str, more: dict[str, Any]) -> Event:
    return Event(kind=kind, actor=actor, data=_data(campaign) | {"digest": campaign.digest} | more)
