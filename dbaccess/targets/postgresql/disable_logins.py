"""The first step of an end: logins are disabled and memberships removed, without waiting for locks."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import OwedElsewhere
from dbaccess.targets.postgresql.cluster import check_identity, facts
from dbaccess.targets.postgresql.isolation import unexpected
from dbaccess.targets.postgresql.lock_budget import LOCK_NOT_AVAILABLE, LOCKED
from dbaccess.targets.postgresql.login import (
    Membership,
    ending_login,
    logins_of,
    memberships_by_login,
    personal_login,
)
from dbaccess.targets.postgresql.revocation_state import Ending
from dbaccess.targets.postgresql.session import Session
from dbaccess.targets.postgresql.statement import statement

# Since then a role is given without the right to set it, so no chain of memberships ends in it.
_NO_LENDING: Final = 16


def find_logins(opened: Session, endings: Sequence[Ending]) -> None:
    """Each has its login, or None where it is gone, or a `failure` that says why it is left alone."""
    opened.doing = "looking for the logins"
    found = logins_of(opened, [ending.recipe for ending in endings])
    identity = facts(opened).identity
    for ending in endings:
        ending.login = ending.failure = None
        try:
            check_identity(ending.recipe, identity)
            find = ending_login if ending.is_ephemeral else personal_login
            ending.login = find(ending.recipe, found)
        except TargetFailure as failure:
            ending.failure = failure


def withdraw(opened: Session, endings: Sequence[Ending], owed: OwedElsewhere) -> None:
    """To run under the cluster's lock. An item whose lock is not free is set aside with a `failure`."""
    find_logins(opened, endings)
    _keep([ending for ending in endings if not ending.failure], owed)
    present = [ending for ending in endings if ending.login and not ending.failure]
    held = _held_by(opened, present)
    _find_lent(opened, [ending for ending in present if not ending.is_ephemeral])
    for ending in present:
        ending.took_nothing = not _roles_to_take(ending, held)
    opened.doing = "taking access"
    failed = _take(opened, present, held)
    held = _held_by(opened, present)
    names = _role_names(opened, present)
    for ending in endings:
        if not ending.failure:
            ending.role_names = names
            _judge(ending, held, failed, names)


def _find_lent(opened: Session, endings: Sequence[Ending]) -> None:
    """A session that became the login, and then the role, goes on as the role when the login has lost it."""
    if opened.version >= _NO_LENDING or not endings:
        return
    lent: dict[int, set[int]] = defaultdict(set)
    for login, member in opened.rows(statement("lent"), [[e.oid for e in endings]]):
        lent[login].add(member)
    for ending in endings:
        ending.lent_to = frozenset(lent[ending.oid or 0])


def _role_names(opened: Session, endings: Sequence[Ending]) -> dict[int, str]:
    personal = [ending.recipe for ending in endings if not ending.is_ephemeral]
    if not personal:
        return {}
    oids = [oid for recipe in personal for oid in recipe.role_oids]
    roles = [role for recipe in personal for role in recipe.roles]
    return dict(opened.rows(statement("role_names"), [oids, roles]))


def _held_by(opened: Session, endings: Sequence[Ending]) -> Mapping[int, list[Membership]]:
    return memberships_by_login(opened, [e.login.oid for e in endings if e.login])


def _keep(endings: Sequence[Ending], owed: OwedElsewhere) -> None:
    personal = [ending for ending in endings if not ending.is_ephemeral]
    try:
        elsewhere = owed([ending.recipe for ending in personal]) if personal else {}
    except Exception as error:  # noqa: BLE001 the other kind of grant does not need the answer
        for ending in personal:
            ending.failure = unexpected(ending, error)
        return
    for ending in personal:
        recipe = ending.recipe
        keeps = {*recipe.standing, *elsewhere.get(recipe.grant_id, ())}
        ending.kept = tuple(sorted(keeps & set(recipe.roles)))


def _take(opened: Session, endings: Sequence[Ending], held: Mapping[int, list[Membership]]) -> dict[str, str]:
    """The SQLSTATE of what kept a login from being disabled or from losing a role, by the login's oid."""
    ends = [
        {
            "login": ending.login.oid,
            "made": ending.is_ephemeral,
            "roles": _roles_to_take(ending, held),
        }
        for ending in endings
        if ending.login
    ]
    if not ends:
        return {}
    opened.rows(statement("hand_over_ends"), [json.dumps(ends)])
    opened.rows(statement("take_access"))
    failed: dict[str, str] = json.loads(opened.row(statement("failed_ends"))[0])
    return failed


def _roles_to_take(ending: Ending, held: Mapping[int, list[Membership]]) -> list[int]:
    """Only what the worker's role gave: before version 16 its REVOKE would take others' memberships too."""
    return [m.role_oid for m in held[ending.oid or 0] if m.ours and ending.takes(m)]


def _judge(
    ending: Ending, held: Mapping[int, list[Membership]], failed: dict[str, str], names: dict[int, str]
) -> None:
    ending.taken = True
    if ending.login is None:
        return
    mine = held[ending.login.oid]
    if code := failed.get(str(ending.login.oid)):
        ending.taken = False
        locked = code == LOCK_NOT_AVAILABLE
        why = "another transaction holds a lock" if locked else f"the server raised {code}"
        ending.fail(f"{ending.login.name} still has access: {why}.", code=LOCKED if locked else code)
        return
    if ending.is_ephemeral:  # the login goes, and its memberships with it
        return
    left = {m.role for m in mine if m.usable and ending.takes(m)}
    unknown = {role for role in ending.to_take if ending.role_oid(role) is None} - set(names.values())
    if unknown and any(m.ours for m in mine):
        ending.fail(
            f"{', '.join(sorted(unknown))} is not there by that name, its number was not recorded, and "
            f"{ending.login.name} holds roles that the worker gave. Take them by hand, then it ends.",
            code="role_unknown",
        )
    elif left:
        ending.fail(
            f"{ending.login.name} still holds {', '.join(sorted(left))}, given by another role since. "
            "Take it by hand, or give it as standing access after this grant has ended.",
            code="still_held",
        )
