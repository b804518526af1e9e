"""The check that a login can reach the database of its grant: PUBLIC need not have CONNECT."""

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.objects import Item
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

NO_CONNECT = "no_connect"


def check_connects(opened: Session, recipe: Recipe, login_oid: int) -> None:
    """Raise `TargetFailure` if the login cannot connect: a grant that cannot be used is none."""
    opened.doing = "looking whether the login may connect"
    rows = opened.rows(statement("connects"), [login_oid, recipe.database])
    if not rows:
        raise TargetFailure(
            f"{recipe.cluster} has no database {recipe.database}.", code="no_database", touched=False
        )
    if rows != [(True,)]:
        raise TargetFailure(
            f"{recipe.cluster}: {recipe.login} may not connect to {recipe.database}. {_fix(recipe)}.",
            code=NO_CONNECT,
            touched=False,
        )


def connect_item(opened: Session, database: str, holder: str) -> tuple[Item, ...]:
    """Return CONNECT on the session's database, if the holder may grant it."""
    may_give, _ = opened.row(statement("connect_rights"), [holder])
    if not may_give:
        return ()
    return (Item(kind="DATABASE", schema=database, name="", privileges=("CONNECT",)),)


def _fix(recipe: Recipe) -> str:
    if recipe.on is not None:
        return "PUBLIC may not and the worker may not give it: run what `dbaccess targets setup-sql` prints"
    return "Give CONNECT to one of the roles that it inherits, which act_as is not"
