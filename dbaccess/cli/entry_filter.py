"""Entries of the ledger that belong to a time, a target or a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from dbaccess.cli.audit_options import time_range
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.domain.record_filter import Identities, RecordFilter
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.ports import UnitOfWork

OfKind = Annotated[EventKind | None, typer.Option("--kind", help="Only events of this kind.")]
_ALL: Final = 2**31 - 1
About = frozenset[tuple[str, int]]
_NONE: Final[About] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """None admits every entry. `of_target` and `of_person` are the requests and grants of each."""

    kind: EventKind | None
    since: datetime | None
    until: datetime | None
    target: str | None
    who: Identities | None
    of_target: About
    of_person: About

    def admits(self, fields: dict[str, Any]) -> bool:
        at = datetime.fromisoformat(fields["at"])
        return (
            self.kind in {None, fields["kind"]}
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
            and self._is_of_target(fields)
            and self._is_of_person(fields)
        )

    def _is_of_target(self, fields: dict[str, Any]) -> bool:
        return self.target in {None, fields["data"].get("target")} or _is_about(fields, self.of_target)

    def _is_of_person(self, fields: dict[str, Any]) -> bool:
        if self.who is None:
            return True
        return self.who.has(fields["actor"], fields["actor"]) or _is_about(fields, self.of_person)


def entry_filter(
    uow: UnitOfWork,
    *,
    kind: EventKind | None,
    since: str | None,
    until: str | None,
    target: str | None,
    person: str | None,
) -> EntryFilter | None:
    """Return what the options admit; None if that is every entry. Raises a usage error for a bad time."""
    if all(option is None for option in (kind, since, until, target, person)):
        return None
    begin, end = time_range(since, until)
    who = find_identities(uow, person) if person is not None else None
    return EntryFilter(
        kind=kind,
        since=begin,
        until=end,
        target=target,
        who=who,
        of_target=_about(uow, RecordFilter(target=target)) if target is not None else _NONE,
        of_person=_about(uow, RecordFilter(who=who)) if who is not None else _NONE,
    )


def matching(uow: UnitOfWork, only: EntryFilter | None, *, after: int) -> Iterator[Entry]:
    """Yield the entries that are admitted, in order; an entry that cannot be read is never hidden."""
    for entry in uow.ledger.entries(after=after):
        if only is None or _is_admitted(only, entry):
            yield entry


def _is_admitted(only: EntryFilter, entry: Entry) -> bool:
    try:
        return only.admits(entry.fields)
    except UnreadableBody:
        return True


def _is_about(fields: dict[str, Any], records: About) -> bool:
    return bool({("request", fields["request"]), ("grant", fields["grant"])} & records)


def _about(uow: UnitOfWork, only: RecordFilter) -> About:
    requests = [("request", int(request.id)) for request in uow.requests.recent(limit=_ALL, only=only)]
    grants = [("grant", int(grant.id)) for grant in uow.grants.recent(limit=_ALL, only=only)]
    return frozenset([*requests, *grants])
