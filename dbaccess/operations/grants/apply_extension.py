"""Carrying out of an approved extension: on the target first, then in the control database."""

from datetime import datetime
from typing import NamedTuple

from dbaccess.domain.errors import DirectoryTooOld, Refused, TargetFailure
from dbaccess.domain.events import EventKind
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request
from dbaccess.operations.clusters.observe import OBSERVE, observing
from dbaccess.operations.context import NO_DIRECTORY, NO_POLICY, WorkerContext, backoff
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED, announce_request, is_told
from dbaccess.operations.directory.refresh import read_afresh
from dbaccess.operations.grants.extension_outcome import (
    SETTLED,
    drop,
    due_extension,
    extension_event,
    fail_before_start,
    is_active,
    put_off,
    wait,
)
from dbaccess.operations.grants.lease import (
    as_failure,
    begin_attempt,
    check_lease,
    hand_to_revoker,
    is_mine,
    work_under_lease,
)
from dbaccess.operations.lockdown_effect import lockdown_of
from dbaccess.operations.message_updates import schedule_grant_update
from dbaccess.operations.requests.recheck_approvals import recheck
from dbaccess.ports import Job, UnitOfWork


class _Begun(NamedTuple):
    grant: Grant
    request: Request
    expires_at: datetime


def apply_extension(context: WorkerContext, grant_id: GrantId) -> None:
    """Set the later end, record a failed attempt, or keep the end; safe to repeat.

    A worker that is killed between the target and the commit leaves a login that could live longer, and a
    grant that ends as before. The revocation removes the login, and a repeated call in time completes the
    extension.
    """
    with context.begin() as uow:
        waiting = due_extension(uow, uow.grants.get(grant_id))
    if waiting is None:
        return
    try:
        _extend(context, grant_id, waiting)
    except Exception as error:  # noqa: BLE001 the boundary of one grant: an odd name on the target, say
        context.check_records()
        failure = as_failure(error, grant_id, doing="extension", touched=False)
        fail_before_start(context, grant_id, failure)


def _extend(context: WorkerContext, grant_id: GrantId, waiting: Request) -> None:
    if context.gives:
        read_afresh(context, waiting.id)
        announce_request(context, waiting.id)
    with context.leases.hold() as lease:
        begun = _start(context, grant_id, lease)
        if begun is not None and begun.grant.recipe is not None:
            _set_end(context, begun, begun.grant.recipe)


def _set_end(context: WorkerContext, begun: _Begun, recipe: Recipe) -> None:
    """Set the later end on the target, under this worker's lease."""

    def set_end() -> None:
        context.targets.driver(recipe.cluster).extend(
            recipe, valid_until=begun.expires_at, fence=lambda: check_lease(context, begun.grant)
        )
        _finish(context, begun)

    def failed(uow: UnitOfWork, grant: Grant, failure: TargetFailure) -> None:
        put_off(context, uow, grant, begun.request, failure)

    work_under_lease(context, begun.grant, set_end, doing="extension", failed=failed)


def _start(context: WorkerContext, grant_id: GrantId, lease: str) -> _Begun | None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        request = due_extension(uow, grant)
        if request is None or grant.expires_at is None:
            return None
        if context.gives and lockdown_of(uow, context.policy, grant) is not None:
            drop(uow, grant, request, why=f"{grant.target} is in lockdown.")
            uow.commit()
            return None
        try:
            missing = _missing(context, uow, request)
        except Refused as refused:
            drop(uow, grant, request, why=str(refused))
            uow.commit()
            return None
        if missing is not None:
            wait(uow, grant, request, missing)
            uow.commit()
            return None
        expires_at = grant.expires_at + request.terms.duration
        next_attempt_at = uow.now + backoff(grant.attempts + 1)
        started = advance(
            grant,
            EventKind.GRANT_EXTEND_STARTED,
            **begin_attempt(grant, lease, now=uow.now, next_attempt_at=next_attempt_at),
        )
        uow.grants.save(started)
        data: dict[str, object] = {"expires_at": expires_at.isoformat(), "attempt": started.attempts}
        data["policy_hash"] = context.policy.hash
        uow.record(extension_event(EventKind.GRANT_EXTEND_STARTED, started, request, data))
        uow.commit()
    return _Begun(started, request, expires_at)


def _missing(context: WorkerContext, uow: UnitOfWork, request: Request) -> str | None:
    """Return the code of what the extension waits for; raises `Refused` if it is not carried out."""
    if not context.gives:
        return NO_POLICY
    if observing(context, uow):
        return OBSERVE
    try:
        recheck(uow, context.policy, context.workspace, request)
    except DirectoryTooOld:
        return NO_DIRECTORY
    return None if is_told(uow, request) else NOT_ANNOUNCED


def _finish(context: WorkerContext, begun: _Begun) -> None:
    with context.begin() as uow:
        grant, request = uow.grants.lock(begun.grant.id), begun.request
        if not is_mine(grant, begun.grant) or not is_active(uow, grant):
            hand_to_revoker(uow, grant, begun.grant)
            uow.commit()
            return
        uow.extensions.add(
            Extension(
                request_id=request.id,
                grant_id=grant.id,
                added=request.terms.duration,
                expires_at=begun.expires_at,
                why=None,
                settled_at=uow.now,
            )
        )
        extended = advance(grant, EventKind.GRANT_EXTENDED, expires_at=begun.expires_at, **SETTLED)
        uow.grants.save(extended)
        added = request.terms.duration_seconds
        data = {"expires_at": begun.expires_at.isoformat(), "added_seconds": added}
        uow.record(extension_event(EventKind.GRANT_EXTENDED, extended, request, data))
        uow.messages.plan(request.id, MessageKind.THREAD_EXTENDED, channel="")
        uow.messages.plan(request.id, MessageKind.EXTENDED, channel=grant.holder_slack_id)
        # The job for the old end stays: it wakes up and finds nothing due.
        uow.enqueue(Job.REVOKE, grant.id, at=begun.expires_at)
        schedule_grant_update(uow, grant)
        uow.commit()
