"""The privileges of a login on single objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPrivileges:
    """Privileges for the login that is made for the grant, sorted and without repeats.

    `schemas`: on every table of each schema at the time of the grant. `tables`: as `schema.table`.
    """

    schemas: tuple[str, ...]
    tables: tuple[str, ...]
    privileges: tuple[str, ...]

    @property
    def named_tables(self) -> tuple[tuple[str, str], ...]:
        """Return (schema, table), as the catalog spells them: not folded, not quoted, without a dot."""
        return tuple((schema, name) for schema, _, name in (table.partition(".") for table in self.tables))

    @property
    def said(self) -> tuple[str, ...]:
        """Return texts such as `SELECT on shop.orders` and `SELECT, UPDATE on every table of shop`."""
        what = ", ".join(self.privileges)
        schemas = [f"{what} on every table of {schema}" for schema in self.schemas]
        return (*schemas, *[f"{what} on {table}" for table in self.tables])

    def as_json(self) -> dict[str, list[str]]:
        return {
            "schemas": list(self.schemas),
            "tables": list(self.tables),
            "privileges": list(self.privileges),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Self:
        return cls(
            schemas=tuple(data["schemas"]),
            tables=tuple(data["tables"]),
            privileges=tuple(data["privileges"]),
        )
