"""The last look at the sessions of each grant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.use import WATCHED, Sighting
from tests.fakes.database import Transaction
from tests.fakes.tables import GRANTS, SIGHTINGS


class MemorySightings:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put_all(self, sightings: Sequence[Sighting]) -> None:
        for one in sightings:
            assert (one.sessions == 0) is (one.quiet_since is not None)
            self._transaction.put(SIGHTINGS, one.grant_id, one)

    def keep_quiet(self, grant_ids: Collection[GrantId], *, now: datetime) -> set[GrantId]:
        known = self.of(grant_ids, lock=True).values()
        quiet = [one for one in known if one.quiet_since and now - one.looked_at <= WATCHED]
        self.put_all([replace(one, looked_at=now) for one in quiet])
        return {one.grant_id for one in quiet}

    def of(self, grant_ids: Collection[GrantId], *, lock: bool = False) -> Mapping[GrantId, Sighting]:
        read = self._transaction.lock if lock else self._transaction.get
        found = {grant_id: read(SIGHTINGS, grant_id) for grant_id in sorted(grant_ids)}
        return {grant_id: one for grant_id, one in found.items() if one is not None}

    def quiet(self, *, since: datetime, after: GrantId, limit: int) -> list[Sighting]:
        found = [
            one
            for one in self._transaction.rows(SIGHTINGS)
            if one.quiet_since is not None
            and one.quiet_since <= since
            and one.grant_id > after
            and (grant := self._transaction.get(GRANTS, one.grant_id)) is not None
            and grant.state is GrantState.ACTIVE
        ]
        return sorted(found, key=lambda one: one.grant_id)[:limit]
