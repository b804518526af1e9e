"""Logins and memberships, as the cluster has them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.identity import oid_of
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`ours`: the worker's role made it."""

    oid: int
    name: str
    tag: str
    can_login: bool
    is_superuser: bool
    ours: bool = False


class Logins:
    """Logins that were found, by name and by oid, for the lookups of a batch."""

    def __init__(self, found: Iterable[Login]) -> None:
        self.by_oid: Mapping[int, Login] = {login.oid: login for login in found}
        self._by_name: dict[str, list[Login]] = defaultdict(list)
        self._marked: dict[str, list[Login]] = defaultdict(list)
        for login in self.by_oid.values():
            self._by_name[login.name].append(login)
            if login.ours and login.tag:
                self._marked[login.tag].append(login)

    def named(self, name: str) -> list[Login]:
        """Return logins with this name; several if names in other encodings read alike."""
        return self._by_name.get(name, [])

    def numbered(self, oid: int | None) -> Login | None:
        return None if oid is None else self.by_oid.get(oid)

    def of(self, recipe: Recipe) -> list[Login]:
        """Return the logins with the recipe's name or oid.

        If its oid was never recorded, also a login that the worker made and that has its mark.
        """
        oid = oid_of(recipe.login_identity)
        numbered = self.numbered(oid)
        marked = self._marked.get(recipe.tag, []) if oid is None else []
        return list(dict.fromkeys([*([numbered] if numbered else []), *marked, *self.named(recipe.login)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """`ours`: the worker's role granted it. Neither inherited nor settable, it gives nothing."""

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


def logins_of(opened: Session, recipes: Iterable[Recipe], *, by_mark: bool = True) -> Logins:
    """Return every login that a recipe names by name or oid, or by its mark if it recorded no oid."""
    several = list(recipes)
    unrecorded = [
        r for r in several if by_mark and r.login_kind == "ephemeral" and oid_of(r.login_identity) is None
    ]
    values = {
        "names": [recipe.login for recipe in several],
        "oids": [oid for recipe in several if (oid := oid_of(recipe.login_identity)) is not None],
        "marks": [recipe.tag for recipe in unrecorded],
    }
    return Logins(
        Login(oid=oid, name=name, tag=tag, can_login=can_login, is_superuser=superuser, ours=ours)
        for oid, name, tag, can_login, superuser, ours in opened.rows(statement("logins"), values)
    )


def memberships_of(opened: Session, oids: Sequence[int]) -> list[Membership]:
    """Return memberships by role name; since version 16 several grantors may give one role."""
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
    """Return the memberships by login oid, with a list for each."""
    held: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships_of(opened, oids):
        held[membership.member].append(membership)
    return held


def made_login(recipe: Recipe, found: Logins) -> Login | None:
    """Return the login made for this grant; None if there is none.

    Raises `TargetFailure` unless name, tag and oid all agree: such a login is never touched.
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
    """Return the login made for this grant; None if it is gone. A known oid and one more of its marks decide.

    So a login that was renamed and lost its mark ends all the same, and a copy of the mark on another role
    stops nothing. Raises `TargetFailure` if the login cannot be told from another one.
    """
    several, oid = found.of(recipe), oid_of(recipe.login_identity)
    for login in several:
        same = login.name == recipe.login or login.tag == recipe.tag or _lost_both(login, recipe)
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


def _lost_both(login: Login, recipe: Recipe) -> bool:
    """Return whether the worker made the login, and nothing says that it did so for another grant."""
    installation = ":".join(recipe.tag.split(":")[:2])
    return login.ours and not login.tag.startswith(f"{installation}:")


def personal_login(recipe: Recipe, found: Logins) -> Login | None:
    """Return the person's login: by oid if known, whatever its name is now, else by name."""
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
