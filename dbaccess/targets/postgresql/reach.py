"""The tables that the login of a grant reaches."""

from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.reach import MOST_TABLES, Reach, ReachedTable
from dbaccess.targets.postgresql.cluster import Cluster, check_identity
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.login import logins_of, made_login, personal_login
from dbaccess.targets.postgresql.statement import statement

_LIMIT: Final = sql.SQL("set local statement_timeout = '5s'")
"""The look reads catalogs alone and locks nothing; a server that needs longer is busy with other work."""


def read_reach(cluster: Cluster, recipe: Recipe) -> Reach:
    """Return what the recipe's login reaches in the recipe's database now; raises `TargetFailure`."""
    find = made_login if recipe.login_kind == "ephemeral" else personal_login
    with cluster.session(recipe.database) as opened:
        opened.doing = "reading what the login reaches"
        opened.rows(_LIMIT)
        check_identity(recipe, opened.identity)
        login = find(recipe, logins_of(opened, [recipe]))
        if login is None:
            raise TargetFailure(
                f"{recipe.cluster} has no login of this grant.", code="no_login", touched=False
            )
        # Before that version every member could become the role.
        become = "set" if opened.version >= FIRST_VERSION else "member"
        values = {"login": login.oid, "become": become, "most": MOST_TABLES}
        rows = opened.rows(statement("reached_tables"), values)
    found = tuple(
        ReachedTable(schema=schema, name=name, reads=reads, writes=writes, owns=owns)
        for schema, name, reads, writes, owns, _ in rows
    )
    return Reach(tables=found, unrecorded=rows[0][-1] - len(rows) if rows else 0)
