"""What a login may do with single objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPrivileges:
    """Privileges given to the login that is made for the grant, sorted and without repeats.

    `schemas`: on every table that each of them has when the grant is made. `tables`: as `schema.table`.
    """

    schemas: tuple[str, ...]
    tables: tuple[str, ...]
    privileges: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Self:
        return cls(
            schemas=tuple(data["schemas"]),
            tables=tuple(data["tables"]),
            privileges=tuple(data["privileges"]),
        )
