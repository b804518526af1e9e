"""What a login made under its grant stays, and belongs to the durable role."""

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.targets.borrowing import borrow, give_back
from dbaccess.targets.cluster import Cluster
from dbaccess.targets.login import Login
from dbaccess.targets.session import Session
from dbaccess.targets.spare import Spare
from dbaccess.targets.statement import statement


def hand_over(
    cluster: Cluster, recipe: Recipe, login: Login, databases: list[str], spare: Spare
) -> tuple[str, ...]:
    """The login owns nothing and is named in no privilege any more; returns what `act_as` now owns.

    Raises `TargetFailure` `owns_objects` where there is no durable role: nothing that it made is destroyed.
    """
    reassigned: set[str] = set()
    for database in databases:
        reassigned.update(
            cluster.persistently(lambda opened: _settle(opened, recipe, login, spare), database=database)
        )
    return tuple(sorted(reassigned))


def _settle(opened: Session, recipe: Recipe, login: Login, spare: Spare) -> list[str]:
    opened.doing = "handing over what the login owns"
    owned = _owned(opened, login)
    if owned and recipe.act_as is None:
        raise TargetFailure(
            f"{recipe.cluster}: {login.name} owns {len(owned)} object(s), {owned[0]} among them, and the "
            "role has no act_as to hand them to. The login is closed and kept: reassign them, then it goes.",
            code="owns_objects",
            touched=True,
        )
    with spare.waiting(opened):
        _reassign(opened, recipe, login, owned)
    return owned


def _reassign(opened: Session, recipe: Recipe, login: Login, owned: list[str]) -> None:
    borrowed = [login.name, *([recipe.act_as] if recipe.act_as else [])]
    for role in borrowed:
        borrow(opened, role)
    if owned and recipe.act_as:
        opened.ddl(_naming("reassign owned by {} to {}", login.name, recipe.act_as))
    if remaining := _owned(opened, login):
        raise TargetFailure(
            f"{recipe.cluster}: {login.name} still owns {remaining[0]} after the handing over.",
            code="owns_objects",
            touched=True,
        )
    # Only privileges and default privileges are left to it: DROP OWNED would destroy what it still owned.
    # Privileges on what the durable role owns go too, because its own are borrowed still.
    opened.ddl(_naming("drop owned by {}", login.name))
    for role in borrowed:
        give_back(opened, role)


def _owned(opened: Session, login: Login) -> list[str]:
    return [identity for (identity,) in opened.rows(statement("owned"), [login.oid])]


def _naming(statement_: str, *roles: str) -> sql.Composed:
    return sql.SQL(statement_).format(*map(sql.Identifier, roles))
