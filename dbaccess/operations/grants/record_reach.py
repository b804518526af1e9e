"""The reach of active grants: which tables their logins can use, as the server shows it once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant, Recipe
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.reach import Reach
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.lease import as_failure

AGAIN: Final = timedelta(minutes=1)
"""The wait after a failed reading of a grant."""

READINGS: Final = 10
"""Readings between two looks for ends: together they take a fraction of a second."""

_AT_ONCE: Final = 500
_UNREADABLE: Final = TargetFailure(
    "The stored recipe cannot be read.", code="recipe_unreadable", touched=False
)
_OF_ONE_LOGIN: Final = frozenset({"no_login", "foreign_login"})
"""A driver's codes that concern one login, and say nothing of others with the same privileges."""


def record_reach(context: WorkerContext, cluster: str) -> None:
    """Store what the logins of active grants on the cluster reach, where it is not stored yet.

    No grant waits for this: it is active already. A reading that fails is tried again while the grant is
    active; until then, and for ever if it ends before, its reach is unknown. While access has to be cut off
    on the cluster, nothing is read. Safe to repeat.
    """
    while due := _due(context, cluster):
        for grants in islice(_alike(due), READINGS):
            _record(context, cluster, grants)


def _due(context: WorkerContext, cluster: str) -> list[Grant]:
    with context.begin() as uow:
        # Each reading is a new connection to the server. Thousands would share it with a storm of ends.
        if uow.grants.to_cut_off(cluster, uow.now):
            return []
        return uow.reaches.due(cluster, uow.now, limit=_AT_ONCE)


def _record(context: WorkerContext, cluster: str, grants: Sequence[Grant]) -> None:
    """Read once for grants with the same reach, by the first login that is there."""
    for place, grant in enumerate(grants):
        found = _read(context, cluster, grant)
        if isinstance(found, TargetFailure) and found.code in _OF_ONE_LOGIN:
            _store(context, [grant], found)
        else:
            _store(context, grants[place:], found)
            return


def _read(context: WorkerContext, cluster: str, grant: Grant) -> Reach | TargetFailure:
    if grant.recipe is None:
        return _UNREADABLE
    try:
        return context.targets.driver(cluster).reach(grant.recipe)
    except Exception as error:  # noqa: BLE001 the boundary of one grant: an odd name on the target, say
        return as_failure(error, grant.id, doing="reach reading", touched=False)


def _store(context: WorkerContext, grants: Sequence[Grant], found: Reach | TargetFailure) -> None:
    ids = [grant.id for grant in grants]
    with context.begin() as uow:
        if isinstance(found, Reach):
            kept = set(uow.reaches.put(ids, found, read_at=uow.now))
            # So that the answer to an auditor, who could use which table, is as hard to change as the ledger.
            data = {"digest": found.digest, "tables": len(found.tables), "unrecorded": found.unrecorded}
            for grant in grants:
                if grant.id in kept:
                    uow.record(_read_event(grant, data))
        else:
            uow.reaches.fail(ids, found.code, again_at=uow.now + AGAIN)
        uow.commit()


def _read_event(grant: Grant, data: Mapping[str, Any]) -> Event:
    return Event(
        kind=EventKind.GRANT_REACH_READ,
        actor=BY_WORKER,
        request_id=grant.request_id,
        grant_id=grant.id,
        data=data,
    )


def _alike(due: Iterable[Grant]) -> list[list[Grant]]:
    """Group grants with the same reach: logins that were made with the same privileges.

    A person's own login has other privileges besides, so it is read by itself.
    """
    groups: dict[object, list[Grant]] = defaultdict(list)
    for grant in due:
        groups[_likeness(grant.recipe) if grant.recipe is not None else grant.id].append(grant)
    return list(groups.values())


def _likeness(recipe: Recipe) -> object:
    if recipe.login_kind != LoginKind.EPHEMERAL.value:
        return recipe.grant_id
    return recipe.cluster_identity, recipe.database, recipe.roles, recipe.act_as, recipe.on
