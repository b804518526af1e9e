"""The end of grants on a cluster: closed, objects taken, sessions ended, login gone, seen; in this order.

Sessions ended first would be opened again by clients that reconnect; a login dropped first keeps its
sessions.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Receipt, Recipe
from dbaccess.ports import OwedElsewhere
from dbaccess.targets.closing import Closing, Concerned, close_sessions, concerned
from dbaccess.targets.cluster import Cluster, facts
from dbaccess.targets.ending import Ending
from dbaccess.targets.login import logins_of
from dbaccess.targets.object_grants import take_objects
from dbaccess.targets.removal import databases_of, remove_logins
from dbaccess.targets.statement import statement
from dbaccess.targets.withdrawal import withdraw


def revoke(
    cluster: Cluster, recipes: Sequence[Recipe], *, owed: OwedElsewhere, holder: str
) -> list[Receipt | TargetFailure]:
    endings = [Ending(recipe=recipe) for recipe in recipes]
    try:
        _withdraw(cluster, endings, owed)
        _take_objects(cluster, endings, holder)
        whose = _close(cluster, endings)
        remove_logins(cluster, [e for e in endings if e.is_ephemeral and not e.failure])
        seen_at = _look_again(cluster, endings, whose)
    except TargetFailure as failure:
        return [ending.failure or failure for ending in endings]
    return [ending.outcome(seen_at) for ending in endings]


def cut_off(cluster: Cluster, recipes: Sequence[Recipe], *, owed: OwedElsewhere) -> None:
    """Sessions end first, because one of them may hold the lock that the next step waits for."""
    endings = [Ending(recipe=recipe) for recipe in recipes]
    made = [ending.oid for ending in endings if ending.is_ephemeral and ending.oid is not None]
    with cluster.session() as opened:
        opened.doing = "terminating sessions"
        opened.rows(statement("terminate_all"), [made])
    try:
        _withdraw(cluster, endings, owed)
        _close(cluster, endings)
    except TargetUnreachable:
        raise
    except TargetFailure:
        return  # `revoke` meets the same failure, and reports it


def _withdraw(cluster: Cluster, endings: Sequence[Ending], owed: OwedElsewhere) -> None:
    """All in one transaction; where that fails, one by one, so that one does not keep the others."""
    if not endings:
        return
    try:
        cluster.locked(lambda opened: withdraw(opened, endings, owed))
    except TargetUnreachable:
        raise
    except TargetFailure as failure:
        if len(endings) == 1:
            endings[0].failure = failure
            return
        for ending in endings:
            _withdraw(cluster, [ending], owed)


def _take_objects(cluster: Cluster, endings: Sequence[Ending], holder: str) -> None:
    """Before the sessions are closed: one that cannot be closed has lost them too.

    Whatever the recipe says: a login that no grant accounts for may have some as well. Where it fails the
    sessions are closed all the same.
    """
    there = {e.oid: e for e in endings if e.is_ephemeral and e.login and not e.failure}
    taking: dict[str, list[Ending]] = defaultdict(list)
    for oid, databases in databases_of(cluster, list(there.values())).items():
        for database in databases:
            taking[database].append(there[oid])
    for database, whose in sorted(taking.items()):
        _take_in(cluster, database, whose, holder)


def _take_in(cluster: Cluster, database: str, endings: Sequence[Ending], holder: str) -> None:
    logins = {ending.oid or 0: ending.recipe.login for ending in endings}
    try:
        cluster.locked_in(database, lambda opened: take_objects(opened, logins, holder=holder))
    except TargetFailure as failure:
        for ending in endings:
            ending.not_taken = failure


def _close(cluster: Cluster, endings: Sequence[Ending]) -> Concerned:
    to_close = [e for e in endings if e.closes_sessions and not e.failure]
    with cluster.session() as opened:
        whose = concerned(
            opened,
            every={e.oid for e in to_close if e.oid is not None and e.is_ephemeral},
            earlier={e.oid for e in to_close if e.oid is not None and not e.is_ephemeral},
        )
        closings = close_sessions(opened, whose, seconds=cluster.patience.sessions)
    for ending in to_close:
        ending.closing = closings.get(ending.oid or 0, Closing())
        if ending.closing.refused:
            ending.fail(
                f"the server does not let the worker end sessions of {ending.recipe.login}: they run as a "
                "superuser, or pg_signal_backend is missing.",
                code="session_refused",
            )
        elif ending.closing.left:
            ending.fail(f"{ending.recipe.login} still has a session.", code="sessions_left")
        else:
            ending.failure = ending.not_taken
    return whose


def _look_again(cluster: Cluster, endings: Sequence[Ending], whose: Concerned) -> datetime:
    """What the receipts say is what is seen now, after everything."""
    proved = [ending for ending in endings if not ending.failure]
    with cluster.session() as opened:
        opened.doing = "looking again"
        found = logins_of(opened, [e.recipe for e in proved if e.is_ephemeral])
        sessions = {owner for _, owner, _ in whose.sessions(opened)}
        now = facts(opened).now
    for ending in proved:
        recipe = ending.recipe
        ending.closing.looks += 1
        ending.gone = ending.is_ephemeral and not any(
            login.oid == ending.oid or login.name == recipe.login or login.tag == recipe.tag
            for login in found
        )
        if ending.is_ephemeral and not ending.gone:
            ending.fail(f"{recipe.login} is still there.", code="login_left")
        elif ending.oid in sessions and ending.closes_sessions:
            ending.fail(f"{recipe.login} has a session again.", code="sessions_left")
    return now
