"""The end of grants on a cluster: cut-off, objects, logins, and the final verification."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import PRIMARY, Receipt
from dbaccess.ports import HeldElsewhere
from dbaccess.targets.postgresql.cluster import OF_ONE_DATABASE, Cluster, facts
from dbaccess.targets.postgresql.cut_off import Cutting, cut_off_access
from dbaccess.targets.postgresql.foreign_privileges import some_named
from dbaccess.targets.postgresql.isolation import OF_ALL, isolated
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.lock_holders import name_lock_holders
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.login import Logins, Membership, logins_of, memberships_by_login
from dbaccess.targets.postgresql.object_grants import take_objects
from dbaccess.targets.postgresql.prepared_transactions import check_prepared, roll_back_prepared
from dbaccess.targets.postgresql.remove_logins import databases_of, remove_logins
from dbaccess.targets.postgresql.replica_sessions import Elsewhere
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.session_sweep import SessionSweep, Termination
from dbaccess.targets.postgresql.traces import note_traces

# A pass over all access waits about two seconds at most for the cluster's lock. It is given in the order of
# waiting, so a shorter wait would lose to each grant that waits longer. A session that does not end delays a
# batch for a few seconds only.
_LOCK_SECONDS: Final = 2.0
_BRIEF_SECONDS: Final = 0.5
_SWEEP_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`holder` grants on objects, `heir` keeps what is left; both are roles of the installation."""

    holder: str
    heir: str
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


def cut_off(
    cluster: Cluster, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog, means: Means
) -> set[GrantId]:
    cutting = Cutting(lock=_LOCK_SECONDS, sessions=_BRIEF_SECONDS, elsewhere=means.elsewhere)
    revocations = _endings(recipes, log)
    cut_off_access(cluster, revocations, elsewhere=elsewhere, cutting=cutting)
    return {revocation.recipe.grant_id for revocation in revocations if revocation.is_cut_off}


def revoke(
    cluster: Cluster, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog, means: Means
) -> list[Receipt | TargetFailure]:
    revocations = _endings(recipes, log)
    timeouts = cluster.timeouts
    seconds = min(timeouts.sessions, _SWEEP_SECONDS)
    cutting = Cutting(lock=timeouts.lock, sessions=seconds, elsewhere=means.elsewhere)
    try:
        sweep = cut_off_access(cluster, revocations, elsewhere=elsewhere, cutting=cutting)
        spare, wait = Spare(), LockWait(timeouts.lock)
        _take_objects(cluster, revocations, means.holder, spare, wait)
        _check_sessions(revocations)
        with cluster.session() as opened:
            # Those that were prepared between the first look and the loss of access.
            roll_back_prepared(cluster, opened, [e for e in revocations if not e.failure])
            check_prepared(opened, revocations)
        made = [
            revocation for revocation in revocations if revocation.is_ephemeral and not revocation.failure
        ]
        remove_logins(cluster, made, heir=means.heir, spare=spare, wait=wait)
        isolated([e for e in revocations if not e.failure], lambda some: note_traces(cluster, some))
        seen_at = _look_again(cluster, revocations, sweep)
        name_lock_holders(cluster, revocations)
    except TargetFailure as failure:
        return [revocation.failure or failure for revocation in revocations]
    return [revocation.outcome(seen_at) for revocation in revocations]


def _endings(recipes: Sequence[Recipe], log: ProgressLog) -> list[RevocationState]:
    return [RevocationState(recipe=recipe, log=log) for recipe in recipes]


def _check_sessions(revocations: Sequence[RevocationState]) -> None:
    for revocation in revocations:
        if not (revocation.taken and revocation.closes_sessions):
            continue
        for server, termination in revocation.terminations.items():
            _conclude(revocation, "" if server == PRIMARY else f" on replica {server}", termination)
        if revocation.unproved and not revocation.failure:
            why = "; ".join(revocation.unproved.values())
            revocation.fail(
                f"access is gone from the primary, and not proved gone: {why}.", code="replica_unproved"
            )


def _conclude(revocation: RevocationState, where: str, termination: Termination) -> None:
    name = revocation.login.name if revocation.login else revocation.recipe.login
    if termination.refused:
        revocation.fail(
            f"the server does not let the worker end sessions of {name}{where}: they run as a "
            "superuser, or pg_signal_backend is missing.",
            code="session_refused",
        )
    elif termination.left:
        revocation.fail(f"{name} still has a session{where}.", code="sessions_left")
    elif termination.unidentified:
        revocation.fail(
            f"{termination.unidentified} session(s){where} that began before {name} lost access "
            "show no login.",
            code="sessions_unknown",
        )


