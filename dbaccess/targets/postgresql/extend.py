"""A later end for a grant: the same login and its sessions go on."""

from datetime import datetime

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.ports import Fence
from dbaccess.targets.postgresql.administrator import check_may_give
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.ephemeral_login import read_back
from dbaccess.targets.postgresql.login import Login, logins_of, made_login
from dbaccess.targets.postgresql.personal_login import check_held
from dbaccess.targets.postgresql.role_powers import check_powers
from dbaccess.targets.postgresql.transaction import Session


def extend_ephemeral(cluster: Cluster, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
    def work(opened: Session) -> None:
        check_may_give(opened, recipe)
        check_powers(opened, recipe)
        opened.doing = "looking for the login"
        login = _open_login(opened, recipe)
        opened.doing = "setting the login's later end"
        opened.rows(
            sql.SQL("alter role {} valid until {}").format(
                sql.Identifier(login.name), sql.Literal(valid_until.isoformat())
            )
        )
        opened.doing = "reading the login back"
        read_back(opened, recipe, login.oid, valid_until)
        fence()

    cluster.locked(work)


def extend_personal(cluster: Cluster, recipe: Recipe, *, fence: Fence) -> None:
    """Read back only: a person's own login has no end to set, because its roles are removed at the end."""

    def work(opened: Session) -> None:
        check_may_give(opened, recipe)
        check_powers(opened, recipe)
        opened.doing = "reading the person's login back"
        check_held(opened, recipe)
        fence()

    cluster.locked(work)


def _open_login(opened: Session, recipe: Recipe) -> Login:
    """Return the login; one that a revoke has closed stays closed, and no extension opens it again."""
    login = made_login(recipe, logins_of(opened, [recipe]))
    if login is None or not login.can_login:
        state = "has no login" if login is None else "has closed the login"
        raise TargetFailure(f"{recipe.cluster} {state} of this grant.", code="no_login", touched=False)
    return login
