"""Refused lines that a person may still change."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.limits import DRAFTS
from dbaccess.domain.people import SlackId
from dbaccess.storage.models.drafts import DraftRow


class SqlDrafts:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, slack_id: SlackId, fields: Mapping[str, str]) -> int:
        draft_id = self._session.execute(
            insert(DraftRow).values(slack_id=slack_id, fields=dict(fields)).returning(DraftRow.id)
        ).scalar_one()
        mine = select(DraftRow.id).where(DraftRow.slack_id == slack_id).order_by(DraftRow.id.desc())
        oldest_kept = mine.offset(DRAFTS - 1).limit(1).scalar_subquery()
        self._session.execute(
            delete(DraftRow).where(DraftRow.slack_id == slack_id, DraftRow.id < oldest_kept)
        )
        return draft_id

    def get(self, draft_id: int, slack_id: SlackId) -> dict[str, str]:
        fields = self._session.scalar(
            select(DraftRow.fields).where(DraftRow.id == draft_id, DraftRow.slack_id == slack_id)
        )
        if fields is None:
            raise NotFound("This is no longer kept. Type it again.")
        return dict(fields)
