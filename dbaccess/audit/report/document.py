"""A report: its head, its lists on disk, and the digest over all of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dbaccess.audit.report import event_rows, request_row, standing_rows
from dbaccess.audit.report.columns import Row
from dbaccess.audit.report.figures import Figures
from dbaccess.audit.report.grant_row import grant_row, was_held
from dbaccess.audit.report.sections import SECTIONS
from dbaccess.audit.report.spool import Spool
from dbaccess.audit.report.values import written
from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import EventKind
from dbaccess.domain.recorded_facts import GrantFacts
from dbaccess.ports.report import LedgerState, ReportScope, ReportSource

VERSION: Final = 1
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """The person who made the report, and the program."""

    actor: str
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`whole` is SHA-256 in hex over the canonical head, which names the digest of each list."""

    head: dict[str, Any]
    lists: Mapping[str, Spool]
    figures: Figures
    whole: str

    @property
    def rows(self) -> int:
        return sum(spool.rows for spool in self.lists.values())


@contextmanager
def document(source: ReportSource, scope: ReportScope, maker: Maker) -> Iterator[Document]:
    """Yield the report; its rows are on disk until the end."""
    figures, requests = Figures(), Counter[str]()
    with ExitStack() as stack:
        lists = {one.name: stack.enter_context(Spool(one)) for one in SECTIONS}
        for name, rows in _rows(source, scope, figures, requests, lists["drift"]):
            lists[name].fill(rows)
        head = _head(source, scope, maker, figures, requests)
        head["lists"] = {name: {"digest": s.digest, "rows": s.rows} for name, s in lists.items()}
        whole = hashlib.sha256(canonical_bytes(head)).hexdigest()
        yield Document(head=head, lists=lists, figures=figures, whole=whole)


def _rows(
    source: ReportSource, scope: ReportScope, figures: Figures, requests: Counter[str], drift: Spool
) -> Iterator[tuple[str, Iterable[Row]]]:
    since, until, period = scope.since, scope.until, {"since": scope.since, "until": scope.until}

    def held() -> Iterator[GrantFacts]:
        for recorded in source.grants():
            if was_held(recorded, **period):
                # A role that was held before a grant is drift; it is known while the grant's facts are read.
                drift.fill(event_rows.standing_rows(recorded))
                yield recorded

    def asked() -> Iterator[Row]:
        for recorded in source.requests():
            if request_row.was_asked(recorded, **period):
                row = request_row.request_row(recorded)
                requests[row["state"]] += 1
                yield row

    yield "grants", figures.counting(grant_row(recorded, now=source.now) for recorded in held())
    yield "requests", asked()
    waiting = (
        recorded for recorded in source.open_reviews() if request_row.is_open_review(recorded, until=until)
    )
    yield "open_reviews", (request_row.open_review_row(recorded, until=until) for recorded in waiting)
    times = standing_rows.unknown_times(source.events(standing_rows.READINGS, whole=True))
    yield "standing", standing_rows.unknown_rows(times, **period)
    roles = source.events(standing_rows.ROLES, whole=True)
    yield "standing", standing_rows.role_rows(roles, times, **period)
    yield "drift", event_rows.drift_rows(source.events(event_rows.DRIFT), **period)
    yield "changes", event_rows.change_rows(_changes(source), **period)
    yield "looks", event_rows.look_rows(source.events(event_rows.LOOKS), **period)
    # It is recorded when it is over, which may be long after the period.
    away = source.events(event_rows.AWAY, later=True)
    yield "away", event_rows.away_rows(away, since=since, until=until)


def _changes(source: ReportSource) -> Iterator[Any]:
    """Yield the policies from the begin of the ledger, each to be compared with the one before."""
    yield from source.events([EventKind.POLICY_LOADED], whole=True)
    yield from source.events([kind for kind in event_rows.CHANGES if kind is not EventKind.POLICY_LOADED])


def _head(
    source: ReportSource,
    scope: ReportScope,
    maker: Maker,
    figures: Figures,
    requests: Counter[str],
) -> dict[str, Any]:
    state = source.ledger()
    who = scope.who
    return {
        "report": VERSION,
        "tool": maker.tool,
        "made_at": written(source.now),
        "made_by": maker.actor,
        "recorded": "as report.made" if source.is_recorded() else "no: this login only reads",
        "period": {"from": written(scope.since), "to": written(scope.until), "zone": "UTC"},
        "filter": {
            "target": scope.target,
            "person": scope.person,
            "persons": sorted(who.persons) if who else None,
            "accounts": sorted(who.accounts) if who else None,
        },
        "ledger": {
            "first": state.entry_range.first,
            "last": state.entry_range.last,
            "entries": state.entry_range.entries,
            "gaps": state.entry_range.gaps,
            "head": state.head,
            "begins_at": written(state.begins_at),
            "first_of_period": state.first_of_period,
            "last_of_period": state.last_of_period,
        },
        "checkpoint": signed.line() if (signed := source.checkpoint()) else None,
        "counts": {
            "grants": dict(sorted(figures.states.items())),
            "requests": dict(sorted(requests.items())),
        },
        "notes": [*_notes(state, scope, source.now), *_unreadable(source.unreadable())],
    }


def _unreadable(seqs: list[int]) -> Iterator[str]:
    if seqs:
        more = f" and {len(seqs) - _MOST_NAMED} more" if len(seqs) > _MOST_NAMED else ""
        yield (
            "Entries that were changed or cannot be read, on which no row rests: "
            f"{', '.join(map(str, seqs[:_MOST_NAMED]))}{more}. Run: dbaccess ledger verify"
        )


def _notes(state: LedgerState, scope: ReportScope, now: datetime) -> Iterator[str]:
    """Yield what a reader must know before the figures."""
    begins = state.begins_at
    if begins is None:
        yield "The ledger is empty. The events of this period are unknown."
    elif scope.until <= begins:
        yield f"The ledger begins at {written(begins)}, after this period. Its events are unknown."
    elif scope.since < begins:
        yield f"The ledger begins at {written(begins)}. Earlier events are unknown."
    if scope.until > now:
        yield "The period was not over when the report was made."
    if state.entry_range.gaps:
        yield f"{state.entry_range.gaps} entries of the ledger are missing. Run: dbaccess ledger verify"
    if scope.target is not None or scope.who is not None:
        yield "The filter is of grants, requests and open reviews. The other lists are of the installation."
