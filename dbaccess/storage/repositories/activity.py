"""The statements of grants, their coverage and their figures."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.activity import (
    EVERY_STATEMENT,
    GrantLogin,
    Outcome,
    Statement,
    StatementFilter,
    StatementKey,
    digest_of,
    table_query,
)
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary, Mismatch
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import NOT_RECORDED, CaptureLevel, Coverage, Gap, GapCause, GrantCoverage
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.use import StatementSpan
from dbaccess.storage.models.activity import ActivitySummaryRow, GapRow, GrantCoverageRow, LogPositionRow
from dbaccess.storage.models.activity import StatementRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.repositories.activity_figures import figures_of
from dbaccess.storage.repositories.grant_question import of_question
from dbaccess.storage.repositories.id_filter import among
from dbaccess.storage.repositories.log_positions import gap_of
from dbaccess.storage.repositories.statement_row import (
    ADD,
    COMPLETE,
    later_parts,
    rows_of,
    select_statements,
    statement_of,
)
from dbaccess.storage.repositories.statement_search import LookedFor, search

_BY_TIME: Final = (Row.at, Row.cluster, Row.session_id, Row.line_num)
_IN_GRANT: Final = (Row.at, Row.session_id, Row.line_num)
_DATA: Final = frozenset({"summary", "mismatches"})
_CHUNK: Final = 1000
"""Statements that are in memory at once while a digest is made."""

_WORDS: Final[ColumnElement[Any]] = literal_column(
    "to_tsvector('simple'::regconfig,"
    " translate(left(activity_statements.text, 50000), './-@<>&~_+', '          '))"
)
"""Written as in the index, so that the planner finds it."""

# Two steps into the index for each grant, however many statements it has.
_SPANS: Final = text(
    """select asked.id, first.at, last.at
         from unnest(cast(:grants as bigint[])) asked (id), lateral (
              select at from activity_statements where grant_id = asked.id order by at limit 1
         ) first, lateral (
              select at from activity_statements where grant_id = asked.id order by at desc limit 1
         ) last"""
)

_PURGE: Final = text(
    """delete from activity_statements where (cluster, session_id, line_num) in (
           select cluster, session_id, line_num from activity_statements
            where grant_id = any(cast(:grants as bigint[])) order by grant_id limit :limit
       ) returning grant_id"""
)
_LEFT: Final = text(
    """select asked.id from unnest(cast(:grants as bigint[])) asked (id)
        where exists (select from activity_statements s where s.grant_id = asked.id)"""
)

_LOGINS: Final = text(
    """select g.id, g.recipe ->> 'login' as login, g.recipe ->> 'database' as database,
              r.terms ->> 'access' as access, coalesce(c.mode, 'shape') as mode,
              case when g.recipe ->> 'login_kind' = 'personal'
                   then coalesce(c.recorded_at, g.activated_at, g.created_at) end as begins_at,
              case when g.recipe ->> 'login_kind' = 'personal' then g.ended_at end as ends_at
         from grants g join requests r on r.id = g.request_id
         left join activity_coverage c on c.grant_id = g.id
        where g.cluster = :cluster and g.recipe is not null and g.recipe ->> 'login' = any(:names)
          and not exists (
              select from activity_summaries s where s.grant_id = g.id and s.purged_at is not null
          )
        order by g.id"""
)


_NOT_SETTLED: Final = select(GrantRow.id).where(
    text("grants.state = 'ended'"),
    exists().where(GrantCoverageRow.grant_id == GrantRow.id),
    ~exists().where(ActivitySummaryRow.grant_id == GrantRow.id, ActivitySummaryRow.is_final),
)


class SqlActivity:
    def __init__(self, session: Session) -> None:
        self._session = session

    def logins(self, cluster: str, names: Collection[str]) -> list[GrantLogin]:
        rows = self._session.execute(_LOGINS, {"cluster": cluster, "names": sorted(names)})
        return [
            GrantLogin(
                grant_id=GrantId(row.id),
                login=row.login,
                database=row.database,
                access=row.access,
                mode=CaptureMode(row.mode),
                begins_at=row.begins_at,
                ends_at=row.ends_at,
            )
            for row in rows
        ]

    def cover(self, coverage: GrantCoverage, *, anew: bool = False) -> None:
        is_now = coverage.coverage
        values = {"level": is_now.level, "checked_at": is_now.checked_at, "why": is_now.why}
        row = insert(GrantCoverageRow).values(grant_id=coverage.grant_id, mode=coverage.mode, **values)
        again = values | {"mode": coverage.mode} | ({"recorded_at": func.now()} if anew else {})
        self._session.execute(row.on_conflict_do_update(constraint="activity_coverage_pk", set_=again))

    def coverage_of(self, grant_id: GrantId) -> Coverage:
        return self.coverages_of([grant_id])[grant_id]

    def coverages_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, Coverage]:
        rows = self._session.scalars(
            select(GrantCoverageRow).where(among(GrantCoverageRow.grant_id, grant_ids)),
            execution_options={"populate_existing": True},
        )
        found = {GrantId(row.grant_id): _coverage(row) for row in rows}
        return {grant_id: found.get(grant_id, NOT_RECORDED) for grant_id in grant_ids}

    def add(self, statements: Sequence[Statement]) -> int:
        # The last of each key: one that ended in the same chunk says more than the one before.
        by_key = {(one.cluster, one.session_id, one.line_num): one for one in statements}
        if not by_key:
            return 0
        latest = list(by_key.values())
        new = self._session.execute(ADD, {"rows": rows_of(latest)}).all()
        if len(new) < len(latest):
            for cluster in {one.cluster for one in latest}:
                self.complete(cluster, [one for one in latest if one.cluster == cluster])
        return len(new)

    def complete(self, cluster: str, outcomes: Sequence[Outcome | Statement]) -> set[GrantId]:
        if not outcomes:
            return set()
        rows = {"cluster": cluster, "rows": later_parts(outcomes)}
        return {GrantId(one) for one in self._session.scalars(COMPLETE, rows)}

    def gaps_of(self, grant: Grant) -> list[Gap]:
        of_target = or_(GapRow.target.is_(None), GapRow.target == grant.target)
        begins = grant.activated_at or grant.created_at
        during = [or_(GapRow.until.is_(None), GapRow.until >= begins)]
        # One that was imported later ends where it began.
        during.append(
            or_(
                GapRow.cause != GapCause.NOT_IMPORTED.value,
                GapRow.until.is_(None),
                GapRow.until > GapRow.began_at,
            )
        )
        if grant.ended_at is not None:
            during.append(GapRow.began_at <= grant.ended_at)
        found = select(GapRow).where(GapRow.cluster == grant.cluster, of_target, *during)
        return [gap_of(row) for row in self._session.scalars(found.order_by(GapRow.began_at, GapRow.id))]

    def page(
        self,
        grant_id: GrantId,
        *,
        only: StatementFilter = EVERY_STATEMENT,
        after: StatementKey | None = None,
        limit: int,
    ) -> list[Statement]:
        found = select_statements().where(Row.grant_id == grant_id, *_conditions(only))
        if of_grant := [*_of_grant(only)]:
            found = found.where(Row.grant_id.in_(select(GrantRow.id).where(*of_grant)))
        if after is not None:
            found = found.where(tuple_(*_IN_GRANT) > (after.at, after.session_id, after.line_num))
        rows = self._session.execute(found.order_by(*_IN_GRANT).limit(limit))
        return [statement_of(row) for row in rows]

    def search(
        self, only: StatementFilter, *, before: StatementKey | None = None, limit: int
    ) -> list[Statement]:
        looked_for = LookedFor(only=only, conditions=[*_conditions(only)], of_grant=[*_of_grant(only)])
        return search(self._session, looked_for, before=before, limit=limit)

    def summarize(self, grant_id: GrantId) -> tuple[ActivitySummary, str]:
        digest = digest_of(self.each(grant_id))
        return figures_of(self._session, grant_id), digest

    def spans(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, StatementSpan]:
        rows = self._session.execute(_SPANS, {"grants": sorted(grant_ids)}) if grant_ids else ()
        return {GrantId(of): StatementSpan(first_at=first, last_at=last) for of, first, last in rows}

    def reopen(self, grant_ids: Collection[GrantId]) -> None:
        if grant_ids:
            final = update(ActivitySummaryRow).where(
                among(ActivitySummaryRow.grant_id, grant_ids), ActivitySummaryRow.is_final
            )
            self._session.execute(final.values(is_final=False))

    def keep(self, summary: KeptSummary) -> None:
        values = {name: getattr(summary, name) for name in KeptSummary.__slots__ if name not in _DATA}
        found = [one.as_json() for one in summary.mismatches]
        values["data"] = summary.summary.as_json() | {"mismatches": found}
        row = insert(ActivitySummaryRow).values(values)
        self._session.execute(row.on_conflict_do_update(constraint="activity_summaries_pk", set_=values))

    def summary_of(self, grant_id: GrantId) -> KeptSummary | None:
        row = self._session.get(ActivitySummaryRow, grant_id)
        return _kept(row) if row is not None else None

    def summaries_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, KeptSummary]:
        rows = self._session.scalars(
            select(ActivitySummaryRow).where(among(ActivitySummaryRow.grant_id, grant_ids))
        )
        return {GrantId(row.grant_id): _kept(row) for row in rows}

    def to_summarize(
        self, cluster: str, *, settled_before: datetime | None, after: GrantId, limit: int
    ) -> list[GrantId]:
        is_new = ~exists().where(ActivitySummaryRow.grant_id == GrantRow.id)
        is_due = is_new if settled_before is None else or_(is_new, GrantRow.ended_at < settled_before)
        found = _NOT_SETTLED.where(GrantRow.cluster == cluster, is_due, GrantRow.id > after)
        return self._ids(found.order_by(GrantRow.id).limit(limit))

    def to_settle(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        is_old = and_(GrantRow.target == target, GrantRow.ended_at < ended_before)
        found = _NOT_SETTLED.where(is_old, GrantRow.id > after)
        return self._ids(found.order_by(GrantRow.id).limit(limit))

    def unsettled(self, *, slack: timedelta) -> int:
        read_to = select(LogPositionRow.caught_up_at).where(LogPositionRow.cluster == GrantRow.cluster)
        late = _NOT_SETTLED.where(GrantRow.ended_at < read_to.scalar_subquery() - slack)
        return self._session.scalar(select(func.count()).select_from(late.subquery())) or 0

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        has_statements = exists().where(Row.grant_id == GrantRow.id)
        is_final = exists().where(ActivitySummaryRow.grant_id == GrantRow.id, ActivitySummaryRow.is_final)
        found = select(GrantRow.id).where(GrantRow.ended_at.is_not(None), or_(has_statements, is_final))
        return self._ids(found.where(GrantRow.id > after).order_by(GrantRow.id).limit(limit))

    def to_purge(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        summary = ActivitySummaryRow
        found = (
            select(summary.grant_id)
            .join(GrantRow, GrantRow.id == summary.grant_id)
            .where(GrantRow.target == target, GrantRow.ended_at < ended_before)
            .where(summary.is_final, summary.purged_at.is_(None), summary.grant_id > after)
        )
        return self._ids(found.order_by(summary.grant_id).limit(limit))

    def _ids(self, found: Select[int]) -> list[GrantId]:
        return [GrantId(one) for one in self._session.scalars(found)]

    def purge(self, grant_ids: Collection[GrantId], *, at: datetime, limit: int) -> Mapping[GrantId, int]:
        summary = ActivitySummaryRow
        old = (
            select(summary.grant_id)
            .where(among(summary.grant_id, grant_ids), summary.is_final, summary.purged_at.is_(None))
            .order_by(summary.grant_id)
            .with_for_update()
        )
        grants = list(self._session.scalars(old))
        gone = Counter(self._session.scalars(_PURGE, {"grants": grants, "limit": limit}))
        left = set(self._session.scalars(_LEFT, {"grants": grants})) if gone.total() == limit else set()
        emptied = [one for one in grants if one not in left]
        done = update(summary).where(among(summary.grant_id, emptied)).values(purged_at=at)
        self._session.execute(done)
        return {GrantId(one): gone[one] for one in grants if one in gone or one not in left}

    def each(self, grant_id: GrantId) -> Iterator[Statement]:
        rows = self._session.execute(
            select_statements().where(Row.grant_id == grant_id).order_by(*_IN_GRANT),
            execution_options={"yield_per": _CHUNK},
        )
        return map(statement_of, rows)


def _coverage(row: GrantCoverageRow) -> Coverage:
    return Coverage(level=CaptureLevel(row.level), checked_at=row.checked_at, why=row.why)


def _kept(row: ActivitySummaryRow) -> KeptSummary:
    figures = {name: value for name, value in row.data.items() if name != "mismatches"}
    return KeptSummary(
        grant_id=GrantId(row.grant_id),
        summary=ActivitySummary.from_json(figures),
        digest=row.digest,
        is_final=row.is_final,
        made_at=row.made_at,
        purged_at=row.purged_at,
        mismatches=tuple(Mismatch.from_json(one) for one in row.data.get("mismatches", ())),
    )


def _conditions(only: StatementFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the parts that are given as conditions, each with an index of its own."""
    equal = {Row.kind: only.kind, Row.login: only.login}
    yield from (column == wanted for column, wanted in equal.items() if wanted is not None)
    if only.table is not None:
        yield Row.tables.overlap(table_query(only.table))
    if only.words is not None:
        plain = func.translate(only.words, "./-@<>&~_+", " " * 10)
        yield _WORDS.op("@@")(func.plainto_tsquery(text("'simple'::regconfig"), plain))
    if only.errors_only:
        yield Row.sqlstate.is_not(None)
    if only.since is not None:
        yield Row.at >= only.since
    if only.until is not None:
        yield Row.at < only.until


def _of_grant(only: StatementFilter) -> Iterator[ColumnElement[bool]]:
    equal = {GrantRow.target: only.target, GrantRow.role: only.role}
    yield from (column == wanted for column, wanted in equal.items() if wanted is not None)
    if only.who is not None:
        yield or_(GrantRow.holder.in_(only.who.persons), GrantRow.holder_slack_id.in_(only.who.accounts))
    if only.under is not None:
        yield from of_question(only.under)
