"""The first step of an end: in one transaction nobody can log in with it, and the roles are taken."""

from collections import defaultdict
from collections.abc import Sequence

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import OwedElsewhere
from dbaccess.targets.cluster import check_identity, facts
from dbaccess.targets.ending import Ending
from dbaccess.targets.login import Login, Membership, logins_of, made_login, memberships_of, personal_login
from dbaccess.targets.session import Session


def withdraw(opened: Session, endings: Sequence[Ending], owed: OwedElsewhere) -> None:
    """To run under the cluster's lock; on what is not as it should be it sets `failure` and goes on."""
    _find_logins(opened, endings)
    present = [ending for ending in endings if ending.login and not ending.failure]
    held = _by_member(opened, present)
    taken: dict[str, set[str]] = defaultdict(set)
    _keep(endings, owed)
    for ending in endings:
        if ending in present and ending.login:
            _choose(ending, ending.login, held[ending.login.oid], taken)
    opened.doing = "closing logins"
    for ending in present:
        if ending.is_ephemeral and ending.login:
            opened.rows(
                sql.SQL("alter role {} nologin valid until 'now'").format(sql.Identifier(ending.login.name))
            )
    opened.doing = "taking roles"
    for role, names in sorted(taken.items()):
        opened.rows(
            sql.SQL("revoke {} from {}").format(
                sql.Identifier(role), sql.SQL(", ").join(map(sql.Identifier, sorted(names)))
            )
        )
    opened.doing = "looking whether the roles are taken"
    held = _by_member(opened, present)
    for ending in endings:
        if not ending.failure:
            _judge(ending, held[ending.login.oid] if ending.login else [])


def _find_logins(opened: Session, endings: Sequence[Ending]) -> None:
    opened.doing = "looking for the logins"
    found = logins_of(opened, [ending.recipe for ending in endings])
    identity = facts(opened).identity
    for ending in endings:
        ending.login = ending.failure = None
        try:
            check_identity(ending.recipe, identity)
            find = made_login if ending.is_ephemeral else personal_login
            ending.login = find(ending.recipe, found)
        except TargetFailure as failure:
            if failure.code not in {"other_cluster", "foreign_login"}:
                raise
            ending.failure = failure


def _by_member(opened: Session, endings: Sequence[Ending]) -> dict[int, list[Membership]]:
    held: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships_of(opened, [e.login.oid for e in endings if e.login]):
        held[membership.member].append(membership)
    return held


def _keep(endings: Sequence[Ending], owed: OwedElsewhere) -> None:
    personal = [ending for ending in endings if not ending.is_ephemeral and not ending.failure]
    elsewhere = owed([ending.recipe for ending in personal]) if personal else {}
    for ending in personal:
        recipe = ending.recipe
        keeps = {*recipe.standing, *elsewhere.get(recipe.grant_id, ())}
        ending.kept = tuple(sorted(keeps & set(recipe.roles)))


def _choose(ending: Ending, login: Login, held: list[Membership], taken: dict[str, set[str]]) -> None:
    """Only what the worker's role gave: before version 16 its REVOKE would take others' memberships too."""
    for membership in held:
        of_this = ending.is_ephemeral or membership.role in set(ending.recipe.roles) - set(ending.kept)
        if of_this and membership.ours:
            taken[membership.role].add(login.name)


def _judge(ending: Ending, held: list[Membership]) -> None:
    recipe = ending.recipe
    ours = set(recipe.roles) | ({recipe.act_as} if recipe.act_as else set())
    ending.absent = tuple(sorted(ours - set(ending.kept)))
    left = {m.role for m in held if m.usable and m.role in ending.absent}
    if left and not ending.is_ephemeral:  # a login made for the grant goes, and its memberships with it
        ending.fail(
            f"{recipe.login} still holds {', '.join(sorted(left))}, given by somebody else since. "
            "Take it by hand, or give it as standing access after this grant has ended.",
            code="still_held",
        )
