"""Results of approved extensions."""

from collections.abc import Collection
from datetime import datetime

from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.request import RequestState
from dbaccess.domain.terms import RequestKind
from tests.fakes.database import Transaction
from tests.fakes.records.due import DueGrants
from tests.fakes.tables import EXTENSIONS, GRANTS, REQUESTS


class MemoryExtensions:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, extension: Extension) -> None:
        self._transaction.put(EXTENSIONS, extension.request_id, extension)

    def of(self, grant_id: GrantId) -> list[Extension]:
        return [found for found in self._transaction.rows(EXTENSIONS) if found.grant_id == grant_id]

    def unsettled(self, grant_ids: Collection[GrantId]) -> set[GrantId]:
        settled = {extension.request_id for extension in self._transaction.rows(EXTENSIONS)}
        waiting = {
            request.terms.of_grant
            for request in self._transaction.rows(REQUESTS)
            if request.terms.kind is RequestKind.EXTENSION
            and request.state is RequestState.APPROVED
            and request.id not in settled
        }
        return {grant_id for grant_id in grant_ids if grant_id in waiting}

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        rules = DueGrants(self._transaction.database.live, now)

        def is_due(grant: Grant) -> bool:
            lasts = grant.state is GrantState.ACTIVE and grant.expires_at is not None
            return lasts and grant.expires_at > now and rules.is_free(grant)  # type: ignore[operator]  # lasts

        due = [grant for grant in self._transaction.rows(GRANTS) if is_due(grant)]
        unsettled = self.unsettled([grant.id for grant in due])
        due.sort(key=lambda grant: (grant.expires_at, grant.id))
        return [grant.id for grant in due if grant.id in unsettled][:limit]
