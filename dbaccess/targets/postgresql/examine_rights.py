"""The check that the worker's role has what it needs on a cluster, and nothing more."""

from collections.abc import Iterator, Sequence

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import NO_LOCK_DATABASE, WORKER_CONNECT, Cluster, facts
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.examine_server import examine_address
from dbaccess.targets.postgresql.setup_rights import RESERVE
from dbaccess.targets.postgresql.setup_sql import RUN_SETUP, lock_database_sql
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


def examine(cluster: Cluster, roles: Sequence[str] = ()) -> list[Finding]:
    """Return the findings; raises `TargetFailure` if the cluster does not answer."""
    with cluster.session() as opened:
        opened.doing = "examining the worker's role"
        wrong = examine_address(opened)
        if wrong is not None:
            return [_identity(opened), wrong]
        return [
            _identity(opened),
            _private(opened, cluster.lock_database),
            *_attributes(opened),
            *_rights(opened),
            _gets_in(opened),
            *_given(opened, sorted(set(roles))),
            *_hides(opened),
        ]


def shut_out(cluster: Cluster, failure: TargetFailure) -> Finding:
    """Return the finding that the lock database is missing or closed; raises any other failure again."""
    if failure.code not in {NO_LOCK_DATABASE, WORKER_CONNECT}:
        raise failure
    makes = failure.code == NO_LOCK_DATABASE
    fix = lock_database_sql(cluster.lock_database, cluster.login, makes=makes)
    return Finding(what=str(failure), ok=False, fix=fix)


def _identity(opened: Session) -> Finding:
    try:
        seen = facts(opened)
    except TargetFailure as failure:
        opened.rollback()
        return Finding(
            what=f"cannot tell which cluster this is ({failure.code})",
            ok=False,
            fix=f"grant execute on function pg_control_system() to {_admin(opened)};",
        )
    logins = "makes logins" if seen.version >= FIRST_VERSION else "personal logins only"
    return Finding(what=f"PostgreSQL {seen.version}, cluster {seen.identity}, {logins}", ok=True)


def _private(opened: Session, database: str) -> Finding:
    public, others, owner = opened.row(statement("lock_database_is_open_to"))
    named, where = _quoted(database), f"{database}, where the workers take their lock"
    if public:
        fix = f"revoke all on database {named} from public;"
        return Finding(what=f"PUBLIC may connect to {where}", ok=False, fix=fix)
    if owner in others:
        fix = f"alter database {named} owner to current_user;"
        return Finding(what=f"{owner} owns {where}, and may connect to it", ok=False, fix=fix)
    if others:
        fix = f"revoke all on database {named} from {', '.join(map(_quoted, others))}; or end the membership."
        return Finding(what=f"{', '.join(others)} may connect to {where}", ok=False, fix=fix)
    return Finding(what=f"no other login may connect to {where}", ok=True)


def _attributes(opened: Session) -> Iterator[Finding]:
    rows = opened.rows(statement("own_role"))
    for name, works, superuser, bypassrls, replication, createdb, createrole in rows:
        excess = {
            "superuser": superuser,
            "bypassrls": bypassrls,
            "replication": replication,
            "createdb": createdb,
            "createrole": createrole and not (works and opened.version >= FIRST_VERSION),
        }
        for attribute in [word for word, there in excess.items() if there]:
            yield Finding(
                what=f"{name} is {attribute}, more than it needs",
                ok=False,
                fix=f"alter role {_quoted(name)} no{attribute};",
            )
        if not any(excess.values()):
            yield Finding(what=f"{name} is neither superuser nor more than it needs", ok=True)
        if works and opened.version >= FIRST_VERSION and not (createrole or superuser):
            yield _wants(
                False, "makes logins", "cannot make logins", f"alter role {_quoted(name)} createrole;"
            )