def _take_objects(
    cluster: Cluster, revocations: Sequence[RevocationState], holder: str, spare: Spare, wait: LockWait
) -> None:
    """Revoke privileges on objects whatever the recipe says: an orphaned login may have some as well.

    Before sessions are checked, so that a session which the worker may not terminate loses them too. So does
    a login that cannot be disabled yet, because a session that does not end holds its row. A database that
    refuses the worker matters only if the grant gave something in it. Other privileges there keep the login
    from being dropped, and the receipt lists them. Where no examined database has the name of the grant's,
    that one may have been renamed, so each refusal matters.
    """
    refused: dict[RevocationState, TargetFailure] = {}
    there = {e.oid: e for e in revocations if _loses_objects(e)}
    taking: dict[str, list[RevocationState]] = defaultdict(list)
    for oid, databases in databases_of(cluster, list(there.values())).items():
        for database in databases:
            taking[database].append(there[oid])
    for database, several in sorted(taking.items()):

        def take(some: Sequence[RevocationState], database: str = database) -> None:
            logins = {e.oid: e.login.name for e in some if e.oid and e.login}
            part = partial(take_objects, logins=logins, holder=holder, spare=spare)
            while not cluster.locked_in(database, part, wait=wait):
                pass  # others get the lock in between

        isolated([e for e in several if e.recipe.on and e.recipe.database == database], take)
        for other in [e for e in several if not e.recipe.on or e.recipe.database != database]:
            before = other.failure
            isolated([other], take)
            if other.failure and other.failure.code in OF_ONE_DATABASE:
                refused[other], other.failure = other.failure, before
    for revocation, failure in refused.items():
        if revocation.recipe.on and revocation not in taking.get(revocation.recipe.database, ()):
            revocation.failure = revocation.failure or failure


def _loses_objects(revocation: RevocationState) -> bool:
    failure = revocation.failure
    is_there = revocation.is_ephemeral and revocation.login is not None and revocation.is_known
    return is_there and (failure is None or failure.code not in OF_ALL)


def _look_again(cluster: Cluster, revocations: Sequence[RevocationState], sweep: SessionSweep) -> datetime:
    """Verify all again: receipts state what is found now, after every step. Return the time."""
    proved = [revocation for revocation in revocations if not revocation.failure]
    with cluster.session() as opened:
        opened.doing = "looking again"
        found = logins_of(opened, [e.recipe for e in proved if e.is_ephemeral])
        held = memberships_by_login(opened, [e.oid for e in proved if e.kept_by and e.oid])
        now = facts(opened).now
        opened.commit()
        sweep.look(opened)
    sessions = {owner for _, owner, _ in sweep.open}
    for revocation in proved:
        recipe = revocation.recipe
        revocation.gone = revocation.is_ephemeral and not _is_there(revocation, found)
        if revocation.kept_by and not revocation.gone:
            _check_kept(revocation, found, held)
        elif revocation.is_ephemeral and not revocation.gone:
            revocation.fail(f"{recipe.login} is still there.", code="login_left")
        if revocation.oid in sessions and revocation.closes_sessions:
            revocation.fail(f"{recipe.login} has a session again.", code="sessions_left")
    return now


def _check_kept(revocation: RevocationState, found: Logins, held: Mapping[int, Sequence[Membership]]) -> None:
    """A login that others keep ends no less: it cannot log in, and has nothing of what the grant gave.

    The worker's own memberships count by whatever name their role has now. Others' go with the login once it
    is dropped, and until then they are left.
    """
    login = found.numbered(revocation.oid)
    usable = [m for m in held[revocation.oid or 0] if m.usable]
    roles = sorted({m.role for m in usable if m.ours or revocation.takes(m)})
    if login is None or login.can_login:
        revocation.fail(f"{revocation.name} can log in again.", code="login_left")
    elif roles:
        revocation.fail(f"{revocation.name} still holds {', '.join(roles)}.", code="still_held")
    else:
        revocation.left += (
            *(f"{login.name} is disabled, and kept by {what}" for what in revocation.kept_by),
            *(
                f"{login.name} is disabled, and a member of {role} that another role granted"
                for role in some_named(sorted({m.role for m in usable}))
            ),
        )


def _is_there(revocation: RevocationState, found: Logins) -> bool:
    """Return whether the login exists; if its oid was never known, its name decides."""
    if revocation.oid is None:
        return bool(found.named(revocation.recipe.login))
    return found.numbered(revocation.oid) is not None
