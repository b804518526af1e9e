"""The end of grants on a cluster: access cut off, objects taken, logins gone, all of it looked at again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import PRIMARY, Receipt
from dbaccess.ports import OwedElsewhere
from dbaccess.targets.postgresql.cluster import Cluster, facts
from dbaccess.targets.postgresql.cut_off import Cutting, cut
from dbaccess.targets.postgresql.isolation import isolated
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.login import Logins, logins_of
from dbaccess.targets.postgresql.object_grants import take_objects
from dbaccess.targets.postgresql.personal_traces import note_traces
from dbaccess.targets.postgresql.prepared_transactions import judge_prepared, roll_back_prepared
from dbaccess.targets.postgresql.remove_logins import databases_of, remove_logins
from dbaccess.targets.postgresql.replica_sessions import Elsewhere
from dbaccess.targets.postgresql.revocation_state import Ending
from dbaccess.targets.postgresql.terminate_sessions import Closing, Sweep

# A pass over everybody's access takes about a second at most. A session that does not end delays a batch for
# a few seconds only.
_BRIEF_SECONDS: Final = 0.5
_SWEEP_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`holder` gives on objects, `heir` keeps what is left; both are roles of the installation."""

    holder: str
    heir: str
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


def cut_off(
    cluster: Cluster, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog, means: Means
) -> set[GrantId]:
    cutting = Cutting(lock=_BRIEF_SECONDS, sessions=_BRIEF_SECONDS, elsewhere=means.elsewhere)
    endings = _endings(recipes, log)
    cut(cluster, endings, owed=owed, cutting=cutting)
    return {ending.recipe.grant_id for ending in endings if ending.is_cut_off}


def revoke(
    cluster: Cluster, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog, means: Means
) -> list[Receipt | TargetFailure]:
    endings = _endings(recipes, log)
    patience = cluster.patience
    seconds = min(patience.sessions, _SWEEP_SECONDS)
    cutting = Cutting(lock=patience.lock, sessions=seconds, elsewhere=means.elsewhere)
    try:
        sweep = cut(cluster, endings, owed=owed, cutting=cutting)
        spare, wait = Spare(), LockWait(patience.lock)
        _take_objects(cluster, endings, means.holder, spare, wait)
        _judge_sessions(endings)
        with cluster.session() as opened:
            # What was prepared between the first look and the loss of access.
            roll_back_prepared(cluster, opened, [e for e in endings if not e.failure])
            judge_prepared(opened, endings)
        made = [ending for ending in endings if ending.is_ephemeral and not ending.failure]
        remove_logins(cluster, made, heir=means.heir, spare=spare, wait=wait)
        isolated([e for e in endings if not e.failure], lambda some: note_traces(cluster, some))
        seen_at = _look_again(cluster, endings, sweep)
    except TargetFailure as failure:
        return [ending.failure or failure for ending in endings]
    return [ending.outcome(seen_at) for ending in endings]


def _endings(recipes: Sequence[Recipe], log: ProgressLog) -> list[Ending]:
    return [Ending(recipe=recipe, log=log) for recipe in recipes]


def _judge_sessions(endings: Sequence[Ending]) -> None:
    for ending in endings:
        if not (ending.taken and ending.closes_sessions):
            continue
        for server, closing in ending.closings.items():
            _judge(ending, "" if server == PRIMARY else f" on replica {server}", closing)
        if ending.unproved and not ending.failure:
            why = "; ".join(ending.unproved.values())
            ending.fail(
                f"access is gone from the primary, and not proved gone: {why}.", code="replica_unproved"
            )


def _judge(ending: Ending, where: str, closing: Closing) -> None:
    name = ending.login.name if ending.login else ending.recipe.login
    if closing.refused:
        ending.fail(
            f"the server does not let the worker end sessions of {name}{where}: they run as a "
            "superuser, or pg_signal_backend is missing.",
            code="session_refused",
        )
    elif closing.left:
        ending.fail(f"{name} still has a session{where}.", code="sessions_left")
    elif closing.unidentified:
        ending.fail(
            f"{closing.unidentified} session(s){where} that began before {name} lost access show no login.",
            code="sessions_unknown",
        )


def _take_objects(
    cluster: Cluster, endings: Sequence[Ending], holder: str, spare: Spare, wait: LockWait
) -> None:
    """Whatever the recipe says: a login that no grant accounts for may have some as well.

    Before the sessions are judged: one that the server does not let the worker terminate loses them too.
    """
    there = {e.oid: e for e in endings if e.is_ephemeral and e.login and not e.failure}
    taking: dict[str, list[Ending]] = defaultdict(list)
    for oid, databases in databases_of(cluster, list(there.values())).items():
        for database in databases:
            taking[database].append(there[oid])
    for database, whose in sorted(taking.items()):

        def take(some: Sequence[Ending], database: str = database) -> None:
            logins = {e.oid: e.login.name for e in some if e.oid and e.login}
            cluster.locked_in(
                database, lambda opened: take_objects(opened, logins, holder=holder, spare=spare), wait=wait
            )

        isolated(whose, take)


def _look_again(cluster: Cluster, endings: Sequence[Ending], sweep: Sweep) -> datetime:
    """What the receipts say is what is seen now, after everything."""
    proved = [ending for ending in endings if not ending.failure]
    with cluster.session() as opened:
        opened.doing = "looking again"
        found = logins_of(opened, [e.recipe for e in proved if e.is_ephemeral])
        now = facts(opened).now
        opened.commit()
        sweep.look(opened)
    sessions = {owner for _, owner, _ in sweep.open}
    for ending in proved:
        recipe = ending.recipe
        ending.gone = ending.is_ephemeral and not _is_there(ending, found)
        if ending.is_ephemeral and not ending.gone:
            ending.fail(f"{recipe.login} is still there.", code="login_left")
        elif ending.oid in sessions and ending.closes_sessions:
            ending.fail(f"{recipe.login} has a session again.", code="sessions_left")
    return now


def _is_there(ending: Ending, found: Logins) -> bool:
    """Where its oid was never known, its name says the same."""
    if ending.oid is None:
        return bool(found.named(ending.recipe.login))
    return found.numbered(ending.oid) is not None
