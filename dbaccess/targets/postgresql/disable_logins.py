"""The first step of an end: disabling of logins and removal of memberships, without waiting for locks."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.ports import HeldElsewhere
from dbaccess.targets.postgresql.cluster import check_identity
from dbaccess.targets.postgresql.connection import code_of
from dbaccess.targets.postgresql.identity import oid_of
from dbaccess.targets.postgresql.isolation import unexpected
from dbaccess.targets.postgresql.lock_budget import LOCK_NOT_AVAILABLE, LOCKED
from dbaccess.targets.postgresql.login import (
    Membership,
    ending_login,
    logins_of,
    memberships_by_login,
    personal_login,
)
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session


def find_logins(opened: Session, revocations: Sequence[RevocationState]) -> None:
    """Find each login; None if it is gone, or a `failure` if it must not be touched."""
    opened.doing = "looking for the logins"
    found = logins_of(opened, [revocation.recipe for revocation in revocations])
    identity = opened.identity
    for revocation in revocations:
        revocation.login = revocation.failure = None
        try:
            check_identity(revocation.recipe, identity)
            find = ending_login if revocation.is_ephemeral else personal_login
            revocation.login = find(revocation.recipe, found)
        except TargetFailure as failure:
            revocation.failure = failure


def withdraw(opened: Session, revocations: Sequence[RevocationState], elsewhere: HeldElsewhere) -> None:
    """Disable and remove under the cluster's lock; an item gets a `failure` if its lock is not free."""
    find_logins(opened, revocations)
    _keep([revocation for revocation in revocations if not revocation.failure], elsewhere)
    present = [revocation for revocation in revocations if revocation.login and not revocation.failure]
    # A login made for its grant loses all that the worker gave. To look first would cost one more answer.
    held = _held_by(opened, [revocation for revocation in present if not revocation.is_ephemeral])
    _find_lent(opened, [revocation for revocation in present if revocation.settable(opened.version)])
    for revocation in present:
        revocation.took_nothing = not _roles_to_take(revocation, held)
    opened.doing = "taking access"
    failed = _take(opened, present, held)
    held = _held_by(opened, present)
    names = _role_names(opened, present)
    for revocation in revocations:
        if not revocation.failure:
            revocation.role_names = names
            revocation.held = tuple(held[revocation.oid or 0])
            _conclude(revocation, held, failed, names)


def _find_lent(opened: Session, revocations: Sequence[RevocationState]) -> None:
    """Find logins that may become these: a session that set the login and then the role keeps the role."""
    if not revocations:
        return
    lent: dict[int, set[int]] = defaultdict(set)
    for login, member in opened.rows(statement("lent"), [[e.oid for e in revocations]]):
        lent[login].add(member)
    for revocation in revocations:
        revocation.lent_to = frozenset(lent[revocation.oid or 0])


def _role_names(opened: Session, revocations: Sequence[RevocationState]) -> dict[int, str]:
    personal = [revocation.recipe for revocation in revocations if not revocation.is_ephemeral]
    if not personal:
        return {}
    oids = [oid_of(identity) for recipe in personal for identity in recipe.role_identities]
    roles = [role for recipe in personal for role in recipe.roles]
    return dict(opened.rows(statement("role_names"), [oids, roles]))


def _held_by(opened: Session, revocations: Sequence[RevocationState]) -> Mapping[int, list[Membership]]:
    oids = [revocation.login.oid for revocation in revocations if revocation.login]
    return memberships_by_login(opened, oids) if oids else defaultdict(list)


def _keep(revocations: Sequence[RevocationState], elsewhere: HeldElsewhere) -> None:
    personal = [revocation for revocation in revocations if not revocation.is_ephemeral]
    try:
        held = elsewhere([revocation.recipe for revocation in personal]) if personal else {}
    except Exception as error:  # noqa: BLE001 the other kind of grant does not need the answer
        for revocation in personal:
            revocation.failure = unexpected(revocation, error)
        return
    for revocation in personal:
        recipe = revocation.recipe
        keeps = {*recipe.standing, *held.get(recipe.grant_id, ())}
        revocation.kept = tuple(sorted(keeps & set(recipe.roles)))


def _take(
    opened: Session, revocations: Sequence[RevocationState], held: Mapping[int, list[Membership]]
) -> dict[str, str]:
    """Return by login oid the SQLSTATE that kept a login from being disabled or from losing a role."""
    ends = [
        {
            "login": revocation.login.oid,
            "made": revocation.is_ephemeral,
            "roles": _roles_to_take(revocation, held),
        }
        for revocation in revocations
        if revocation.login
    ]
    if not ends:
        return {}
    hand_over = statement("hand_over_ends").format(sql.Literal(json.dumps(ends)))
    # One answer of the server for all three: others wait for the cluster's lock meanwhile.
    row = opened.last_row(hand_over, statement("take_access"), statement("failed_ends"))
    failed: dict[str, str] = json.loads(row[0])
    return failed


def _roles_to_take(revocation: RevocationState, held: Mapping[int, list[Membership]]) -> list[int]:
    """Return the roles that the worker's role granted.

    Before version 16 its REVOKE would remove others' memberships too.
    """
    return [m.role_oid for m in held[revocation.oid or 0] if m.ours and revocation.takes(m)]


def _conclude(
    revocation: RevocationState,
    held: Mapping[int, list[Membership]],
    failed: dict[str, str],
    names: dict[int, str],
) -> None:
    revocation.taken = True
    if revocation.login is None:
        return
    mine = held[revocation.login.oid]
    if code := failed.get(str(revocation.login.oid)):
        revocation.taken = False
        locked = code == LOCK_NOT_AVAILABLE
        why = "another transaction holds a lock" if locked else f"the server raised {code}"
        revocation.fail(
            f"{revocation.login.name} still has access: {why}.", code=LOCKED if locked else code_of(code)
        )
        return
    if revocation.is_ephemeral:  # the login is dropped, and its memberships with it
        return
    left = {m.role for m in mine if m.usable and revocation.takes(m)}
    unknown = {role for role in revocation.to_take if revocation.role_oid(role) is None} - set(names.values())
    if unknown and any(m.ours for m in mine):
        revocation.fail(
            f"{', '.join(sorted(unknown))} is not there by that name, its number was not recorded, and "
            f"{revocation.login.name} holds roles that the worker gave. Take them by hand, then it ends.",
            code="role_unknown",
        )
    elif left:
        revocation.fail(
            f"{revocation.login.name} still holds {', '.join(sorted(left))}, given by another role since. "
            "Take it by hand, or give it as standing access after this grant has ended.",
            code="still_held",
        )
