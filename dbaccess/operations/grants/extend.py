"""Carrying out of an approved extension: on the target first, then in the control database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from dbaccess.domain.errors import DirectoryTooOld, LostLease, Refused, TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.extension import Extension
from dbaccess.domain.failures import TOLD_AFTER
from dbaccess.domain.grant import Grant, GrantId, GrantState, Recipe
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.clusters.observe import OBSERVE, observing
from dbaccess.operations.context import LEASE, NO_DIRECTORY, NO_POLICY, WAIT_AGAIN, WorkerContext, backoff
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED, announce_request, is_told
from dbaccess.operations.directory.refresh import read_afresh
from dbaccess.operations.grants.attempt import as_failure, tell_problem
from dbaccess.operations.grants.end import release_lease
from dbaccess.operations.lockdown import lockdown_of
from dbaccess.operations.planning import schedule_grant_update, schedule_message_update
from dbaccess.operations.requests.recheck_approvals import recheck
from dbaccess.ports import Job, UnitOfWork

_WAITED_FOR = {
    NO_DIRECTORY: "Slack did not return the members of groups in time.",
    NO_POLICY: "the workers had no valid policy in time.",
    NOT_ANNOUNCED: "its message could not be posted in time.",
    OBSERVE: "the workers only observed: the control database was older than a target.",
}


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
        waiting = _waiting(uow, uow.grants.get(grant_id))
    if waiting is None:
        return
    try:
        _prolong(context, grant_id, waiting)
    except Exception as error:  # noqa: BLE001 the boundary of one grant: an odd name on the target, say
        context.check_records()
        failure = as_failure(error, grant_id, doing="extending", touched=False)
        _fail_before_start(context, grant_id, failure)


def _prolong(context: WorkerContext, grant_id: GrantId, waiting: Request) -> None:
    if context.gives:
        read_afresh(context, waiting.id)
        announce_request(context, waiting.id)
    with context.leases.hold() as lease:
        begun = _start(context, grant_id, lease)
        if begun is not None and begun.grant.recipe is not None:
            _set_end(context, begun, begun.grant.recipe)


def _set_end(context: WorkerContext, begun: _Begun, recipe: Recipe) -> None:
    try:
        context.targets.driver(recipe.cluster).extend(
            recipe, valid_until=begun.expires_at, fence=lambda: _check_lease(context, begun.grant)
        )
        _finish(context, begun)
    except LostLease:
        _release(context, begun.grant)
    except Exception as error:  # noqa: BLE001 the same boundary, once the target may have been changed
        context.check_records()
        _fail(context, begun, as_failure(error, begun.grant.id, doing="extending", touched=True))


def give_up(uow: UnitOfWork, grant: Grant) -> Grant:
    """Drop the approved extension of a locked grant at its end, and tell the holder."""
    request = _approved(uow, grant)
    if request is None:
        return grant
    why = _WAITED_FOR.get(grant.last_failure or "", f"{grant.target} did not confirm it in time.")
    return _drop(uow, grant, request, why=why)


def _waiting(uow: UnitOfWork, grant: Grant) -> Request | None:
    """Return the approved extension that is due on an active grant without a lease."""
    early = grant.next_attempt_at is not None and grant.next_attempt_at > uow.now
    if early or not _is_active(uow, grant) or not uow.grants.is_free(grant, uow.now):
        return None
    return _approved(uow, grant)


def _approved(uow: UnitOfWork, grant: Grant) -> Request | None:
    """Return the approved extension that has no outcome yet."""
    settled = {extension.request_id for extension in uow.extensions.of(grant.id)}
    for request in uow.requests.of_grant(grant.id):
        approved = request.state is RequestState.APPROVED and request.id not in settled
        if approved and request.terms.kind is RequestKind.EXTENSION:
            return request
    return None


def _start(context: WorkerContext, grant_id: GrantId, lease: str) -> _Begun | None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        request = _waiting(uow, grant)
        if request is None or grant.expires_at is None:
            return None
        if context.gives and lockdown_of(uow, context.policy, grant) is not None:
            _drop(uow, grant, request, why=f"{grant.target} is in lockdown.")
            uow.commit()
            return None
        try:
            missing = _missing(context, uow, request)
        except Refused as refused:
            _drop(uow, grant, request, why=str(refused))
            uow.commit()
            return None
        if missing is not None:
            _wait(uow, grant, request, missing)
            uow.commit()
            return None
        expires_at = grant.expires_at + request.terms.duration
        started = advance(
            grant,
            EventKind.GRANT_EXTEND_STARTED,
            lease_id=lease,
            lease_until=uow.now + LEASE,
            attempts=grant.attempts + 1,
            # If this worker dies, its lease goes with it, and the next attempt waits as after a failure.
            next_attempt_at=uow.now + backoff(grant.attempts + 1),
        )
        uow.grants.save(started)
        data: dict[str, object] = {"expires_at": expires_at.isoformat(), "attempt": started.attempts}
        data["policy_hash"] = context.policy.hash
        uow.record(_event(EventKind.GRANT_EXTEND_STARTED, started, request, data))
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


def _check_lease(context: WorkerContext, mine: Grant) -> None:
    with context.begin() as uow:
        grant = uow.grants.get(mine.id)
        held = grant.lease_id == mine.lease_id and grant.lease_until and uow.now < grant.lease_until
        # A lockdown that is committed before the target's commit wins.
        if not (held and _is_active(uow, grant)) or lockdown_of(uow, context.policy, grant) is not None:
            raise LostLease(f"{grant.label} is no longer leased to this worker.")


def _finish(context: WorkerContext, begun: _Begun) -> None:
    with context.begin() as uow:
        grant, request = uow.grants.lock(begun.grant.id), begun.request
        if grant.lease_id != begun.grant.lease_id or not _is_active(uow, grant):
            release_lease(uow, grant, begun.grant)
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
        extended = _rest(advance(grant, EventKind.GRANT_EXTENDED, expires_at=begun.expires_at))
        uow.grants.save(extended)
        added = request.terms.duration_seconds
        data = {"expires_at": begun.expires_at.isoformat(), "added_seconds": added}
        uow.record(_event(EventKind.GRANT_EXTENDED, extended, request, data))
        uow.messages.plan(request.id, MessageKind.THREAD_EXTENDED, channel="")
        uow.messages.plan(request.id, MessageKind.EXTENDED, channel=grant.holder_slack_id)
        # The job for the old end stays: it wakes up and finds nothing due.
        uow.enqueue(Job.REVOKE, grant.id, at=begun.expires_at)
        schedule_grant_update(uow, grant)
        uow.commit()


def _drop(uow: UnitOfWork, grant: Grant, request: Request, *, why: str) -> Grant:
    """Drop the extension and tell the holder why; the end does not change."""
    uow.extensions.add(
        Extension(
            request_id=request.id,
            grant_id=grant.id,
            added=timedelta(0),
            expires_at=None,
            why=why,
            settled_at=uow.now,
        )
    )
    dropped = _rest(advance(grant, EventKind.GRANT_NOT_EXTENDED))
    uow.grants.save(dropped)
    uow.record(_event(EventKind.GRANT_NOT_EXTENDED, dropped, request, {"why": why}))
    uow.messages.plan(request.id, MessageKind.EXTENDED, channel=grant.holder_slack_id)
    schedule_message_update(uow, request.id)
    return dropped


def _fail(context: WorkerContext, begun: _Begun, failure: TargetFailure) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(begun.grant.id)
        if grant.lease_id != begun.grant.lease_id:
            return
        if grant.state is GrantState.ACTIVE:
            _put_off(context, uow, grant, begun.request, failure)
        else:
            release_lease(uow, grant, begun.grant)
        uow.commit()


def _fail_before_start(context: WorkerContext, grant_id: GrantId, failure: TargetFailure) -> None:
    """Record the failure; an attempt that was begun is not counted again, because its next one has a time."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        request = _waiting(uow, grant)
        if request is not None:
            _put_off(context, uow, replace(grant, attempts=grant.attempts + 1), request, failure)
            uow.commit()


