"""The statements of grants in the control database, compared with the digests in the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from dbaccess.domain.activity import Statement, digest_of
from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import Entry, Fault, FaultKind
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.ports import UnitOfWork

_AT_ONCE: Final = 500
_OVERDUE: Final = timedelta(hours=1)
"""How far beyond an end a log is read when the grant's statements must have been counted."""


@dataclass(slots=True, kw_only=True)
class StatementCheck:
    """The comparison of one snapshot, up to the entry `until`. The numbers hold after `faults` has run.

    Grants are `compared`, `purged`, or `uncounted`: late lines came, the log was not yet read beyond the end,
    or a purge is under way. One number for each grant is in memory, and a few statements.
    """

    uow: UnitOfWork
    until: int
    compared: int = 0
    statements: int = 0
    purged: int = 0
    uncounted: int = 0
    _last: dict[int, int] = field(default_factory=dict)
    _purges: dict[int, int] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        """Yield a fault at the last summary of each grant with other statements than it counts.

        Then one at the place 0 for each ended grant with statements of which no entry tells. An entry that
        cannot be read is a fault of the chain, which its verification names.
        """
        self._find()
        told = self._told({EventKind.ACTIVITY_SUMMARIZED})
        while page := list(islice(told, _AT_ONCE)):
            latest = [one for one in page if self._last.get(_grant_of(one)) == one["seq"]]
            kept = self.uow.activity.summaries_of({_grant_of(one) for one in latest})
            for one in latest:
                grant_id = _grant_of(one)
                if (what := self._differs(grant_id, one["data"], kept.get(grant_id))) is not None:
                    yield _fault(one["seq"], grant_id, what)
        yield from self._untold()

    def _find(self) -> None:
        """Find the last summary of each grant, and how many statements purges deleted since."""
        for one in self._told({EventKind.ACTIVITY_SUMMARIZED, EventKind.ACTIVITY_PURGED}):
            if one["kind"] == EventKind.ACTIVITY_SUMMARIZED:
                self._last[_grant_of(one)] = one["seq"]
                self._purges.pop(_grant_of(one), None)
                continue
            for label, count in one["data"]["statements"].items():
                grant_id = int(label.removeprefix("G-"))
                self._purges[grant_id] = self._purges.get(grant_id, 0) + count

    def _told(self, kinds: set[EventKind]) -> Iterator[dict[str, Any]]:
        for entry in self.uow.ledger.of_kinds(kinds, after=0, until=self.until):
            fields = _fields(entry)
            if fields is not None:
                yield fields

    def _differs(self, grant_id: GrantId, told: dict[str, Any], kept: KeptSummary | None) -> str | None:
        """Return what differs from the summary that the ledger has; None if nothing does."""
        if kept is None:
            return "the summary is no more on record"
        if grant_id in self._purges:
            return self._differs_after_purge(grant_id, told, kept)
        if not kept.is_final:
            self.uncounted += 1
            return None
        self.compared += 1
        if (digest := digest_of(self._counted(grant_id))) != told.get("digest"):
            return "the statements on record are others than the entry counts, and no purge tells of it"
        if (kept.digest, kept.summary.statements) != (digest, told.get("statements")):
            return "the summary on record is another than that of the entry"
        return None

    def _differs_after_purge(self, grant_id: GrantId, told: dict[str, Any], kept: KeptSummary) -> str | None:
        if kept.purged_at is None:
            self.uncounted += 1
            return None
        self.purged += 1
        if self.uow.activity.page(grant_id, limit=1):
            return "statements are on record although a purge deleted them all"
        if self._purges[grant_id] < told.get("statements", 0):
            return "a purge deleted fewer statements than the entry counts: others were deleted without one"
        return None

    def _counted(self, grant_id: GrantId) -> Iterator[Statement]:
        for one in self.uow.activity.each(grant_id):
            self.statements += 1
            yield one

    def _untold(self) -> Iterator[Fault]:
        last = GrantId(0)
        while recorded := self.uow.activity.recorded(after=last, limit=_AT_ONCE):
            last = recorded[-1]
            yield from self._untold_of([one for one in recorded if one not in self._last])

    def _untold_of(self, grant_ids: Sequence[GrantId]) -> Iterator[Fault]:
        kept = self.uow.activity.summaries_of(grant_ids)
        for grant_id in grant_ids:
            summary = kept.get(grant_id)
            if self._is_overdue(grant_id) if summary is None else summary.is_final:
                yield _fault(0, grant_id, "no entry counts the statements on record: they are not proved")
            else:
                self.uncounted += 1

    def _is_overdue(self, grant_id: GrantId) -> bool:
        grant = self.uow.grants.get(grant_id)
        read_to = self.uow.log_positions.caught_up_at(grant.cluster)
        return read_to is not None and grant.ended_at is not None and read_to > grant.ended_at + _OVERDUE


def _fields(entry: Entry) -> dict[str, Any] | None:
    """Return what the entry says; None if a superuser made it one that no worker writes."""
    try:
        fields: dict[str, Any] = entry.fields
    except UnreadableBody:
        return None
    if fields["kind"] == EventKind.ACTIVITY_SUMMARIZED:
        return fields if fields["grant"] is not None else None
    counts = fields["data"].get("statements")
    is_purge = isinstance(counts, dict) and all(
        one.removeprefix("G-").isdecimal() and type(count) is int for one, count in counts.items()
    )
    return fields if is_purge and fields["kind"] == EventKind.ACTIVITY_PURGED else None


def _grant_of(fields: dict[str, Any]) -> GrantId:
    return GrantId(fields["grant"])


def _fault(seq: int, grant_id: GrantId, what: str) -> Fault:
    return Fault(seq=seq, kind=FaultKind.STATEMENTS, what=f"G-{grant_id}: {what}")
