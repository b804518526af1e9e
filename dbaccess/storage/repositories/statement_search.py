"""A search through the statements of all grants, the newest first, however rare the words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select, text, true, tuple_
from sqlalchemy.orm import Session

from dbaccess.domain.activity import Statement, StatementFilter, StatementKey
from dbaccess.storage.models.activity import StatementRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.repositories.id_filter import among
from dbaccess.storage.repositories.statement_row import select_statements, statement_of

_KEY: Final = ("at", "cluster", "session_id", "line_num")
_WINDOWS: Final = (500, 8_000, 100_000)
"""About how many of the newest statements are looked through first, before all of them."""

_FEW: Final = 100
"""The most grants that are searched one by one for statements."""

_SPAN: Final = text(
    """select (select at from activity_statements order by at limit 1) as first_at,
              (select at from activity_statements order by at desc limit 1) as last_at,
              greatest(reltuples, 1) as rows from pg_class where oid = 'activity_statements'::regclass"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """A filter, as conditions of statements and as those of their grants."""

    only: StatementFilter
    conditions: Sequence[ColumnElement[bool]]
    of_grant: Sequence[ColumnElement[bool]]


def search(
    session: Session, wanted: LookedFor, *, before: StatementKey | None, limit: int
) -> list[Statement]:
    """Return the newest statements that fit, from before that one on.

    A common word is found among the newest statements, and a rare one by its index. The planner cannot tell
    which is which: it expects either to be spread evenly. So the newest are looked through first, and all
    only if they have too few. Statements of few grants are looked through by grant.
    """
    where = [*wanted.conditions]
    if before is not None:
        key = (before.at, before.cluster, before.session_id, before.line_num)
        where.append(tuple_(*(getattr(Row, name) for name in _KEY)) < key)
    few, only = _few(session, wanted.of_grant), wanted.only
    is_any = only.words is None and only.table is None
    if few is not None:
        if is_any:
            return _newest_of_each(session, where, few, limit)
        return _found(session, [*where, among(Row.grant_id, few)], (), limit)
    if is_any:
        return _newest(session, where, wanted.of_grant, limit)
    for begin in _begins(session, _end(only, before)):
        found = _found(session, [*where, Row.at >= begin], wanted.of_grant, limit)
        if len(found) == limit or (only.since is not None and begin <= only.since):
            return found
    return _found(session, where, wanted.of_grant, limit)


def _few(session: Session, of_grant: Sequence[ColumnElement[bool]]) -> Sequence[int] | None:
    """Return the grants; None if all are meant, or more than a few."""
    if not of_grant:
        return None
    ids = session.scalars(select(GrantRow.id).where(*of_grant).limit(_FEW + 1)).all()
    return ids if len(ids) <= _FEW else None


def _end(only: StatementFilter, before: StatementKey | None) -> datetime | None:
    ends = [end for end in (only.until, before.at if before is not None else None) if end is not None]
    return min(ends, default=None)


def _begins(session: Session, until: datetime | None) -> Iterator[datetime]:
    """Yield the begins of times that hold about so many statements as each window."""
    span = session.execute(_SPAN).one()
    if span.last_at is None or span.rows < _WINDOWS[-1]:
        return
    end = span.last_at if until is None else min(until, span.last_at)
    if end <= span.first_at:  # also long before any time that can be counted back from
        return
    for rows in _WINDOWS:
        share: timedelta = (span.last_at - span.first_at) * (rows / span.rows)
        yield end - share


def _newest(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    of_grant: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Statement]:
    found = select_statements().where(*where).order_by(*(getattr(Row, name).desc() for name in _KEY))
    if of_grant:
        found = found.where(Row.grant_id.in_(select(GrantRow.id).where(*of_grant)))
    return [statement_of(row) for row in session.execute(found.limit(limit))]


def _newest_of_each(
    session: Session, where: Sequence[ColumnElement[bool]], grants: Sequence[int], limit: int
) -> list[Statement]:
    """Return the newest of these grants; one of them may have millions, so each is read from its end."""
    given = select(GrantRow.id).where(among(GrantRow.id, grants)).subquery("given")
    of_one = select_statements().where(*where, Row.grant_id == given.c.id)
    # In the order of the grant's own index: all statements of a grant are of one cluster.
    last = (getattr(Row, name).desc() for name in _KEY if name != "cluster")
    found = of_one.order_by(*last).limit(limit).lateral("found")
    newest = select(found).select_from(given.join(found, true()))
    rows = session.execute(newest.order_by(*(found.c[name].desc() for name in _KEY)).limit(limit))
    return [statement_of(row) for row in rows]


def _found(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    of_grant: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Statement]:
    # Materialized, so that neither the limit nor the grants lead the planner past the index of the words.
    hits: Any = select_statements().where(*where).cte("hits").prefix_with("materialized")
    newest = select(hits).order_by(*(hits.c[name].desc() for name in _KEY)).limit(limit)
    if of_grant:
        newest = newest.where(hits.c.grant_id.in_(select(GrantRow.id).where(*of_grant)))
    return [statement_of(row) for row in session.execute(newest)]
