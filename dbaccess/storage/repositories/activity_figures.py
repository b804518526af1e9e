"""The figures of a grant's statements, counted by the database."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_summary import ActivitySummary
from dbaccess.domain.grant import GrantId

_FIGURES: Final = text(
    """select count(*) filter (where kind <> 'session' and not is_nested) as statements,
              count(*) filter (where sqlstate is not null) as errors,
              count(*) filter (where not is_parsed) as not_parsed,
              sum(rows) filter (where not is_nested) as rows,
              count(distinct session_id) as sessions,
              coalesce(array_agg(distinct client) filter (where client is not null), '{}') as clients,
              min(at) as first_at, max(at) as last_at
         from activity_statements where grant_id = :grant_id"""
)
_KINDS: Final = text(
    """select kind, count(*) from activity_statements
        where grant_id = :grant_id and not is_nested group by kind"""
)
# A statement that failed touched no table; it is among the errors.
_TABLES: Final = text(
    """select distinct touched.way, touched.name
         from activity_statements s, lateral (
              select 'reads', unnest(s.reads)
               union all
              select case s.kind when 'ddl' then 'ddl' else 'writes' end, unnest(s.writes)
         ) touched (way, name)
        where grant_id = :grant_id and sqlstate is null"""
)


def figures_of(session: Session, grant_id: GrantId) -> ActivitySummary:
    of = {"grant_id": grant_id}
    row = session.execute(_FIGURES, of).one()
    tables: dict[str, set[str]] = {"reads": set(), "writes": set(), "ddl": set()}
    for way, name in session.execute(_TABLES, of):
        tables[way].add(name)
    return ActivitySummary(
        statements=row.statements,
        by_kind={StatementKind(kind): count for kind, count in session.execute(_KINDS, of)},
        errors=row.errors,
        not_parsed=row.not_parsed,
        rows=None if row.rows is None else int(row.rows),
        sessions=row.sessions,
        clients=tuple(sorted(row.clients)),
        first_at=row.first_at,
        last_at=row.last_at,
        **{way: tuple(sorted(names)) for way, names in tables.items()},
    )
