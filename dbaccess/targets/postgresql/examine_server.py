"""The checks of what a server is, before what its roles may do: its address, its age, its data."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.administrator import FIX, administrator
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE, Cluster
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


def examine_address(opened: Session) -> Finding | None:
    """Return why nothing else is worth a look: a server that takes no change, or an administrator's login."""
    stands_by, read_only = opened.row(statement("where_it_is"))
    if stands_by:
        fix = "Use the primary's address. A standby belongs under replicas in the policy."
        return Finding(what="is a standby, where nothing can be granted or ended", ok=False, fix=fix)
    if read_only:
        fix = "Let it take changes again; managed services close a server with a full disk."
        return Finding(what="is read-only: nothing can be granted or ended", ok=False, fix=fix)
    return _administrator(opened)


def _administrator(opened: Session) -> Finding | None:
    """Return the finding for an account that the SQL of `setup-sql` did not make: it must not be altered."""
    what = administrator(opened)
    return Finding(what=what, ok=False, fix=FIX) if what else None


def examine_age(cluster: Cluster, databases: Collection[str]) -> Iterator[Finding]:
    """Yield a finding if logins are to be made in these databases, and the server is too old for it."""
    if not databases:
        return
    with cluster.session() as opened:
        version = opened.version
    if version < FIRST_VERSION:
        yield Finding(
            what=f"PostgreSQL {version} makes no logins, and targets on {', '.join(sorted(databases))} "
            'have login = "ephemeral"',
            ok=False,
            fix=f'Use login = "personal" for them, or PostgreSQL {FIRST_VERSION} and newer.',
        )


def examine_data(cluster: Cluster, given: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Yield each role that gives nothing in the database of a target; `given` are the roles by database.

    A database that the worker may not enter is not looked at: personal logins do not need that.
    """
    for database, roles in sorted(given.items()):
        try:
            with cluster.session(database) as opened:
                opened.doing = "looking at what the roles give"
                found = opened.rows(statement("without_privileges"), [list(roles), list(roles)])
        except TargetFailure as failure:
            if failure.code in OF_ONE_DATABASE:
                continue
            raise
        for (role,) in found:
            yield Finding(
                what=f"{role} gives nothing in {database}: it has no privilege on any object",
                ok=False,
                fix=f"Give it what its target says, for example: grant select on all tables in schema … to "
                f"{sql.Identifier(role).as_string()};",
            )
