"""Revocation on the target of grants that expired or were revoked.

It has two steps, so that all access is gone before the first receipt is made. Due grants are cut off at once,
batch by batch. Only when no new grant is due, a batch is finished: removed, verified and reported.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog

from dbaccess.domain.batch import Batch
from dbaccess.domain.errors import DbaccessError, NotFound, TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.operations.batches import in_halves
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.claim import CUT_OFF_WITHIN, FEW, claim
from dbaccess.operations.grants.settle import Outcome, settle
from dbaccess.operations.recipe import given_by_active_grants
from dbaccess.ports import Job

JOB_SECONDS = 20.0
"""How long one job works on a cluster, because other clusters wait for the same worker."""
BACK_AFTER = timedelta(seconds=2)

BREATH, LONGEST_BREATH = 0.2, 1.0
"""Seconds between two checks of another worker's cut-off: ten times as long as the check took.

It counts the grants that are left. In a storm that costs as much as to cut some of them off.
"""

JOIN_AFTER = 2.0
"""This worker joins in after so many seconds without progress of the other one."""

CUT_OFF_SECONDS, FINISH_SECONDS = 0.8, 5.0
"""The intended time for a batch: well within its lease, and short enough to show progress."""

LEAST_CUT_OFF = 100
"""Grants of a batch at least. On a busy host a smaller one is hardly faster, and makes a storm longer."""

_log = structlog.get_logger(__name__)


def at_once() -> None:
    """Return: the grants are due already."""


def revoke(context: WorkerContext, grant_id: GrantId) -> int:
    """Handle everything due on the grant's cluster; the grant's id only names the cluster.

    Grants under another worker's lease are checked again, because that worker may die.
    """
    with context.begin() as uow:
        try:
            grant = uow.grants.get(grant_id)
        except NotFound:
            return 0
    # A storm leaves a job for each ended grant; such a job does not search for work again.
    worked = 0 if grant.state.is_final else drain(context, grant.cluster, seconds=JOB_SECONDS)
    _come_back(context, grant.cluster, grant_id)
    return worked


def drain(
    context: WorkerContext,
    cluster: str,
    *,
    seconds: float = float("inf"),
    until_due: Callable[[], object] = at_once,
) -> int:
    """End every due grant of the cluster, or record a failed attempt; return how many were handled.

    Any number of calls may run at once, because each grant has one lease. After `seconds` no new batch
    begins. `until_due` returns when the first grant is due. A caller that knows the time begins a little
    before, and takes its turn and its lease meanwhile.
    """
    deadline = time.monotonic() + seconds
    worked = 0
    batch = Batch(seconds=FINISH_SECONDS)
    while time.monotonic() < deadline:
        cut_off_due(context, cluster, until_due=until_due)
        done, reached = _finish_batch(context, cluster, limit=batch.begin())
        batch.end(done)
        worked += done
        if not done or not reached:
            break  # failures are due again later, and other clusters need this worker
    return worked


def cut_off_due(context: WorkerContext, cluster: str, *, until_due: Callable[[], object] = at_once) -> None:
    """Remove the access of due grants, except where a lock of others prevents it.

    One worker takes batch after batch, since several would only wait for each other on the target. The others
    wait until at most `FEW` are left, which may be locked or hang, because finishing takes the same lock.
    They take those of the few that are free, and help if that worker makes no progress. The watch ends the
    rest, which are under that worker's lease.
    """
    batch = Batch(seconds=CUT_OFF_SECONDS, least=LEAST_CUT_OFF)
    left, few, since = -1, False, time.monotonic()
    while True:
        stuck = time.monotonic() - since
        with context.leases.turn(f"cut off {cluster}") as mine:
            joins = mine or few or stuck > JOIN_AFTER
            limit = batch.begin()
            done, reached = (
                _cut_off_batch(context, cluster, limit=limit, until_due=until_due) if joins else (0, True)
            )
        if not reached:
            return
        if done:
            batch.end(done)
            few, since = False, time.monotonic()
            continue
        looked = time.monotonic()
        now_left = _to_cut_off(context, cluster)
        few = now_left <= FEW
        if not now_left or (joins and few) or stuck > CUT_OFF_WITHIN.total_seconds():
            return
        if now_left < left:
            since = time.monotonic()
        left = now_left
        if not few:
            time.sleep(min(max(BREATH, 10 * (time.monotonic() - looked)), LONGEST_BREATH))


def _cut_off_batch(
    context: WorkerContext,
    cluster: str,
    *,
    limit: int,
    wait: bool = False,
    until_due: Callable[[], object] = at_once,
) -> tuple[int, bool]:
    """Return how many grants there were, and whether the cluster answered."""
    with context.leases.hold() as lease:
        until_due()  # nothing was claimed, recorded or touched before
        grants = claim(context, cluster, lease, begun=False, limit=limit, wait=wait)
        gone, reached = cut_off(context, cluster, grants)
        if gone:
            _give_back(context, gone, lease)
    return len(grants), reached


def _give_back(context: WorkerContext, gone: Collection[GrantId], lease: str) -> None:
    """Give the other grants back, as if this worker had died: they are late and are claimed again."""
    with context.begin() as uow:
        uow.grants.give_back(sorted(gone), lease)
        uow.commit()


def _to_cut_off(context: WorkerContext, cluster: str) -> int:
    with context.begin() as uow:
        return uow.grants.to_cut_off(cluster, uow.now)


def end_locked(context: WorkerContext, cluster: str) -> None:
    """End grants with rows that other sessions keep locked: wait for each row, then claim it.

    It runs apart from `drain`, which skips such rows, so that they delay no other grant.
    """
    _cut_off_batch(context, cluster, limit=FEW, wait=True)
    if _to_cut_off(context, cluster) <= FEW:
        _finish_batch(context, cluster, limit=FEW, wait=True)


def cut_off(context: WorkerContext, cluster: str, grants: Sequence[Grant]) -> tuple[set[GrantId], bool]:
    """Return the grants without access now, and whether the cluster answers.

    A failure is not recorded, because finishing meets and reports the same one. The work done is stored
    before the lease is released, so that the finishing process can report it.
    """
    unreached: list[DbaccessError] = []
    gone = {grant.id for grant in grants if grant.recipe is None}
    log = _log_of(grants)

    def some(recipes: Sequence[Recipe]) -> None:
        try:
            gone.update(
                context.targets.driver(cluster).cut_off(
                    recipes, elsewhere=partial(_held_elsewhere, context), log=log
                )
            )
        except TargetUnreachable as error:
            unreached.append(error)
        except TargetFailure as failure:
            _log.warning("access not cut off", cluster=cluster, why=str(failure))
        except DbaccessError as error:
            unreached.append(error)

    recipes = [grant.recipe for grant in grants if grant.recipe is not None]
    in_halves(recipes, some, alone=_not_cut_off, check=context.check_records)
    _store(context, log)
    return gone, not unreached


def _log_of(grants: Sequence[Grant]) -> ProgressLog:
    return ProgressLog({grant.id: grant.progress for grant in grants})


def _store(context: WorkerContext, log: ProgressLog) -> None:
    """Store all at once; an entry that cannot be stored stops no other, and only its receipt lacks it."""

    def some(grant_ids: Sequence[GrantId]) -> None:
        with context.begin() as uow:
            uow.grants.add_progress({grant_id: log.done[grant_id] for grant_id in grant_ids})
            uow.commit()

    in_halves(list(log.done), some, alone=_not_stored, check=context.check_records)


def _not_stored(grant_id: GrantId, error: Exception) -> None:
    _log.error("progress not stored", grant=f"G-{grant_id}", exc_info=error)


def _not_cut_off(recipe: Recipe, error: Exception) -> None:
    _log.error("access not cut off", grant=f"G-{recipe.grant_id}", exc_info=error)


def _finish_batch(
    context: WorkerContext, cluster: str, *, limit: int, wait: bool = False
) -> tuple[int, bool]:
    """Return how many grants there were, and whether the cluster answered."""
    with context.leases.hold() as lease:
        grants = claim(context, cluster, lease, begun=True, limit=limit, wait=wait)
        outcomes: dict[GrantId, Outcome] = {grant.id: _without_target(grant) for grant in grants}
        touched = [grant for grant in grants if grant.recipe is not None]
        log = _log_of(touched)
        in_halves(
            touched,
            lambda some: outcomes.update(_revoke(context, cluster, some, log)),
            alone=lambda grant, error: outcomes.update({grant.id: _unexpected(grant, error)}),
            check=context.check_records,
        )
        if grants:
            settle(context, [(grant, outcomes[grant.id]) for grant in grants], log.done, wait=wait)
    away = [outcome for outcome in outcomes.values() if isinstance(outcome, TargetUnreachable)]
    return len(grants), not away


def _without_target(grant: Grant) -> Outcome:
    """Return the outcome of a grant that was never provisioned: there is nothing to examine."""
    if not grant.damaged:
        return None
    said = f"The recipe of {grant.label} cannot be read; it is unknown what to remove."
    return TargetFailure(said, code="recipe_unreadable", touched=False)


def _revoke(
    context: WorkerContext, cluster: str, grants: Sequence[Grant], log: ProgressLog
) -> dict[GrantId, Outcome]:
    recipes = [grant.recipe for grant in grants if grant.recipe is not None]
    try:
        results = context.targets.driver(cluster).revoke(
            recipes, elsewhere=partial(_held_elsewhere, context), log=log
        )
    except TargetFailure as failure:
        return {grant.id: failure for grant in grants}
    except DbaccessError as error:
        unknown = TargetFailure(str(error), code="configuration", touched=False)
        return {grant.id: unknown for grant in grants}
    return {recipe.grant_id: result for recipe, result in zip(recipes, results, strict=True)}


def _unexpected(grant: Grant, error: Exception) -> TargetFailure:
    _log.error("revocation failed unexpectedly", grant=grant.label, exc_info=error)
    said = f"{grant.cluster}: {type(error).__name__}, an unexpected error. The worker's log has the details."
    return TargetFailure(said, code="unexpected", touched=True)


def _held_elsewhere(context: WorkerContext, recipes: Sequence[Recipe]) -> Mapping[GrantId, frozenset[str]]:
    with context.begin() as uow:
        return given_by_active_grants(uow, recipes)


def _come_back(context: WorkerContext, cluster: str, grant_id: GrantId) -> None:
    """Schedule one job for the oldest grant left; it handles the whole cluster."""
    with context.begin() as uow:
        left = uow.grants.oldest_overdue(cluster, uow.now)
        if left is not None and grant_id <= left:
            uow.enqueue(Job.REVOKE, left, at=uow.now + BACK_AFTER)
            uow.commit()
