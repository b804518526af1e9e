"""The statements of grants, their coverage and their figures."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbaccess.domain.activity import (
    EVERY_STATEMENT,
    GrantLogin,
    Outcome,
    Statement,
    StatementFilter,
    StatementKey,
    StatementKind,
    digest_of,
    table_query,
    table_terms,
)
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import NOT_RECORDED, Coverage, Gap, GapCause, GrantCoverage
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.use import StatementSpan
from tests.fakes.database import Transaction
from tests.fakes.records.grant_question import admits
from tests.fakes.tables import (
    COVERAGE,
    GAPS,
    GRANTS,
    LOG_POSITIONS,
    REQUESTS,
    STATEMENTS,
    SUMMARIES,
    KeptCoverage,
)

_LATER = ("duration", "rows", "sqlstate", "error")


class MemoryActivity:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def logins(self, cluster: str, names: Collection[str]) -> list[GrantLogin]:
        held = [grant for grant in self._transaction.rows(GRANTS) if grant.cluster == cluster]
        return [
            self._login(grant)
            for grant in held
            if grant.recipe and grant.recipe.login in names and not self._is_purged(grant.id)
        ]

    def _is_purged(self, grant_id: GrantId) -> bool:
        kept = self.summary_of(grant_id)
        return kept is not None and kept.purged_at is not None

    def _login(self, grant: Grant) -> GrantLogin:
        assert grant.recipe is not None
        request = self._transaction.get(REQUESTS, grant.request_id)
        assert request is not None
        kept = self._transaction.get(COVERAGE, grant.id)
        is_shared = grant.recipe.login_kind == "personal"
        begins_at = kept.recorded_at if kept else grant.activated_at or grant.created_at
        return GrantLogin(
            grant_id=grant.id,
            login=grant.recipe.login,
            database=grant.recipe.database,
            access=request.terms.access,
            mode=kept.coverage.mode if kept else CaptureMode.SHAPE,
            begins_at=begins_at if is_shared else None,
            ends_at=grant.ended_at if is_shared else None,
        )

    def cover(self, coverage: GrantCoverage, *, anew: bool = False) -> None:
        known = self._transaction.lock(COVERAGE, coverage.grant_id)
        recorded_at = known.recorded_at if known and not anew else self._now
        row = KeptCoverage(coverage=coverage, recorded_at=recorded_at)
        self._transaction.put(COVERAGE, coverage.grant_id, row)

    def coverage_of(self, grant_id: GrantId) -> Coverage:
        kept = self._transaction.get(COVERAGE, grant_id)
        return kept.coverage.coverage if kept else NOT_RECORDED

    def coverages_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, Coverage]:
        return {grant_id: self.coverage_of(grant_id) for grant_id in grant_ids}

    def add(self, statements: Sequence[Statement]) -> int:
        new = 0
        for one in statements:
            key = one.cluster, one.session_id, one.line_num
            known = self._transaction.lock(STATEMENTS, key)
            new += known is None
            self._transaction.put(STATEMENTS, key, _cleaned(one) if known is None else _completed(known, one))
        return new

    def complete(self, cluster: str, outcomes: Sequence[Outcome]) -> set[GrantId]:
        changed: set[GrantId] = set()
        for one in outcomes:
            key = cluster, one.session_id, one.line_num
            known = self._transaction.lock(STATEMENTS, key)
            if known is not None and (completed := _completed(known, one)) != known:
                self._transaction.put(STATEMENTS, key, completed)
                changed.add(known.grant_id)
        return changed

    def gaps_of(self, grant: Grant) -> list[Gap]:
        begins, ends = grant.activated_at or grant.created_at, grant.ended_at
        found = [
            gap
            for gap in self._transaction.rows(GAPS)
            if gap.cluster == grant.cluster
            and gap.target in {None, grant.target}
            and (gap.until is None or gap.until >= begins)
            and (ends is None or gap.began_at <= ends)
            and (gap.cause is not GapCause.NOT_IMPORTED or gap.until is None or gap.until > gap.began_at)
        ]
        return sorted(found, key=lambda gap: gap.began_at)

    def page(
        self,
        grant_id: GrantId,
        *,
        only: StatementFilter = EVERY_STATEMENT,
        after: StatementKey | None = None,
        limit: int,
    ) -> list[Statement]:
        admitted = [one for one in self._all_of(grant_id) if self._admits(only, one)]
        later = [one for one in admitted if after is None or _order(one.key) > _order(after)]
        return later[:limit]

    def search(
        self, only: StatementFilter, *, before: StatementKey | None = None, limit: int
    ) -> list[Statement]:
        admitted = [one for one in self._transaction.rows(STATEMENTS) if self._admits(only, one)]
        earlier = [one for one in admitted if before is None or _order(one.key) < _order(before)]
        return sorted(earlier, key=lambda one: _order(one.key), reverse=True)[:limit]

    def summarize(self, grant_id: GrantId) -> tuple[ActivitySummary, str]:
        found = self._all_of(grant_id)
        return _figures(found), digest_of(found)

    def spans(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, StatementSpan]:
        ran = {of: [one.at for one in self._all_of(of)] for of in grant_ids}
        return {of: StatementSpan(first_at=min(at), last_at=max(at)) for of, at in ran.items() if at}

    def reopen(self, grant_ids: Collection[GrantId]) -> None:
        for grant_id in grant_ids:
            kept = self.summary_of(grant_id)
            if kept is not None and kept.is_final:
                self.keep(replace(kept, is_final=False))

    def keep(self, summary: KeptSummary) -> None:
        self._transaction.put(SUMMARIES, summary.grant_id, summary)

    def summary_of(self, grant_id: GrantId) -> KeptSummary | None:
        return self._transaction.get(SUMMARIES, grant_id)

    def summaries_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, KeptSummary]:
        found = {grant_id: self.summary_of(grant_id) for grant_id in grant_ids}
        return {grant_id: kept for grant_id, kept in found.items() if kept is not None}

    def to_summarize(
        self, cluster: str, *, settled_before: datetime | None, after: GrantId, limit: int
    ) -> list[GrantId]:
        def is_due(grant: Grant) -> bool:
            return self.summary_of(grant.id) is None or _ended_before(grant, settled_before)

        return self._not_settled(lambda one: one.cluster == cluster and one.id > after and is_due(one))[
            :limit
        ]

    def to_settle(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        return self._not_settled(
            lambda one: one.target == target and one.id > after and _ended_before(one, ended_before)
        )[:limit]

    def unsettled(self, *, slack: timedelta) -> int:
        read_to = {one.cluster: one.caught_up_at for one in self._transaction.rows(LOG_POSITIONS)}
        due_before = {cluster: at - slack for cluster, at in read_to.items() if at is not None}
        return len(self._not_settled(lambda one: _ended_before(one, due_before.get(one.cluster))))

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        ran = {one.grant_id for one in self._transaction.rows(STATEMENTS)}
        final = {kept.grant_id for kept in self._transaction.rows(SUMMARIES) if kept.is_final}
        ended = {grant.id for grant in self._transaction.rows(GRANTS) if grant.ended_at is not None}
        return sorted(one for one in ended & (ran | final) if one > after)[:limit]

    def to_purge(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        held = {grant.id: grant for grant in self._transaction.rows(GRANTS) if grant.target == target}
        found = [
            kept.grant_id
            for kept in self._transaction.rows(SUMMARIES)
            if kept.grant_id in held and kept.grant_id > after and kept.is_final and kept.purged_at is None
        ]
        return sorted(one for one in found if _ended_before(held[one], ended_before))[:limit]

    def _not_settled(self, is_meant: Callable[[Grant], bool]) -> list[GrantId]:
        waiting = [
            grant
            for grant in self._transaction.rows(GRANTS)
            if grant.state is GrantState.ENDED
            and is_meant(grant)
            and self._transaction.get(COVERAGE, grant.id) is not None
            and not ((kept := self.summary_of(grant.id)) and kept.is_final)
        ]
        return sorted(grant.id for grant in waiting)

    def purge(self, grant_ids: Collection[GrantId], *, at: datetime, limit: int) -> Mapping[GrantId, int]:
        counts: dict[GrantId, int] = {}
        for kept in sorted(self._transaction.rows(SUMMARIES), key=lambda one: one.grant_id):
            if kept.grant_id in grant_ids and kept.is_final and kept.purged_at is None:
                there, room = self._all_of(kept.grant_id), limit - sum(counts.values())
                for one in there[:room]:
                    self._transaction.delete(STATEMENTS, (one.cluster, one.session_id, one.line_num))
                if len(there) <= room:
                    self.keep(replace(kept, purged_at=at))
                if room:
                    counts[kept.grant_id] = len(there[:room])
        return counts

    def each(self, grant_id: GrantId) -> Iterator[Statement]:
        return iter(self._all_of(grant_id))

    def _all_of(self, grant_id: GrantId) -> list[Statement]:
        mine = [one for one in self._transaction.rows(STATEMENTS) if one.grant_id == grant_id]
        return sorted(mine, key=lambda one: _order(one.key))

    def _admits(self, only: StatementFilter, one: Statement) -> bool:
        grant = self._transaction.get(GRANTS, one.grant_id)
        assert grant is not None
        return all(
            [
                only.kind in {None, one.kind},
                only.login in {None, one.login},
                only.table is None or _touches(one, only.table),
                only.words is None or set(_words(only.words)) <= set(_words(one.text)),
                not only.errors_only or one.sqlstate is not None,
                only.since is None or one.at >= only.since,
                only.until is None or one.at < only.until,
                only.target in {None, grant.target},
                only.role in {None, grant.role},
                only.who is None or only.who.has(grant.holder, grant.holder_slack_id),
                only.under is None or admits(self._transaction, only.under, grant),
            ]
        )


def _ended_before(grant: Grant, at: datetime | None) -> bool:
    return at is not None and grant.ended_at is not None and grant.ended_at < at


def _order(key: StatementKey) -> tuple[datetime, str, str, int]:
    return key.at, key.cluster, key.session_id, key.line_num


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()


def _cleaned(one: Statement) -> Statement:
    return replace(one, text=one.text.replace("\0", "\N{REPLACEMENT CHARACTER}"), at=one.at.astimezone(UTC))


def _completed(known: Statement, more: Statement | Outcome) -> Statement:
    parts = {name: getattr(more, name) for name in _LATER if getattr(known, name) is None}
    return replace(known, **parts)


def _figures(found: Sequence[Statement]) -> ActivitySummary:
    plain = [one for one in found if not one.is_nested]
    worked = [one for one in found if one.sqlstate is None]
    rows = [one.rows for one in plain if one.rows is not None]
    return ActivitySummary(
        statements=sum(one.kind is not StatementKind.SESSION for one in plain),
        by_kind=Counter(one.kind for one in plain),
        reads=_tables(worked, lambda one: one.reads),
        writes=_tables([one for one in worked if one.kind is not StatementKind.DDL], lambda one: one.writes),
        ddl=_tables([one for one in worked if one.kind is StatementKind.DDL], lambda one: one.writes),
        errors=len(found) - len(worked),
        not_parsed=sum(not one.is_parsed for one in found),
        rows=sum(rows) if rows else None,
        sessions=len({one.session_id for one in found}),
        clients=tuple(sorted({one.client for one in found if one.client is not None})),
        first_at=min((one.at for one in found), default=None),
        last_at=max((one.at for one in found), default=None),
    )


def _tables(found: Sequence[Statement], of: Callable[[Statement], Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({name for one in found for name in of(one)}))


def _touches(one: Statement, table: str) -> bool:
    return not set(table_query(table)).isdisjoint(table_terms(one.reads, one.writes))