def _wait(uow: UnitOfWork, grant: Grant, request: Request, code: str) -> None:
    """Record what is waited for, once; the wait is no attempt."""
    waiting = replace(grant, next_attempt_at=uow.now + WAIT_AGAIN, last_failure=code)
    if grant.last_failure != code:
        waiting = advance(waiting, EventKind.GRANT_EXTEND_FAILED)
        data: dict[str, object] = {"code": code, "attempt": grant.attempts}
        uow.record(_event(EventKind.GRANT_EXTEND_FAILED, waiting, request, data))
        schedule_message_update(uow, request.id)
    uow.grants.save(waiting)
    uow.enqueue(Job.EXTEND, grant.id, at=waiting.next_attempt_at)


def _put_off(
    context: WorkerContext, uow: UnitOfWork, grant: Grant, request: Request, failure: TargetFailure
) -> None:
    """Delay the next attempt; retries go on until the grant ends."""
    failed = advance(
        grant,
        EventKind.GRANT_EXTEND_FAILED,
        lease_id=None,
        lease_until=None,
        next_attempt_at=uow.now + backoff(grant.attempts),
        last_failure=failure.code,
    )
    uow.grants.save(failed)
    data: dict[str, object] = {"code": failure.code, "said": str(failure), "attempt": grant.attempts}
    uow.record(_event(EventKind.GRANT_EXTEND_FAILED, failed, request, data))
    if failed.attempts >= TOLD_AFTER:
        tell_problem(context, uow, failed, request.id)
    schedule_message_update(uow, request.id)
    uow.enqueue(Job.EXTEND, grant.id, at=failed.next_attempt_at)


def _release(context: WorkerContext, mine: Grant) -> None:
    """Release the lease: nothing was committed on the target, so a revocation may begin at once."""
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id == mine.lease_id:
            uow.grants.save(replace(grant, lease_id=None, lease_until=None, next_attempt_at=uow.now))
            uow.enqueue(Job.REVOKE if grant.state is GrantState.REVOKING else Job.EXTEND, grant.id)
            uow.commit()


def _is_active(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether the grant is active and in time; after its end it belongs to the revoker."""
    return grant.state is GrantState.ACTIVE and grant.expires_at is not None and uow.now < grant.expires_at


def _rest(grant: Grant) -> Grant:
    """Return the grant with nothing due but its end."""
    return replace(
        grant, lease_id=None, lease_until=None, attempts=0, next_attempt_at=None, last_failure=None
    )


def _event(kind: EventKind, grant: Grant, request: Request, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=BY_WORKER, request_id=request.id, grant_id=grant.id, data=data)
