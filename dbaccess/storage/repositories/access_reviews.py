"""Access reviews and their items."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.access_review import ReviewItem
from dbaccess.domain.access_review_campaign import (
    Answer,
    Campaign,
    CampaignId,
    CampaignItem,
    CampaignState,
    Counts,
    Removal,
)
from dbaccess.domain.errors import NotFound
from dbaccess.domain.people import SlackId
from dbaccess.storage.models.access_reviews import AccessReviewItemRow as ItemRow
from dbaccess.storage.models.access_reviews import AccessReviewRow as Row

_CHANGED = ("state", "asked_at", "reminded_at", "closed_at", "closed_by")
_ANSWER = ("answer", "reason", "answered_by", "answered_slack_id", "answered_at")
_REMOVAL = ("removal", "removal_note")


class SqlAccessReviews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, campaign: Campaign, items: Sequence[ReviewItem]) -> Campaign:
        values = asdict(campaign)
        del values["id"]
        values["group_name"] = values.pop("group")
        added = self._session.execute(insert(Row).values(values).returning(Row.id)).scalar_one()
        rows = [
            {"review_id": added, "number": number, "about": item.as_json()}
            for number, item in enumerate(items, start=1)
        ]
        # "returning" makes it one statement; without it SQLAlchemy falls back to executemany.
        self._session.execute(insert(ItemRow).returning(ItemRow.number), rows)
        return self.get(CampaignId(added))

    def get(self, campaign_id: CampaignId) -> Campaign:
        return self._one(campaign_id, lock=False)

    def lock(self, campaign_id: CampaignId) -> Campaign:
        return self._one(campaign_id, lock=True)

    def hold(self, campaign_id: CampaignId) -> Campaign:
        self._session.execute(select(func.hold_access_review(campaign_id)))
        return self.get(campaign_id)

    def save(self, campaign: Campaign) -> None:
        changed = {name: getattr(campaign, name) for name in _CHANGED}
        self._session.execute(update(Row).where(Row.id == campaign.id).values(changed))

    def recent(self, *, limit: int) -> list[Campaign]:
        rows = self._session.scalars(select(Row).order_by(Row.id.desc()).limit(limit))
        return [_campaign(row) for row in rows]

    def to_end(self, now: datetime) -> list[CampaignId]:
        is_over = (Row.ends_at <= now) | (Row.state == CampaignState.CLOSING)
        return self._ids(select(Row.id).where(Row.state != CampaignState.CLOSED, is_over).order_by(Row.id))

    def to_ask(self, now: datetime) -> list[CampaignId]:
        is_due = Row.state == CampaignState.OPEN, Row.ends_at > now, Row.asked_at.is_(None)
        return self._ids(select(Row.id).where(*is_due).order_by(Row.id))

    def to_remind(self, now: datetime) -> list[CampaignId]:
        is_due = Row.remind_at <= now, Row.ends_at > now, Row.reminded_at.is_(None)
        return self._ids(select(Row.id).where(Row.state == CampaignState.OPEN, *is_due).order_by(Row.id))

    def item(self, campaign_id: CampaignId, number: int) -> CampaignItem:
        found = select(ItemRow).where(ItemRow.review_id == campaign_id, ItemRow.number == number)
        row = self._session.scalars(found, execution_options={"populate_existing": True}).first()
        if row is None:
            raise NotFound(f"There is no item AR-{campaign_id}/{number}.")
        return _item(row)

    def items(
        self, campaign_id: CampaignId, *, after: int, limit: int, open_only: bool = False
    ) -> list[CampaignItem]:
        found = select(ItemRow).where(ItemRow.review_id == campaign_id, ItemRow.number > after)
        if open_only:
            found = found.where(ItemRow.answer.is_(None))
        found = found.order_by(ItemRow.number).limit(limit)
        rows = self._session.scalars(found, execution_options={"populate_existing": True})
        return [_item(row) for row in rows]

    def to_remove(self, cluster: str, *, limit: int) -> list[CampaignItem]:
        found = select(ItemRow).where(
            ItemRow.about["cluster"].as_string() == cluster,
            ItemRow.removal.in_([Removal.WANTED, Removal.STARTED]),
        )
        # In a new order each time: those that fail again and again would keep later ones waiting for ever.
        found = found.order_by(func.random()).limit(limit)
        rows = self._session.scalars(found, execution_options={"populate_existing": True})
        return [_item(row) for row in rows]

    def save_item(self, item: CampaignItem) -> None:
        self._save(item, (*_ANSWER, *_REMOVAL))

    def save_answer(self, item: CampaignItem) -> None:
        self._save(item, _ANSWER)

    def _save(self, item: CampaignItem, names: tuple[str, ...]) -> None:
        changed = {name: getattr(item, name) for name in names}
        where = ItemRow.review_id == item.campaign_id, ItemRow.number == item.number
        self._session.execute(update(ItemRow).where(*where).values(changed))

    def counts(self, campaign_id: CampaignId) -> Counts:
        found = select(ItemRow.answer, func.count()).where(ItemRow.review_id == campaign_id)
        rows = self._session.execute(found.group_by(ItemRow.answer))
        return {Answer(answer) if answer else None: count for answer, count in rows}

    def answered_in_slack(self, campaign_id: CampaignId) -> dict[SlackId, int]:
        account = ItemRow.answered_slack_id
        found = select(account, func.count()).where(ItemRow.review_id == campaign_id, account.is_not(None))
        rows = self._session.execute(found.group_by(account))
        return {SlackId(slack_id): count for slack_id, count in rows if slack_id is not None}

    def _one(self, campaign_id: CampaignId, *, lock: bool) -> Campaign:
        found = select(Row).where(Row.id == campaign_id)
        rows = self._session.scalars(
            found.with_for_update() if lock else found, execution_options={"populate_existing": True}
        )
        row = rows.first()
        if row is None:
            raise NotFound(f"There is no access review AR-{campaign_id}.")
        return _campaign(row)

    def _ids(self, rows: Any) -> list[CampaignId]:
        return [CampaignId(found) for found in self._session.scalars(rows)]


def _campaign(row: Row) -> Campaign:
    return Campaign(
        id=CampaignId(row.id),
        group=row.group_name,
        days=row.days,
        policy_hash=row.policy_hash,
        items=row.items,
        digest=row.digest,
        state=CampaignState(row.state),
        started_by=row.started_by,
        started_at=row.started_at,
        ends_at=row.ends_at,
        remind_at=row.remind_at,
        groups_read_at=row.groups_read_at,
        asked_at=row.asked_at,
        reminded_at=row.reminded_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def _item(row: ItemRow) -> CampaignItem:
    return CampaignItem(
        campaign_id=CampaignId(row.review_id),
        number=row.number,
        about=ReviewItem.from_json(row.about),
        answer=Answer(row.answer) if row.answer else None,
        reason=row.reason,
        answered_by=row.answered_by,
        answered_slack_id=SlackId(row.answered_slack_id) if row.answered_slack_id else None,
        answered_at=row.answered_at,
        removal=Removal(row.removal) if row.removal else None,
        removal_note=row.removal_note,
    )
