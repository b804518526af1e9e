"""Lines that a person typed and may still change."""

from collections.abc import Mapping

from dbaccess.domain.errors import NotFound
from dbaccess.domain.limits import DRAFTS as KEPT
from dbaccess.domain.people import SlackId
from tests.fakes.database import Transaction
from tests.fakes.tables import DRAFTS, Draft, as_stored


class MemoryDrafts:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, slack_id: SlackId, fields: Mapping[str, str]) -> int:
        draft_id = self._transaction.next_id(DRAFTS)
        draft = Draft(slack_id=slack_id, fields=as_stored(dict(fields)))
        self._transaction.put(DRAFTS, draft_id, draft)
        mine = [key for key, draft in self._transaction.items(DRAFTS) if draft.slack_id == slack_id]
        for old in mine[:-KEPT]:
            self._transaction.delete(DRAFTS, old)
        return draft_id

    def get(self, draft_id: int, slack_id: SlackId) -> dict[str, str]:
        found = self._transaction.get(DRAFTS, draft_id)
        if found is None or found.slack_id != slack_id:
            raise NotFound("This is no longer kept. Type it again.")
        return dict(found.fields)
