"""Answers that the owners of a group give in Slack, each authorised at its click."""

from dataclasses import replace

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignItem
from dbaccess.domain.access_review_page import PAGE, ReviewPage, page_of
from dbaccess.domain.errors import AlreadyDecided, NotEligible, OwnRequest
from dbaccess.domain.events import EventKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy, check_reason
from dbaccess.operations.access_reviews.answer import check_open, item_event
from dbaccess.operations.access_reviews.owners import is_own
from dbaccess.operations.identity import Workspace, identify
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def look_at_review(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    campaign_id: CampaignId,
    after: int | None,
) -> ReviewPage:
    """Return the page behind that item, or the one that has the first item without an answer.

    Raises `NotFound`, `NotEligible` for a person who does not own the group now, and `AlreadyDecided` once
    the access review has ended.
    """
    with begin() as uow:
        campaign = uow.access_reviews.get(campaign_id)
        owner = _owner(uow, policy, workspace, slack_id, campaign)
        items = uow.access_reviews.items(campaign_id, after=_start(uow, campaign, after), limit=PAGE)
        return ReviewPage(
            campaign=campaign,
            counts=uow.access_reviews.counts(campaign_id),
            items=tuple(items),
            own=frozenset(one.number for one in items if is_own(policy, one, owner.slack_id)),
            after=items[0].number - 1 if items else 0,
        )


def item_to_answer(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    campaign_id: CampaignId,
    number: int,
) -> CampaignItem:
    """Return the item, which this person may answer now; raises as `answer_as_owner` does."""
    with begin() as uow:
        campaign = uow.access_reviews.get(campaign_id)
        item = uow.access_reviews.item(campaign_id, number)
        _check_answerable(uow, policy, workspace, slack_id, campaign, item)
        return item


def answer_as_owner(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    campaign_id: CampaignId,
    number: int,
    answer: Answer,
    reason: str,
    idempotency_key: str,
) -> CampaignItem:
    """Return the item with this answer, which only an operator replaces; it removes nothing by itself.

    Raises `NotFound`, `BadReason`, `NotEligible` for a person who does not own the group now, `OwnRequest`
    for their own access, `AlreadyDecided` for an item with an answer or an access review that has ended, and
    `DuplicateRequest`; then nothing has changed.
    """
    check_reason(reason, at_least=1)
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        # Held, so that no worker records the item as unanswered at the same time.
        campaign = uow.access_reviews.hold(campaign_id)
        item = uow.access_reviews.item(campaign_id, number)
        _check_answerable(uow, policy, workspace, slack_id, campaign, item)
        item = replace(
            item,
            answer=answer,
            reason=reason,
            answered_by=policy.person_id(slack_id),
            answered_slack_id=slack_id,
            answered_at=uow.now,
        )
        uow.access_reviews.save_answer(item)
        uow.record(item_event(item, EventKind.ACCESS_REVIEW_ANSWERED, policy.person_id(slack_id)))
        uow.commit()
    return item


def _start(uow: UnitOfWork, campaign: Campaign, after: int | None) -> int:
    if after is not None:
        return after if 0 <= after < campaign.items else 0
    first = uow.access_reviews.items(campaign.id, after=0, limit=1, open_only=True)
    return page_of(first[0].number) if first else 0


def _owner(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, slack_id: SlackId, campaign: Campaign
) -> Person:
    person = identify(uow, slack_id, policy, workspace)
    if campaign.group not in policy.owners:
        raise NotEligible(f"The policy names no owner of {campaign.group}: operators answer this.")
    if not policy.owns(person, campaign.group):
        only = policy.owners[campaign.group]
        raise NotEligible(f"Only {only} answers this; you are not in {only}.")
    check_open(uow, campaign)
    return person


def _check_answerable(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    campaign: Campaign,
    item: CampaignItem,
) -> None:
    owner = _owner(uow, policy, workspace, slack_id, campaign)
    if is_own(policy, item, owner.slack_id):
        raise OwnRequest("Your own access: another owner or an operator answers it.")
    if item.answer is not None:
        raise AlreadyDecided(f"{item.label} has an answer: {item.answer}. An operator can change it.")
