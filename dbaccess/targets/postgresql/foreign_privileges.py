"""Privileges that other roles gave to a login: they keep it from being dropped, and are their grantor's."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import NAMED
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE, Cluster
from dbaccess.targets.postgresql.login import Login
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.role_borrowing import acting_as
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session, sqlstate_of

_AT_ONCE: Final = 200
"""How many privileges one message revokes: the server limits a statement's time, and not a message's."""

_A_TRY: Final = 10_000
"""The most privileges that one try looks at."""

_SECONDS: Final = 2.0

NOT_ALLOWED: Final = "42"
"""The class of errors by which the server refuses, or does not find what is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One thing that names the login. `grantor` is empty, and so is `revoked`, where it is no privilege."""

    name: str
    privileges: str
    grantor: str
    borrowable: bool
    revoked: str

    @property
    def said(self) -> str:
        if not self.grantor:
            return self.name
        return f"{self.privileges} on {self.name}, granted by {self.grantor}"


def revoke_foreign(opened: Session, login: Login) -> None:
    """The login has nothing in this database from a role that the worker may give, such as a durable owner.

    The grantor alone can revoke what it gave, so the worker becomes that role for the statement. After a few
    seconds the rest is left for the next try: other ends wait meanwhile.
    """
    deadline = time.monotonic() + _SECONDS
    by_grantor: dict[str, list[Foreign]] = defaultdict(list)
    for foreign in _named(opened, login, revocable=True, most=_A_TRY):
        if foreign.borrowable:
            by_grantor[foreign.grantor].append(foreign)
    for grantor, several in sorted(by_grantor.items()):
        for start in range(0, len(several), _AT_ONCE):
            if time.monotonic() > deadline:
                return
            _revoke_as(opened, grantor, several[start : start + _AT_ONCE], login)


def keepers(cluster: Cluster, login: Login, databases: Sequence[str]) -> tuple[str, ...]:
    """Return the reasons why the login cannot be dropped, the first ones by name.

    A database that refuses the worker is one reason.
    """
    said: set[str] = set()
    for database in databases:
        try:
            with cluster.session(database) as opened:
                opened.doing = "looking for what keeps the login"
                said |= {foreign.said for foreign in _named(opened, login)}
        except TargetFailure as failure:
            if failure.code not in OF_ONE_DATABASE:
                raise
            said.add(f"privileges in database {database}, where the worker may not look ({failure.code})")
    return tuple(some_named(sorted(said)))


def _revoke_as(opened: Session, grantor: str, several: Sequence[Foreign], login: Login) -> None:
    """Revoke all at once; where the server refuses, each half, so that it keeps only what it refuses."""
    statements = [
        sql.SQL("revoke {} from {} cascade").format(sql.SQL(foreign.revoked), sql.Identifier(login.name))
        for foreign in several
    ]
    try:
        with opened.part(), acting_as(opened, grantor):
            opened.ddl(*statements)
    except TargetFailure as failure:
        if not sqlstate_of(failure).startswith(NOT_ALLOWED):
            raise
        middle = len(several) // 2
        for half in (several[:middle], several[middle:]) if middle else ():
            _revoke_as(opened, grantor, half, login)


def _named(
    opened: Session, login: Login, *, revocable: bool = False, most: int | None = None
) -> list[Foreign]:
    """Return what names the login; with `revocable` privileges alone, and none on what it owns itself."""
    values = {"login": login.oid, "revocable": revocable, "most": most}
    rows = opened.rows_raw(statement("foreign_privileges"), values)
    return [
        Foreign(
            name=readable(name or b""),
            privileges=readable(privileges or b""),
            grantor=readable(grantor or b""),
            borrowable=bool(borrowable),
            revoked=readable(revoked or b""),
        )
        for name, privileges, grantor, borrowable, revoked in rows
    ]


def some_named(said: Sequence[str]) -> Iterator[str]:
    """Yield the first ones, and how many others there are."""
    yield from said[:NAMED]
    if len(said) > NAMED:
        yield f"{len(said) - NAMED} more"
