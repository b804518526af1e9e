"""Diagrams of the life cycles and of the control database, for the pages of the documentation."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markdown_table import markdown_table
from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from dbaccess.domain import lifecycle
from dbaccess.domain.events import EventKind
from dbaccess.storage.models.base import Base

Step = tuple[Any, EventKind, Any]
"""(from, event, to)."""


def request_states() -> str:
    """Return the life cycle of a request as a state diagram."""
    return _states(_single(lifecycle.REQUEST_TRANSITIONS), EventKind.REQUEST_SUBMITTED)


def grant_states() -> str:
    """Return the life cycle of a grant as a state diagram."""
    return _states(_single(lifecycle.GRANT_TRANSITIONS), EventKind.GRANT_CREATED)


def break_glass_review_states() -> str:
    """Return the life cycle of a break-glass review as a state diagram."""
    return _states(list(lifecycle.BREAK_GLASS_REVIEW_TRANSITIONS), EventKind.BREAK_GLASS_REVIEW_OPENED)


def transitions() -> Iterator[Step]:
    """Yield every step of every life cycle."""
    yield from _single(lifecycle.REQUEST_TRANSITIONS)
    yield from _single(lifecycle.GRANT_TRANSITIONS)
    yield from lifecycle.BREAK_GLASS_REVIEW_TRANSITIONS


def _single(table: Mapping[Any, Any]) -> list[Step]:
    """Return the steps of a table in which each event leads to one state."""
    return [(before, kind, after) for (before, kind), (after, _) in table.items()]


def _states(table: list[Step], first: EventKind) -> str:
    """Draw events that change the state; list the others beneath, because loops would hide the rest."""
    begin = table[0][0]
    steps: dict[tuple[str, str], list[str]] = {("[*]", begin.value): [_short(first)]}
    for before, kind, after in table:
        steps.setdefault((before.value, after.value), []).append(_short(kind))
    loops = {before: kinds for (before, after), kinds in steps.items() if before == after}
    ends = {after.value for _, _, after in table} - {before.value for before, _, _ in table}
    lines = [
        f"    {before} --> {after} : {'<br/>'.join(kinds)}"
        for (before, after), kinds in steps.items()
        if before != after
    ]
    diagram = _mermaid("stateDiagram-v2", lines + [f"    {end} --> [*]" for end in sorted(ends)])
    rows = [(f"`{state}`", ", ".join(f"`{kind}`" for kind in kinds)) for state, kinds in loops.items()]
    return "\n\n".join(
        [diagram, *([markdown_table(("state", "events that leave it unchanged"), rows)] if rows else [])]
    )


def _short(kind: EventKind) -> str:
    return kind.value.partition(".")[2]


def tables() -> str:
    """Return the tables of the control database: related ones in a diagram, the others in a list."""
    found = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    groups = _related(found)
    single = [table for group in groups if len(group) == 1 for table in group]
    rows = [
        (f"`{table.name}`", ", ".join(f"`{column.name}`" for column in table.columns)) for table in single
    ]
    diagrams = [_diagram(group) for group in groups if len(group) > 1]
    return "\n\n".join([*diagrams, markdown_table(("table without relations", "columns"), rows)])


def _related(found: list[Table]) -> list[list[Table]]:
    groups = [{table} for table in found]
    for table in found:
        for key in table.foreign_key_constraints:
            joined = [group for group in groups if table in group or key.referred_table in group]
            groups = [*(group for group in groups if group not in joined), set().union(*joined)]
    named = [sorted(group, key=lambda table: table.name) for group in groups]
    return sorted(named, key=lambda group: (-len(group), group[0].name))


def _diagram(found: list[Table]) -> str:
    lines = [line for table in found for line in _entity(table)]
    keys = [(table, key) for table in found for key in table.foreign_key_constraints]
    lines += [_relation(table, key) for table, key in sorted(keys, key=lambda pair: str(pair[1].name))]
    return _mermaid("erDiagram", lines)


def _entity(table: Table) -> Iterator[str]:
    yield f"    {table.name} {{"
    for column in table.columns:
        yield f"        {_type(column)} {column.name}{_keys(column)}"
    yield "    }"


def _relation(table: Table, key: ForeignKeyConstraint) -> str:
    unique = [set(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)]
    single = set(key.column_keys) in [*unique, set(table.primary_key.columns.keys())]
    many = "o|" if single else "o{"
    return f'    {key.referred_table.name} ||--{many} {table.name} : "{", ".join(key.column_keys)}"'


def _type(column: Column[Any]) -> str:
    name = column.type.compile(dialect=postgresql.dialect()).lower()
    return name.replace("timestamp with time zone", "timestamptz")


def _keys(column: Column[Any]) -> str:
    keys = [key for key, has in (("PK", column.primary_key), ("FK", column.foreign_keys)) if has]
    return f" {', '.join(keys)}" if keys else ""


def _mermaid(kind: str, lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", kind, *lines, "```"])
