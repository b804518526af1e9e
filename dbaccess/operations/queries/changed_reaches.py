"""The reach of grants in the control database, compared with the ledger."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import Entry, Fault, FaultKind
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.ports import UnitOfWork

_AT_ONCE: Final = 500


def changed_reaches(uow: UnitOfWork, *, until: int) -> Iterator[Fault]:
    """Yield a fault for each entry up to this place with a reading that is on record otherwise, or no more.

    Then one at the place 0 for each grant with a reading on record of which no entry tells. An entry that
    cannot be read is a fault of the chain, which its verification names.
    """
    told = array("Q")  # a ledger may tell of a million grants
    read = uow.ledger.of_kinds({EventKind.GRANT_REACH_READ}, after=0, until=until)
    while entries := list(islice(read, _AT_ONCE)):
        said = list(_readings(entries))
        told.extend(grant_id for _, grant_id, _ in said)
        kept = uow.reaches.digests({grant_id for _, grant_id, _ in said})
        for seq, grant_id, digest in said:
            if kept.get(grant_id) != digest:
                what = (
                    f"has other tables for G-{grant_id} than are on record: who could use which is not proved"
                )
                yield Fault(seq=seq, kind=FaultKind.REACH, what=what)
    yield from _untold(uow, array("Q", sorted(told)))


def _untold(uow: UnitOfWork, told: Sequence[int]) -> Iterator[Fault]:
    """Yield a fault for each grant that has tables on record and is none of those told, which are sorted."""
    last = GrantId(0)
    while recorded := uow.reaches.recorded(after=last, limit=_AT_ONCE):
        last = recorded[-1]
        for grant_id in recorded:
            place = bisect_left(told, grant_id)
            if place == len(told) or told[place] != grant_id:
                what = f"no entry has the tables of G-{grant_id} that are on record: they are not proved"
                yield Fault(seq=0, kind=FaultKind.REACH, what=what)


def _readings(entries: Sequence[Entry]) -> Iterator[tuple[int, GrantId, str]]:
    for entry in entries:
        try:
            fields = entry.fields
        except UnreadableBody:
            continue
        if fields["grant"] is not None:
            yield entry.seq, GrantId(fields["grant"]), str(fields["data"].get("digest"))
