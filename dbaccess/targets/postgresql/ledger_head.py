"""The last ledger head that the workers saw, stored in their private database on the cluster."""

from psycopg import sql

from dbaccess.domain.ledger import Expected
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.quoting import identifier
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


def read_head(cluster: Cluster) -> Expected | None:
    with cluster.session() as opened:
        opened.doing = "reading the ledger's head"
        rows = opened.rows(statement("ledger_head")) if _is_there(opened) else []
    return Expected(seq=rows[0][0], hash=bytes(rows[0][1])) if rows else None


def put_head(cluster: Cluster, head: Expected, *, back: bool) -> None:
    def work(opened: Session) -> None:
        opened.doing = "keeping the ledger's head"
        if not _is_there(opened):
            opened.rows(statement("make_ledger_head"))
        opened.rows(statement("put_ledger_head"), [head.seq, head.hash, back])

    cluster.persistently(work)


def examine_head(cluster: Cluster) -> Finding:
    """Return whether the worker can store the head."""
    with cluster.session() as opened:
        opened.doing = "looking whether the ledger's head can be kept"
        name, may = opened.row(
            sql.SQL("select current_user::text, has_database_privilege(current_database(), 'create')")
        )
        there = _is_there(opened)
    fix = f"grant create on database {identifier(cluster.lock_database)} to {identifier(name)};"
    if there or may:
        return Finding(what="can keep the ledger's head in its private database", ok=True)
    return Finding(what="cannot keep the ledger's head in its private database", ok=False, fix=fix)


def _is_there(opened: Session) -> bool:
    return opened.row(sql.SQL("select to_regclass('dbaccess.ledger_head') is not null")) == (True,)
