"""A login as the cluster has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.targets.session import Session
from dbaccess.targets.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    oid: int
    name: str
    tag: str
    can_login: bool
    is_superuser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """`ours`: the worker's own role gave it. Neither inherited nor settable, it gives nothing."""

    member: int
    role: str
    ours: bool
    inherits: bool
    settable: bool
    admin: bool

    @property
    def usable(self) -> bool:
        return self.inherits or self.settable or self.admin


def logins_of(opened: Session, recipes: Iterable[Recipe]) -> list[Login]:
    """Every login that a recipe means by name, oid or tag."""
    several = list(recipes)
    tags = [recipe.tag for recipe in several if recipe.login_kind == "ephemeral"]
    oids = [recipe.login_oid for recipe in several if recipe.login_oid is not None]
    rows = opened.rows(statement("logins"), [[recipe.login for recipe in several], oids, tags])
    return [
        Login(oid=oid, name=name, tag=tag, can_login=can_login, is_superuser=superuser)
        for oid, name, tag, can_login, superuser in rows
    ]


def memberships_of(opened: Session, oids: Sequence[int]) -> list[Membership]:
    """By role's name; since version 16 one role may be there several times, given by several."""
    rows = opened.rows(statement("memberships"), [list(oids)])
    return [
        Membership(member=member, role=role, ours=ours, inherits=inherits, settable=settable, admin=admin)
        for member, role, ours, inherits, settable, admin in rows
    ]


def made_login(recipe: Recipe, found: Iterable[Login]) -> Login | None:
    """The login made for this grant, None where there is none.

    Raises `TargetFailure` where name, tag and oid do not all agree: such a login is never touched.
    """
    some = [
        login
        for login in found
        if login.name == recipe.login or login.tag == recipe.tag or login.oid == recipe.login_oid
    ]
    if not some:
        return None
    login = some[0]
    same_oid = recipe.login_oid in {None, login.oid}
    if len(some) > 1 or login.name != recipe.login or login.tag != recipe.tag or not same_oid:
        raise TargetFailure(
            f"{recipe.cluster} has a login with the name, mark or number of this grant's, but not all three "
            f"({', '.join(sorted(login.name for login in some))}). It is left alone: look at it by hand.",
            code="foreign_login",
            touched=False,
        )
    return login


def personal_login(recipe: Recipe, found: Iterable[Login]) -> Login | None:
    """The person's login: by oid where it is known, whatever its name is now, else by name."""
    for login in found:
        if login.oid == recipe.login_oid or (recipe.login_oid is None and login.name == recipe.login):
            return login
    return None
