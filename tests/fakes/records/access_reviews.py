"""Access reviews and their items."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.access_review import ReviewItem
from dbaccess.domain.access_review_campaign import (
    Campaign,
    CampaignId,
    CampaignItem,
    CampaignState,
    Counts,
    Removal,
)
from dbaccess.domain.errors import NotFound
from dbaccess.domain.people import SlackId
from tests.fakes.database import Transaction
from tests.fakes.tables import ACCESS_REVIEW_ITEMS, ACCESS_REVIEWS, as_stored


class MemoryAccessReviews:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, campaign: Campaign, items: Sequence[ReviewItem]) -> Campaign:
        added = replace(campaign, id=CampaignId(self._transaction.next_id(ACCESS_REVIEWS)))
        self._transaction.put(ACCESS_REVIEWS, added.id, added)
        for number, item in enumerate(items, start=1):
            about = ReviewItem.from_json(as_stored(item.as_json()))
            one = CampaignItem(campaign_id=added.id, number=number, about=about)
            self._transaction.put(ACCESS_REVIEW_ITEMS, (added.id, number), one)
        return added

    def get(self, campaign_id: CampaignId) -> Campaign:
        return self._found(self._transaction.get(ACCESS_REVIEWS, campaign_id), campaign_id)

    def lock(self, campaign_id: CampaignId) -> Campaign:
        return self._found(self._transaction.lock(ACCESS_REVIEWS, campaign_id), campaign_id)

    def hold(self, campaign_id: CampaignId) -> Campaign:
        return self.lock(campaign_id)

    def save(self, campaign: Campaign) -> None:
        self._transaction.put(ACCESS_REVIEWS, campaign.id, campaign)

    def recent(self, *, limit: int) -> list[Campaign]:
        return self._transaction.rows(ACCESS_REVIEWS)[::-1][:limit]

    def to_end(self, now: datetime) -> list[CampaignId]:
        return [
            one.id
            for one in self._transaction.rows(ACCESS_REVIEWS)
            if one.state is CampaignState.CLOSING or (one.state is CampaignState.OPEN and one.ends_at <= now)
        ]

    def to_ask(self, now: datetime) -> list[CampaignId]:
        return [
            one.id
            for one in self._transaction.rows(ACCESS_REVIEWS)
            if one.state is CampaignState.OPEN and one.asked_at is None and now < one.ends_at
        ]

    def to_remind(self, now: datetime) -> list[CampaignId]:
        return [
            one.id
            for one in self._transaction.rows(ACCESS_REVIEWS)
            if one.state is CampaignState.OPEN
            and one.reminded_at is None
            and one.remind_at <= now < one.ends_at
        ]

    def item(self, campaign_id: CampaignId, number: int) -> CampaignItem:
        found = self._transaction.get(ACCESS_REVIEW_ITEMS, (campaign_id, number))
        if found is None:
            raise NotFound(f"There is no item AR-{campaign_id}/{number}.")
        return found

    def items(
        self, campaign_id: CampaignId, *, after: int, limit: int, open_only: bool = False
    ) -> list[CampaignItem]:
        found = [one for one in self._of(campaign_id) if one.number > after]
        return [one for one in found if one.answer is None or not open_only][:limit]

    def to_remove(self, cluster: str, *, limit: int) -> list[CampaignItem]:
        found = [
            one
            for one in self._transaction.rows(ACCESS_REVIEW_ITEMS)
            if one.about.cluster == cluster and one.removal in {Removal.WANTED, Removal.STARTED}
        ]
        return random.sample(found, min(limit, len(found)))

    def save_item(self, item: CampaignItem) -> None:
        self._transaction.put(ACCESS_REVIEW_ITEMS, (item.campaign_id, item.number), item)

    def save_answer(self, item: CampaignItem) -> None:
        self.save_item(item)

    def counts(self, campaign_id: CampaignId) -> Counts:
        return Counter(one.answer for one in self._of(campaign_id))

    def answered_in_slack(self, campaign_id: CampaignId) -> dict[SlackId, int]:
        accounts = (one.answered_slack_id for one in self._of(campaign_id))
        return dict(Counter(account for account in accounts if account is not None))

    def _of(self, campaign_id: CampaignId) -> list[CampaignItem]:
        rows = self._transaction.rows(ACCESS_REVIEW_ITEMS)
        return [one for one in rows if one.campaign_id == campaign_id]

    def _found(self, campaign: Campaign | None, campaign_id: CampaignId) -> Campaign:
        if campaign is None:
            raise NotFound(f"There is no access review AR-{campaign_id}.")
        return campaign
