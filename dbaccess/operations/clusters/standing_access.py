"""The readings of standing access: roles of the policy that logins hold without a grant."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.standing_access import (
    Change,
    Gone,
    Reading,
    StandingRead,
    changes,
    covered_by,
    named_roles,
)
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import UnitOfWork

MOST_ROLES: Final = 1000
"""Standing roles of one cluster that are kept; the reading says how many more there are."""

BATCH: Final = 50
"""Changes in one transaction: each is an entry, and the ledger's lock keeps ends waiting."""

BATCHES: Final = 4
"""Transactions of one reading. Changes beyond them wait for the next one, and the reading is not complete."""


def read_standing_access(context: WorkerContext, cluster: str) -> Reading:
    """Record what changed since the last reading of the cluster, and return this one.

    A reading counts once all its changes are recorded. Without one that counts the cluster is unknown, and
    the ledger says since when. A failure of the cluster is in the reading and raises nothing.
    """
    covered = covered_by(context.policy, cluster)
    named = {one.role for one in covered}
    try:
        driver = context.targets.driver(cluster)
        read = driver.standing_access(named_roles(context.policy, cluster), covered)
    except TargetFailure as failure:
        return _record_failure(context, cluster, failure.code)
    reading, is_whole = _record(context, cluster, read, named)
    for _ in range(BATCHES - 1):
        if is_whole:
            break
        reading, is_whole = _record(context, cluster, read, named)
    return reading


def forget_left_clusters(context: WorkerContext) -> None:
    """Record as gone what was found on clusters that the policy no longer has."""
    with context.begin() as uow:
        left = [
            one.cluster for one in uow.standing_roles.readings() if one.cluster not in context.policy.clusters
        ]
    for cluster in left:
        while _forget(context, cluster):
            pass


def _forget(context: WorkerContext, cluster: str) -> bool:
    """Record the next roles as gone; return whether there are more."""
    with context.begin() as uow:
        uow.standing_roles.lock(cluster)
        found = uow.standing_roles.on(cluster)
        for one in found[:BATCH]:
            _apply(uow, Change(role=one, gone=Gone.NOT_IN_POLICY))
        if len(found) <= BATCH:
            uow.standing_roles.forget(cluster)
        uow.commit()
    return len(found) > BATCH


def _record(
    context: WorkerContext, cluster: str, read: StandingRead, named: Collection[str]
) -> tuple[Reading, bool]:
    """Record the next changes; return the reading, and whether these were all."""
    with context.begin() as uow:
        before = uow.standing_roles.lock(cluster)
        known = uow.standing_roles.on(cluster)
        waiting = list(changes(known, read, cluster=cluster, named=named, most=MOST_ROLES, now=uow.now))
        for change in waiting[:BATCH]:
            _apply(uow, change)
        is_whole = len(waiting) <= BATCH
        reading = _counted(uow, before, read) if is_whole else before
        uow.commit()
    return reading, is_whole


def _counted(uow: UnitOfWork, before: Reading, read: StandingRead) -> Reading:
    reading = Reading(cluster=before.cluster, read_at=uow.now, left_out=max(0, len(read.roles) - MOST_ROLES))
    if not before.counts(uow.now) or bool(before.left_out) is not bool(reading.left_out):
        # Without workers no reading failed, and the time without one is unknown all the same.
        since = before.unknown_since or before.read_at
        data = {
            "cluster": before.cluster,
            "server": read.server,
            "unknown_since": since.isoformat() if since and not before.counts(uow.now) else None,
            "roles": len(read.roles),
            "left_out": reading.left_out,
        }
        uow.record(Event(kind=EventKind.STANDING_READ, actor=BY_WORKER, data=data))
    uow.standing_roles.save(reading)
    return reading


def _record_failure(context: WorkerContext, cluster: str, code: str) -> Reading:
    with context.begin() as uow:
        before = uow.standing_roles.lock(cluster)
        reading = replace(before, failure=code)
        if not before.counts(uow.now) and before.unknown_since is None:
            since = before.read_at or uow.now
            reading = replace(reading, unknown_since=since)
            data = {"cluster": cluster, "since": since.isoformat(), "code": code}
            uow.record(Event(kind=EventKind.STANDING_UNREAD, actor=BY_WORKER, data=data))
        uow.standing_roles.save(reading)
        uow.commit()
    return reading


def _apply(uow: UnitOfWork, change: Change) -> None:
    """Store the change with its entry."""
    if change.gone is None:
        uow.standing_roles.put(change.role)
        data = change.role.data() | {"since": change.role.found_at.isoformat()}
        uow.record(Event(kind=EventKind.STANDING_FOUND, actor=BY_WORKER, data=data))
        return
    uow.standing_roles.remove(change.role)
    data = change.role.data() | {"since": change.role.found_at.isoformat(), "why": change.gone.value}
    uow.record(Event(kind=EventKind.STANDING_GONE, actor=BY_WORKER, data=data))
