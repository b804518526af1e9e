"""An administrator's account in the place of the login that the SQL of `setup-sql` makes."""

from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.failures import ADMINISTRATOR
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.cluster import Cluster, check_identity
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

FIX: Final = (
    "Leave that account as it is. Put the login that `dbaccess targets setup-sql` makes into the URL."
)
_POWERS: Final = ("superuser", "bypassrls", "replication", "createdb", "createrole")


def administrator(opened: Session) -> str | None:
    """Return who this session is, with its powers, if `setup-sql` did not make that account."""
    rows = opened.rows(statement("own_role"))
    # Two where the login works as another role, which `setup-sql` lets it do.
    login, _, *has = next((row for row in rows if not row[1]), rows[0])
    powers = [word for word, there in zip(_POWERS, has, strict=True) if there]
    if not ("superuser" in powers or (len(rows) == 1 and powers)):
        return None
    return f"the URL is an administrator's: {login} is {', '.join(powers)}"


def refuse_administrator(cluster: str, opened: Session) -> None:
    """Raise `TargetFailure` for such an account: all that it ever gave would pass for the workers' own."""
    if what := administrator(opened):
        raise TargetFailure(f"{cluster}: {what}. {FIX}", code=ADMINISTRATOR, touched=False)


def wrong_login(cluster: Cluster) -> str | None:
    """Return who the workers' login is, with the fix, if it is an administrator's; None if it is not."""
    with cluster.session() as opened:
        opened.doing = "looking at the worker's login"
        what = administrator(opened)
    return f"{what}. {FIX}" if what else None


def check_may_give(opened: Session, recipe: Recipe) -> None:
    """Raise `TargetFailure` on another cluster than the recipe's, or in an administrator's session.

    An end does not ask for this: access that was given is taken with whatever login there is.
    """
    check_identity(recipe, opened.identity)
    opened.doing = "looking at the worker's login"
    refuse_administrator(recipe.cluster, opened)
