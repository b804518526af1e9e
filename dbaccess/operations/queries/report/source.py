"""The source of a report: one transaction that sees one moment."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import AFTER_ALL
from dbaccess.domain.ledger_body import UnreadableBody, recorded_at
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.recorded_facts import Fact, GrantFacts, RequestFacts
from dbaccess.operations.queries.report.facts import Facts, LoadedPolicies
from dbaccess.operations.queries.report.grouped_facts import PAGE, facts_of_grants, grant_facts, request_facts
from dbaccess.ports import UnitOfWork
from dbaccess.ports.report import LedgerState, ReportScope

BEFORE: Final = timedelta(days=1, hours=1)
"""Findings of the day before count for the begin of a period; clocks may have been set back by an hour."""
AFTER: Final = timedelta(hours=1)


class RecordedSource:
    """`ReportSource` over the control database."""

    def __init__(self, uow: UnitOfWork, scope: ReportScope) -> None:
        self._uow = uow
        self._scope = scope
        self._only = RecordFilter(since=scope.since, until=scope.until, target=scope.target, who=scope.who)
        self._facts = Facts(uow.ledger)
        self._policies = LoadedPolicies(self._facts)

    @property
    def now(self) -> datetime:
        return self._uow.now

    def ledger(self) -> LedgerState:
        head, entry_range = self._uow.ledger.head(), self._uow.ledger.entry_range()
        return LedgerState(
            entry_range=entry_range,
            head=head.hash.hex() if head else None,
            begins_at=self._begins_at(),
            first_of_period=self._uow.ledger.place_before(self._scope.since) + 1,
            last_of_period=self._uow.ledger.place_before(self._scope.until, undated=True),
        )

    def checkpoint(self) -> SignedCheckpoint | None:
        return self._uow.checkpoints.last()

    def is_recorded(self) -> bool:
        return self._uow.ledger.is_writable()

    def grants(self) -> Iterator[GrantFacts]:
        return grant_facts(self._uow, self._facts, self._only, self._policies)

    def requests(self) -> Iterator[RequestFacts]:
        return request_facts(self._uow, self._facts, self._only)

    def open_reviews(self) -> Iterator[GrantFacts]:
        """Yield those that are pending now, and those that were opened before its end and closed since."""
        found = {review.grant_id: review for review in self._uow.break_glass_reviews.pending()}
        found |= {review.grant_id: review for review in self._opened() if review.verdict is not None}
        ids = sorted(grant_id for grant_id, review in found.items() if self._admits(review))
        for begin in range(0, len(ids), PAGE):
            yield from facts_of_grants(self._uow, self._facts, ids[begin : begin + PAGE], self._policies)

    def _opened(self) -> Iterator[BreakGlassReview]:
        page = replace(self._only, since=None)  # one from before the period may have been open at its end
        while found := self._uow.break_glass_reviews.recent(limit=PAGE, only=page):
            yield from found
            page = replace(page, before=found[-1].request.id)

    def _admits(self, review: BreakGlassReview) -> bool:
        request, only = review.request, self._only
        of_target = only.target in {None, request.terms.target}
        return of_target and (only.who is None or only.who.has(request.requester, request.requester_slack_id))

    def events(
        self, kinds: Collection[EventKind], *, whole: bool = False, later: bool = False
    ) -> Iterator[Fact]:
        ledger, scope = self._uow.ledger, self._scope
        after = 0 if whole else ledger.place_before(scope.since - BEFORE)
        until = AFTER_ALL if later else ledger.place_before(scope.until + AFTER, undated=True)
        return self._facts.of_kinds(kinds, after=after, until=until)

    def unreadable(self) -> list[int]:
        return sorted(self._facts.unreadable)

    def _begins_at(self) -> datetime | None:
        # Not the begin of all entries: to give up a reading that streams would abort the transaction.
        first = self._uow.ledger.first_after(0)
        try:
            return recorded_at(first.body) if first else None
        except UnreadableBody:
            return None
