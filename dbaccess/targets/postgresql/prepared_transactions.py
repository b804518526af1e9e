"""Prepared transactions: they outlive session and login, hold locks, and may be committed later."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.role_borrowing import borrow, give_back
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One prepared transaction that a login may have made; `role` prepared it, the login itself if `own`.

    `certain`: no other login can have made it.
    """

    login: int
    role: str
    own: bool
    certain: bool
    gid: bytes
    database: str
    prepared_at: str

    @property
    def said(self) -> str:
        of = "" if self.own else f" of {self.role}"
        return f"prepared transaction {readable(self.gid)}{of} in {self.database}"

    @property
    def rollback(self) -> bytes:
        """Return the statement as bytes, because only the database's own encoding keeps the name."""
        return b"rollback prepared '%s'" % self.gid.replace(b"'", b"''")


def roll_back_prepared(cluster: Cluster, opened: Session, revocations: Sequence[RevocationState]) -> None:
    """Roll back those that only logins made for these grants can have made.

    A failure raises nothing, because they are searched for again before the login is dropped.
    """
    made = {e.oid: e for e in revocations if e.is_ephemeral and e.login and e.oid and e.is_known}
    spare = Spare()
    _give_back_lost(opened, list(made), spare)
    for oid, several in _prepared_by(opened, list(made.values())).items():
        try:
            if certain := [one for one in several if one.certain]:
                _roll_back(cluster, opened, made[oid], certain, spare)
        except TargetFailure:
            opened.rollback()


def check_prepared(opened: Session, revocations: Sequence[RevocationState]) -> None:
    """Set `failure` if one is left: its writes can still be committed.

    One that another login may have made is no failure: the receipt lists it, and its owner decides.
    """
    losing = {e.oid: e for e in revocations if e.oid and e.closes_sessions and not e.failure}
    for oid, several in _prepared_by(opened, list(losing.values())).items():
        revocation, name = losing[oid], losing[oid].login
        revocation.left += tuple(
            f"{one.said}, prepared {one.prepared_at}, by this login or another one. To undo it, connect "
            f"there as {one.role} and run: {readable(one.rollback)}"
            for one in several
            if not one.certain
        )
        for one in [one for one in several if one.certain][:1]:
            revocation.fail(
                f"{name.name if name else revocation.recipe.login} left a {one.said}, which can be committed "
                f"still. Connect there as its owner or a superuser and run: {readable(one.rollback)}",
                code="prepared_left",
            )


def _prepared_by(opened: Session, revocations: Sequence[RevocationState]) -> dict[int, list[Prepared]]:
    opened.doing = "looking for prepared transactions"
    made = [e for e in revocations if e.is_ephemeral]
    became = [e for e in revocations if not e.is_ephemeral and e.settable(opened.version)]
    settable = [(e.oid, oid) for e in became for role in e.to_take if (oid := e.role_oid(role)) is not None]
    values = [
        [e.oid for e in revocations],
        [e.oid for e in made],
        [e.recipe.act_as for e in made],
        [login for login, _ in settable],
        [role for _, role in settable],
    ]
    found: dict[int, list[Prepared]] = defaultdict(list)
    for login, role, gid, database, at, own, certain in opened.rows_raw(statement("prepared"), values):
        found[login].append(
            Prepared(
                login=login,
                role=readable(role),
                own=own,
                certain=certain,
                gid=gid,
                database=readable(database),
                prepared_at=readable(at),
            )
        )
    opened.commit()
    return found


def _roll_back(
    cluster: Cluster, opened: Session, revocation: RevocationState, several: Sequence[Prepared], spare: Spare
) -> None:
    """Roll back outside a transaction, so the worker borrows the login's role between two of them."""
    login = revocation.login.name if revocation.login else revocation.recipe.login
    by_place: dict[tuple[str, str], list[Prepared]] = defaultdict(list)
    for one in several:
        by_place[one.database, login if one.own else one.role].append(one)
    opened.doing = "rolling back prepared transactions"
    with _borrowed(opened, login, sorted({one.role for one in several if not one.own}), spare):
        for (database, role), some in by_place.items():
            with cluster.session(database) as there:
                there.doing = opened.doing
                # The bytes are sent without conversion.
                there.alone(sql.SQL("set client_encoding to sql_ascii"), _naming("set role {}", role))
                for one in some:
                    there.alone(one.rollback)
                    revocation.did(EndProgress(rolled_back=frozenset({one.said})))


@contextmanager
def _borrowed(opened: Session, login: str, roles: Sequence[str], spare: Spare) -> Iterator[None]:
    """Let the worker become the login, and through it these roles, until this ends or fails.

    If a worker is killed meanwhile, the next attempt gives the login back. The end removes the roles from it.
    """
    with spare.waiting(opened):
        borrow(opened, login)
        for role in roles:
            opened.rows(_naming("grant {} to {} with inherit false, set true", role, login))
    opened.commit()
    try:
        yield
    finally:
        with spare.waiting(opened):
            for role in roles:
                opened.rows(_naming("revoke {} from {} granted by current_user", role, login))
            give_back(opened, login)
        opened.commit()


def _give_back_lost(opened: Session, logins: Sequence[int], spare: Spare) -> None:
    """Remove the worker's membership in these logins, except in locked ones.

    A killed worker may not have given a login back, and the login may exist for long.
    """
    opened.doing = "giving back what was borrowed"
    lost = opened.rows(statement("borrowed"), [list(logins)])
    opened.commit()
    for (login,) in lost:
        try:
            with spare.waiting(opened):
                give_back(opened, login)
            opened.commit()
        except TargetFailure:
            opened.rollback()


def _naming(statement_: str, *roles: str) -> sql.Composed:
    return sql.SQL(statement_).format(*map(sql.Identifier, roles))
