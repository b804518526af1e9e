"""Privileges on tables of the policy's roles that logins have without any role."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.standing_access import Covered, How, StandingRole
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE, Cluster
from dbaccess.targets.postgresql.identity import identity_of
from dbaccess.targets.postgresql.names import made_logins, readable
from dbaccess.targets.postgresql.objects import holder_role
from dbaccess.targets.postgresql.statement import statement

MOST_TABLES: Final = 50
"""Tables of one login and role that are named; the last name of the path says how many more there are."""

PUBLIC: Final = identity_of(0)
"""The identity of everyone."""

_LIMIT: Final = sql.SQL("set local statement_timeout = '5s'")
"""The look reads catalogs alone and locks nothing; a server that needs longer is busy with other work."""


def direct_privileges(
    cluster: Cluster, covered: Sequence[Covered], *, installation: str
) -> Iterator[StandingRole]:
    """Yield what logins, and PUBLIC, have by a privilege of their own or as owners, database by database.

    A database that does not let the worker in, or is not there, is `unread`.
    """
    by_database: dict[str, list[Covered]] = defaultdict(list)
    for one in covered:
        by_database[one.database].append(one)
    for database, several in sorted(by_database.items()):
        try:
            yield from _in_database(cluster, database, several, installation)
        except TargetFailure as failure:
            if failure.code not in OF_ONE_DATABASE:
                raise
            yield _unread(database, failure.code)


def _in_database(
    cluster: Cluster, database: str, covered: Sequence[Covered], installation: str
) -> Iterator[StandingRole]:
    on = [
        (one.role, schema, table)
        for one in covered
        if one.on is not None
        for schema, table in (*one.on.named_tables, *[(schema, None) for schema in one.on.schemas])
    ]
    values = {
        "roles": [one.role for one in covered if one.on is None],
        "on_roles": [role for role, _, _ in on],
        "schemas": [schema for _, schema, _ in on],
        "tables": [table for _, _, table in on],
        "holder": holder_role(installation),
        "made": made_logins(installation),
        "most": MOST_TABLES,
    }
    with cluster.session(database) as opened:
        opened.doing = "looking for privileges without a role"
        opened.rows(_LIMIT)
        rows = opened.rows_raw(statement("direct_privileges"), values)
    for _, several in groupby(rows, key=itemgetter(1, 3)):
        yield _standing(database, list(several))


def _standing(database: str, rows: Sequence[tuple[Any, ...]]) -> StandingRole:
    number, grantee, login, key, role, *_, is_usable, tables = rows[0]
    more = [f"… {tables - len(rows)} more tables"] if tables > len(rows) else []
    return StandingRole(
        login_identity=identity_of(grantee),
        login=readable(login),
        role_identity=f"{number}/{readable(key)}",
        role=readable(role),
        path=(readable(login), *[readable(row[5]) for row in rows], *more),
        is_usable=is_usable,
        how=How.PRIVILEGE,
        database=database,
    )


def _unread(database: str, code: str) -> StandingRole:
    return StandingRole(
        login_identity="",
        login="",
        role_identity=f"unread/{database}",
        role="",
        path=(code,),
        is_usable=False,
        how=How.UNREAD,
        database=database,
    )
