"""A page of an access review, as one owner of its group sees it."""

from dataclasses import dataclass
from typing import Final

from dbaccess.domain.access_review_campaign import Campaign, CampaignItem, Counts

PAGE: Final = 10
"""Items on a page."""


def page_of(number: int) -> int:
    """Return the number before the first item of the page that has this item."""
    return (number - 1) // PAGE * PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Items of an access review; `own` are the numbers of those about the owner who looks.

    `after` is the number before the first item of the page.
    """

    campaign: Campaign
    counts: Counts
    items: tuple[CampaignItem, ...]
    own: frozenset[int]
    after: int

    @property
    def has_more(self) -> bool:
        return self.after + len(self.items) < self.campaign.items