def _rights(opened: Session) -> Iterator[Finding]:
    signals, sees, excess = opened.row(statement("own_rights"))
    admin = _admin(opened)
    option = " with inherit true" if opened.version >= FIRST_VERSION else ""
    for right, there in (("pg_signal_backend", signals), ("pg_read_all_stats", sees)):
        yield _wants(there, f"can use {right}", f"cannot use {right}", f"grant {right} to {admin}{option};")
    if excess:
        yield Finding(
            what="can read or write all data, or reach the server's files or programs",
            ok=False,
            fix=f"Revoke pg_read_all_data, pg_write_all_data and the pg_…_server_… roles from {admin}.",
        )


def _gets_in(opened: Session) -> Finding:
    """Return whether an end can connect while all connections are in use, by a reserved or a kept one.

    Workers that run keep a connection, so a missing reservation is a fault only where they keep none.
    """
    (kept,) = opened.row(statement("kept_sessions"))
    needs = "with every connection in use, an end needs one that the workers kept open"
    needs += f" (now {kept})" if kept else ", and they keep none now"
    if opened.version < FIRST_VERSION:
        what = f"PostgreSQL {opened.version} reserves connections for superusers alone: {needs}"
        return Finding(what=what, ok=True)
    reserved, usable = opened.row(statement("reserved_connections"))
    if reserved and usable:
        return Finding(what=f"may use the {reserved} reserved connections", ok=True)
    if reserved:
        (login,) = opened.row(sql.SQL("select session_user::text"))
        what = f"may not use the {reserved} reserved connections"
        fix = f"grant pg_use_reserved_connections to {_quoted(login)} with inherit true;"
    else:
        what = "no connection is reserved for it"
        fix = f"{RESERVE} Where a service does not let you: start the workers, which keep one open."
    return Finding(what=f"{what}: {needs}", ok=False, fix=fix, is_advice=kept > 0)


def _given(opened: Session, wanted: Sequence[str]) -> Iterator[Finding]:
    rows = [row for row in opened.rows(statement("own_memberships")) if not row[0].startswith("pg_")]
    gives = [name for name, admin_option, _ in rows if admin_option]
    yield _wants(
        bool(gives), f"may give {', '.join(gives)}", "may give no role: ADMIN option is missing", RUN_SETUP
    )
    there = {name for (name,) in opened.rows(statement("roles_there"), [list(wanted)])}
    for name in wanted if gives else ():
        if name not in there:
            fix = f"create role {_quoted(name)} nologin; or name another in the configuration."
            yield Finding(what=f"there is no role {name}", ok=False, fix=fix)
        elif name not in gives:
            yield Finding(what=f"may not give {name}: ADMIN option is missing", ok=False, fix=RUN_SETUP)
    for name, admin_option, holds in rows:
        if not admin_option:
            yield Finding(
                what=f"holds {name} and may not give it",
                ok=False,
                fix=f"revoke {_quoted(name)} from {_admin(opened)};",
            )
        elif holds and opened.version >= FIRST_VERSION:
            yield Finding(
                what=f"holds {name} itself, not only the right to give it",
                ok=False,
                fix=f"grant {_quoted(name)} to {_admin(opened)} with inherit false, set false;",
            )


def _hides(opened: Session) -> Iterator[Finding]:
    if opened.version < FIRST_VERSION:
        return
    log, statistics, loaded = opened.row(statement("hides_values"))
    yield _hides_from(opened, log, "the server's log", "log_parameter_max_length")
    if loaded:
        yield _hides_from(opened, statistics, "pg_stat_statements", "pg_stat_statements.track_utility")


def _hides_from(opened: Session, hides: bool, place: str, parameter: str) -> Finding:  # noqa: FBT001 as `_wants`
    return _wants(
        hides,
        f"keeps password verifiers out of {place}",
        f"cannot keep password verifiers out of {place}",
        f"grant set on parameter {parameter} to {_admin(opened)};",
    )


def _wants(there: bool, yes: str, no: str, fix: str) -> Finding:  # noqa: FBT001 the answer to a question
    return Finding(what=yes, ok=True) if there else Finding(what=no, ok=False, fix=fix)


def _admin(opened: Session) -> str:
    (name,) = opened.row(sql.SQL("select current_user::text"))
    return _quoted(name)


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
