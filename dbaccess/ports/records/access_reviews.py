"""Records of access reviews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dbaccess.domain.access_review import ReviewItem
from dbaccess.domain.access_review_campaign import Campaign, CampaignId, CampaignItem, Counts
from dbaccess.domain.people import SlackId


class AccessReviews(Protocol):
    """Access reviews, each with items that never change but for their answers.

    The bot reads them, holds one, and saves answers; all else is for the worker.
    """

    def add(self, campaign: Campaign, items: Sequence[ReviewItem]) -> Campaign:
        """Store the campaign with its items, numbered from 1, and return it with its id."""

    def get(self, campaign_id: CampaignId) -> Campaign:
        """Return it; raises `NotFound`."""

    def lock(self, campaign_id: CampaignId) -> Campaign:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def hold(self, campaign_id: CampaignId) -> Campaign:
        """Return it, which does not end until the transaction does; raises `NotFound`."""

    def save(self, campaign: Campaign) -> None:
        """Store its state, when its owners were asked and its operators reminded, and its end."""

    def recent(self, *, limit: int) -> list[Campaign]:
        """Return the newest first."""

    def to_end(self, now: datetime) -> list[CampaignId]:
        """Return those that are not closed, and over or closing."""

    def to_ask(self, now: datetime) -> list[CampaignId]:
        """Return open ones with owners that were not asked, if the policy names any."""

    def to_remind(self, now: datetime) -> list[CampaignId]:
        """Return open ones with a reminder that is due."""

    def item(self, campaign_id: CampaignId, number: int) -> CampaignItem:
        """Return it; raises `NotFound`. To change it, lock the campaign first."""

    def items(
        self, campaign_id: CampaignId, *, after: int, limit: int, open_only: bool = False
    ) -> list[CampaignItem]:
        """Return the next items after that number, or those without an answer."""

    def to_remove(self, cluster: str, *, limit: int) -> list[CampaignItem]:
        """Return some items of the cluster with a removal that is asked for or begun, others each time."""

    def save_item(self, item: CampaignItem) -> None:
        """Store its answer and its removal."""

    def save_answer(self, item: CampaignItem) -> None:
        """Store its answer, which its ledger entry must say in the same transaction."""

    def counts(self, campaign_id: CampaignId) -> Counts: ...

    def answered_in_slack(self, campaign_id: CampaignId) -> dict[SlackId, int]:
        """Return how many items have an answer of each account."""
