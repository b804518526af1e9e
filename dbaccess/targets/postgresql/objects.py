"""The schemas, tables and sequences that a role names, as a database has them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

PRIVILEGES: Final = ("DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE")
"""The privileges that a role may have on a table; REFERENCES, TRIGGER and MAINTAIN affect the work of others.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object and the privileges on it. `kind` is as in GRANT: SCHEMA, TABLE or SEQUENCE.

    For DATABASE, its name stands in place of the schema's.
    """

    kind: str
    schema: str
    name: str
    privileges: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.schema}.{self.name}" if self.name else self.schema

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name) if self.name else sql.Identifier(self.schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The objects of a role: `absent` do not exist in the database, `lacks` the holder may not grant."""

    items: tuple[Item, ...]
    absent: tuple[str, ...]
    lacks: tuple[str, ...]


def holder_role(installation: str) -> str:
    """Return the role that may grant on objects; the worker's has ADMIN on it, but none of its privileges."""
    return f"dbaccess_objects_{installation}"


def meant_objects(opened: Session, on: ObjectPrivileges, holder: str) -> Meant:
    tables = list(on.named_tables)
    schemas = sorted({*on.schemas, *[schema for schema, _ in tables]})
    found = _Found()
    found.take("SCHEMA", opened.rows(statement("meant_schemas"), [holder, schemas]), ("USAGE",))
    named = [[schema for schema, _ in tables], [name for _, name in tables]]
    privileges = list(on.privileges)
    rows = opened.rows(statement("meant_tables"), [privileges, holder, list(on.schemas), *named])
    found.take("TABLE", rows, on.privileges)
    if "INSERT" in privileges:
        relations = [oid for oid, *_ in rows]
        found.take("SEQUENCE", opened.rows(statement("meant_sequences"), [holder, relations]), ("USAGE",))
    there = {(item.schema, item.name) for item in found.items}
    return Meant(
        items=tuple(found.items),
        absent=(
            *[f"the schema {schema}" for schema in schemas if (schema, "") not in there],
            *[f"the table {schema}.{name}" for schema, name in tables if (schema, name) not in there],
        ),
        lacks=tuple(found.lacks),
    )


class _Found:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.lacks: list[str] = []

    def take(
        self, kind: str, rows: Sequence[tuple[int, str, str, list[str]]], privileges: Sequence[str]
    ) -> None:
        for _, schema, name, lacking in rows:
            item = Item(kind=kind, schema=schema, name=name, privileges=tuple(sorted(privileges)))
            self.items.append(item)
            if lacking:
                self.lacks.append(f"{', '.join(sorted(lacking))} on {kind.lower()} {item.label}")
