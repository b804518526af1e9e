"""The rows of grants in memory: what was read is remembered, and only legal moves are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import add

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import IllegalTransition, NotFound
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.lifecycle import BOTH, GRANT_TRANSITIONS
from dbaccess.storage.repositories.grant_row import changes
from tests.fakes.database import Transaction
from tests.fakes.tables import GRANTS, PROGRESS


class GrantRows:
    def __init__(self, transaction: Transaction, writer: str) -> None:
        self._transaction = transaction
        self._writer = writer
        self._read: dict[GrantId, Grant] = {}

    def get(self, grant_id: GrantId) -> Grant:
        return self._found(self._transaction.get(GRANTS, grant_id), grant_id)

    def lock(self, grant_id: GrantId) -> Grant:
        return self._found(self._transaction.lock(GRANTS, grant_id), grant_id)

    def save(self, grant: Grant) -> None:
        """Write what differs from the grant as this transaction read it."""
        known = self._read[grant.id] if grant.id in self._read else self.get(grant.id)
        changed = {name: getattr(grant, name) for name in changes(known, grant)}
        if changed:
            self.write(grant.id, changed)
            self._read[grant.id] = grant

    def where(self, wanted: Callable[[Grant], bool]) -> list[Grant]:
        found = [grant for grant in self._transaction.rows(GRANTS) if wanted(grant)]
        self._read.update((grant.id, grant) for grant in found)
        return found

    def open(self, wanted: Callable[[Grant], bool]) -> list[Grant]:
        return self.where(lambda grant: not grant.state.is_final and wanted(grant))

    def free(
        self,
        grants: Sequence[Grant],
        wanted: Callable[[Grant], bool],
        *,
        wait: bool = False,
        limit: int | None = None,
    ) -> list[Grant]:
        """Those that could be locked and are still wanted then."""
        locked: list[Grant] = []
        for grant in grants:
            if len(locked) != limit and self._transaction.try_lock(GRANTS, grant.id, wait=wait):
                locked += [found for found in [self.get(grant.id)] if wanted(found)]
        return locked

    def write(self, grant_id: GrantId, changed: Mapping[str, object]) -> None:
        before = self._transaction.lock(GRANTS, grant_id)
        assert before is not None
        after: Grant = replace(before, **changed)  # type: ignore[arg-type]  # columns of a grant, by name
        legal = {
            (was, becomes)
            for (was, _), (becomes, writer) in GRANT_TRANSITIONS.items()
            if writer in {BOTH, self._writer}
        }
        if (before.state, after.state) not in legal:
            raise IllegalTransition("The grant is past that.")
        self._transaction.put(GRANTS, grant_id, after)

    def with_progress(self, grant: Grant) -> Grant:
        done = [progress for of, progress in self._transaction.rows(PROGRESS) if of == grant.id]
        return replace(grant, progress=reduce(add, done, EndProgress()))

    def _found(self, grant: Grant | None, grant_id: GrantId) -> Grant:
        if grant is None:
            raise NotFound(f"There is no grant G-{grant_id}.")
        self._read[grant_id] = grant
        return grant
