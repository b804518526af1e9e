"""Prepared transactions: they outlive the session and the login, hold locks, and may be committed later."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from psycopg import sql

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.borrowing import borrow, give_back
from dbaccess.targets.cluster import Cluster
from dbaccess.targets.ending import Ending
from dbaccess.targets.names import readable
from dbaccess.targets.session import Session
from dbaccess.targets.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One prepared transaction; `owner` is the oid of the role that prepared it."""

    owner: int
    gid: bytes
    database: str

    @property
    def said(self) -> str:
        return f"prepared transaction {readable(self.gid)} in {self.database}"

    @property
    def rollback(self) -> bytes:
        """To be sent as it is: in no encoding but the database's own is it the same name."""
        return b"rollback prepared '%s'" % self.gid.replace(b"'", b"''")


def prepared_by(opened: Session, oids: Collection[int]) -> dict[int, list[Prepared]]:
    opened.doing = "looking for prepared transactions"
    found: dict[int, list[Prepared]] = defaultdict(list)
    for owner, gid, database in opened.rows_raw(statement("prepared"), [list(oids)]):
        found[owner].append(Prepared(owner=owner, gid=gid, database=readable(database)))
    opened.commit()
    return found


def roll_back_prepared(cluster: Cluster, opened: Session, endings: Sequence[Ending]) -> None:
    """Those of logins made for grants are rolled back, because only their owner or a superuser can.

    Where it fails nothing is raised: they are looked for again before the login goes.
    """
    made = {e.oid: e for e in endings if e.is_ephemeral and e.login and e.oid and e.is_known}
    for oid, several in prepared_by(opened, list(made)).items():
        try:
            said = _roll_back(cluster, opened, made[oid], several)
            made[oid].did(EndProgress(rolled_back=said))
        except TargetFailure:
            opened.rollback()


def judge_prepared(opened: Session, endings: Sequence[Ending]) -> None:
    """Set `failure` where one is left: what it wrote can still be committed."""
    losing = {e.oid: e for e in endings if e.oid and e.closes_sessions and not e.failure}
    for oid, several in prepared_by(opened, list(losing)).items():
        ending, name = losing[oid], losing[oid].login
        ending.fail(
            f"{name.name if name else ending.recipe.login} left a {several[0].said}, which can be committed "
            f"still. Connect there as its owner or a superuser and run: {readable(several[0].rollback)}",
            code="prepared_left",
        )


def _roll_back(
    cluster: Cluster, opened: Session, ending: Ending, several: Sequence[Prepared]
) -> frozenset[str]:
    """It cannot run inside a transaction, so the worker has the login's role for a moment between two."""
    login = ending.login.name if ending.login else ending.recipe.login
    opened.doing = "rolling back prepared transactions"
    borrow(opened, login)
    opened.commit()
    for database in sorted({one.database for one in several}):
        with cluster.session(database) as there:
            there.doing = opened.doing
            there.alone(
                sql.SQL("set client_encoding to sql_ascii"),  # what is sent is not converted
                sql.SQL("set role {}").format(sql.Identifier(login)),
                *(one.rollback for one in several if one.database == database),
            )
    give_back(opened, login)
    opened.commit()
    return frozenset(one.said for one in several)
