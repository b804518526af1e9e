"""Objects that a login made under its grant: they stay, and are handed over to the durable role."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import NAMED
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE, Cluster
from dbaccess.targets.postgresql.foreign_privileges import NOT_ALLOWED, revoke_foreign
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.login import Login
from dbaccess.targets.postgresql.many_objects import move_many
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.role_borrowing import borrow, give_back, lent
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session, sqlstate_of

_MAY_NOT: Final = "42501"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """The objects of a login in one database, the first ones by name."""

    names: tuple[str, ...] = ()
    count: int = 0

    def said(self, database: str) -> set[str]:
        others = self.count - len(self.names)
        return {*self.names, *([f"{others} more in {database}"] if others else [])}


def heir_role(installation: str) -> str:
    """Return the role that keeps objects of logins without `act_as`; the worker makes it when needed."""
    return f"dbaccess_left_{installation}"


def reassign_owned(
    cluster: Cluster,
    login: Login,
    databases: Mapping[str, bool],
    *,
    heir: str,
    durable: bool,
    lend: Sequence[str],
    spare: Spare,
    note: Callable[[set[str]], None],
) -> None:
    """Hand over all objects, and remove all privileges that the worker can; notes lines for the receipt.

    `databases` name the login; with each goes whether the login owns objects there. One without may refuse
    the worker. `durable`: the heir is the role's `act_as`, and its privileges are borrowed too. Another heir
    has the privileges of `lend` meanwhile, where it needs them. Nothing is ever destroyed: raises
    `TargetFailure` `owns_objects` if the heir cannot own the objects.
    """
    if not durable and any(databases.values()):
        cluster.persistently(lambda opened: _make_heir(opened, heir))
    for database, owns in databases.items():
        try:
            # Committed by itself: with many privileges each try gets further.
            cluster.persistently(lambda opened: _revoke(opened, login, spare), database=database)
            if owns:
                move_many(cluster, login, database, heir=heir, lend=lend, spare=spare, note=note)
            owned = cluster.persistently(
                lambda opened: _settle(opened, login, heir=heir, durable=durable, lend=lend, spare=spare),
                database=database,
            )
        except TargetFailure as failure:
            if owns or failure.code not in OF_ONE_DATABASE:
                raise
        else:
            note(owned.said(database))


def _revoke(opened: Session, login: Login, spare: Spare) -> None:
    opened.doing = "revoking what others gave the login"
    with spare.waiting(opened):
        revoke_foreign(opened, login)


def _settle(
    opened: Session, login: Login, *, heir: str, durable: bool, lend: Sequence[str], spare: Spare
) -> _Owned:
    opened.doing = "handing over what the login owns"
    owned = _owned(opened, login)
    with spare.waiting(opened):
        borrow(opened, login.name)
        if durable or owned.count:
            borrow(opened, heir)
        if owned.count:
            _reassign(opened, login, heir, owned, lend)
        _drop_privileges(opened, login)
        give_back(opened, login.name)
        if durable or owned.count:
            give_back(opened, heir)
    return owned


def _drop_privileges(opened: Session, login: Login) -> None:
    """Only privileges and default privileges are left to it: DROP OWNED would destroy what it still owned.

    It fails as a whole at a privilege on a column that the worker may not revoke. That one keeps the login.
    """
    try:
        with opened.part():
            opened.ddl(_naming("drop owned by {}", login.name))
    except TargetFailure as failure:
        if sqlstate_of(failure) != _MAY_NOT:
            raise


def _make_heir(opened: Session, heir: str) -> None:
    if not opened.rows(statement("roles_there"), [[heir]]):
        opened.rows(_naming("create role {} nologin noinherit", heir))


def _reassign(opened: Session, login: Login, heir: str, owned: _Owned, lend: Sequence[str]) -> None:
    why = f"{heir} may not own it there"
    # Lending locks these roles for a moment, so it is the second try.
    for roles in [(), lend] if lend else [()]:
        try:
            with opened.part(), lent(opened, roles, heir):
                opened.ddl(_naming("reassign owned by {} to {}", login.name, heir))
        except TargetFailure as failure:
            if failure.code != _MAY_NOT and not (roles and failure.code.startswith(NOT_ALLOWED)):
                raise
        else:
            remaining = _owned(opened, login)
            why = f"{remaining.names[0]} did not change its owner" if remaining.count else ""
            break
    if why:
        raise TargetFailure(
            f"{login.name} owns {owned.count} object(s), {owned.names[0]} among them, and {why}. The login "
            "is disabled and kept. In that database, run as a superuser: "
            f"reassign owned by {login.name} to another role. Then it goes.",
            code="owns_objects",
            touched=True,
        )


def _owned(opened: Session, login: Login) -> _Owned:
    rows = opened.rows_raw(statement("owned"), [login.oid, NAMED])
    return _Owned(names=tuple(readable(name) for name, _ in rows), count=rows[0][1] if rows else 0)


def _naming(statement_: str, *roles: str) -> sql.Composed:
    return sql.SQL(statement_).format(*map(sql.Identifier, roles))
