"""A login as the cluster has it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.identity import oid_of
from dbaccess.targets.postgresql.session import Session
from dbaccess.targets.postgresql.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    oid: int
    name: str
    tag: str
    can_login: bool
    is_superuser: bool


class Logins:
    """Logins that were found, by name and by number: a batch looks each of its own up."""

    def __init__(self, found: Iterable[Login]) -> None:
        self.by_oid: Mapping[int, Login] = {login.oid: login for login in found}
        self._by_name: dict[str, list[Login]] = defaultdict(list)
        for login in self.by_oid.values():
            self._by_name[login.name].append(login)

    def named(self, name: str) -> list[Login]:
        """More than one where names in other encodings read alike."""
        return self._by_name.get(name, [])

    def numbered(self, oid: int | None) -> Login | None:
        return None if oid is None else self.by_oid.get(oid)

    def of(self, recipe: Recipe) -> list[Login]:
        """Those with the recipe's name or number. One that only bears its mark may be anybody's."""
        named, numbered = self.named(recipe.login), self.numbered(oid_of(recipe.login_identity))
        return [*named, *([numbered] if numbered and numbered not in named else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """`ours`: the worker's own role gave it. Neither inherited nor settable, it gives nothing."""

    member: int
    role_oid: int
    role: str
    ours: bool
    inherits: bool
    settable: bool
    admin: bool

    @property
    def usable(self) -> bool:
        return self.inherits or self.settable or self.admin


def logins_of(opened: Session, recipes: Iterable[Recipe]) -> Logins:
    """Every login that a recipe means by name, oid or tag."""
    several = list(recipes)
    tags = [recipe.tag for recipe in several if recipe.login_kind == "ephemeral"]
    oids = [oid for recipe in several if (oid := oid_of(recipe.login_identity)) is not None]
    rows = opened.rows(statement("logins"), [[recipe.login for recipe in several], oids, tags])
    return Logins(
        Login(oid=oid, name=name, tag=tag, can_login=can_login, is_superuser=superuser)
        for oid, name, tag, can_login, superuser in rows
    )


def memberships_of(opened: Session, oids: Sequence[int]) -> list[Membership]:
    """By role's name; since version 16 one role may be there several times, given by several."""
    rows = opened.rows(statement("memberships"), [list(oids)])
    return [
        Membership(
            member=member,
            role_oid=role_oid,
            role=role,
            ours=ours,
            inherits=inherits,
            settable=settable,
            admin=admin,
        )
        for member, role_oid, role, ours, inherits, settable, admin in rows
    ]


def memberships_by_login(opened: Session, oids: Sequence[int]) -> Mapping[int, list[Membership]]:
    """The same by the login's oid; for each there is a list."""
    held: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships_of(opened, oids):
        held[membership.member].append(membership)
    return held


def made_login(recipe: Recipe, found: Logins) -> Login | None:
    """The login made for this grant, None where there is none.

    Raises `TargetFailure` where name, tag and oid do not all agree: such a login is never touched.
    """
    some = found.of(recipe)
    if not some:
        return None
    login = some[0]
    same_oid = oid_of(recipe.login_identity) in {None, login.oid}
    if len(some) > 1 or login.name != recipe.login or login.tag != recipe.tag or not same_oid:
        raise _foreign(recipe, some)
    return login


def ending_login(recipe: Recipe, found: Logins) -> Login | None:
    """The login made for this grant, None where it is gone. Where its oid is known, oid and name decide.

    So a login that was renamed or lost its mark ends all the same, and another one's mark on a role of
    theirs is in nobody's way. Raises `TargetFailure` where the login cannot be told from another one.
    """
    several, oid = found.of(recipe), oid_of(recipe.login_identity)
    for login in several:
        same = login.name == recipe.login or login.tag == recipe.tag
        if login.oid == oid and same:
            return login
    for login in several:
        if oid is None and login.tag == recipe.tag:
            return login
    # An oid of ours under another's name and mark, or our name and mark at another oid.
    doubtful = [login for login in several if login.oid == oid or login.tag == recipe.tag or oid is None]
    if doubtful:
        raise _foreign(recipe, doubtful)
    return None


def personal_login(recipe: Recipe, found: Logins) -> Login | None:
    """The person's login: by oid where it is known, whatever its name is now, else by name."""
    if recipe.login_identity is not None:
        return found.numbered(oid_of(recipe.login_identity))
    return next(iter(found.named(recipe.login)), None)


def _foreign(recipe: Recipe, found: Iterable[Login]) -> TargetFailure:
    return TargetFailure(
        f"{recipe.cluster} has a login with the name, mark or number of this grant's, but not all three "
        f"({', '.join(sorted(login.name for login in found))}). It is left alone: look at it by hand.",
        code="foreign_login",
        touched=False,
    )
