"""The outcome of an approved extension that could not be set: it waits, is retried, or is dropped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.extension import Extension
from dbaccess.domain.failures import TOLD_AFTER
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.clusters.observe import OBSERVE
from dbaccess.operations.context import NO_DIRECTORY, NO_POLICY, WAIT_AGAIN, WorkerContext, backoff
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED
from dbaccess.operations.grants.lease import FREE, is_due
from dbaccess.operations.message_updates import plan_problem, schedule_message_update
from dbaccess.ports import Job, UnitOfWork

_WAITED_FOR = {
    NO_DIRECTORY: "Slack did not return the members of groups in time.",
    NO_POLICY: "the workers had no valid policy in time.",
    NOT_ANNOUNCED: "its message could not be posted in time.",
    OBSERVE: "the workers only observed: the control database was older than a target.",
}

SETTLED: Final[dict[str, Any]] = {**FREE, "attempts": 0, "next_attempt_at": None, "last_failure": None}
"""The fields of a grant on which nothing is due but its end."""


def give_up(uow: UnitOfWork, grant: Grant) -> Grant:
    """Drop the approved extension of a locked grant at its end, and tell the holder."""
    request = _approved(uow, grant)
    if request is None:
        return grant
    why = _WAITED_FOR.get(grant.last_failure or "", f"{grant.target} did not confirm it in time.")
    return drop(uow, grant, request, why=why)


def due_extension(uow: UnitOfWork, grant: Grant) -> Request | None:
    """Return the approved extension that is due on an active grant that no worker has."""
    return _approved(uow, grant) if is_active(uow, grant) and is_due(uow, grant) else None


def _approved(uow: UnitOfWork, grant: Grant) -> Request | None:
    """Return the approved extension that has no outcome yet."""
    settled = {extension.request_id for extension in uow.extensions.of(grant.id)}
    for request in uow.requests.of_grant(grant.id):
        approved = request.state is RequestState.APPROVED and request.id not in settled
        if approved and request.terms.kind is RequestKind.EXTENSION:
            return request
    return None


def drop(uow: UnitOfWork, grant: Grant, request: Request, *, why: str) -> Grant:
    """Return the grant, which keeps its end; the extension is not carried out, and the holder hears why."""
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
    dropped = advance(grant, EventKind.GRANT_NOT_EXTENDED, **SETTLED)
    uow.grants.save(dropped)
    uow.record(extension_event(EventKind.GRANT_NOT_EXTENDED, dropped, request, {"why": why}))
    uow.messages.plan(request.id, MessageKind.EXTENDED, channel=grant.holder_slack_id)
    schedule_message_update(uow, request.id)
    return dropped


def fail_before_start(context: WorkerContext, grant_id: GrantId, failure: TargetFailure) -> None:
    """Record a failure before the target was touched. An attempt that was begun is not counted again."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        request = due_extension(uow, grant)
        if request is not None:
            put_off(context, uow, replace(grant, attempts=grant.attempts + 1), request, failure)
            uow.commit()


def wait(uow: UnitOfWork, grant: Grant, request: Request, code: str) -> None:
    """Let the extension wait, which is no attempt; the code of what it waits for is recorded once."""
    waiting = replace(grant, next_attempt_at=uow.now + WAIT_AGAIN, last_failure=code)
    if grant.last_failure != code:
        waiting = advance(waiting, EventKind.GRANT_EXTEND_FAILED)
        data: dict[str, object] = {"code": code, "attempt": grant.attempts}
        uow.record(extension_event(EventKind.GRANT_EXTEND_FAILED, waiting, request, data))
        if code == NOT_ANNOUNCED:
            uow.messages.plan(request.id, MessageKind.PROBLEM, channel=grant.holder_slack_id)
        schedule_message_update(uow, request.id)
    uow.grants.save(waiting)
    uow.enqueue(Job.EXTEND, grant.id, at=waiting.next_attempt_at)


def put_off(
    context: WorkerContext, uow: UnitOfWork, grant: Grant, request: Request, failure: TargetFailure
) -> None:
    """Record a failed attempt; attempts go on until the grant ends."""
    failed = advance(
        grant,
        EventKind.GRANT_EXTEND_FAILED,
        **FREE,
        next_attempt_at=uow.now + backoff(grant.attempts),
        last_failure=failure.code,
    )
    uow.grants.save(failed)
    data: dict[str, object] = {"code": failure.code, "said": str(failure), "attempt": grant.attempts}
    uow.record(extension_event(EventKind.GRANT_EXTEND_FAILED, failed, request, data))
    if failed.attempts >= TOLD_AFTER:
        plan_problem(context, uow, failed, request.id)
    schedule_message_update(uow, request.id)
    uow.enqueue(Job.EXTEND, grant.id, at=failed.next_attempt_at)


def is_active(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether it is active and in time: from its end on a grant is the revoker's alone."""
    return grant.state is GrantState.ACTIVE and grant.expires_at is not None and uow.now < grant.expires_at


def extension_event(kind: EventKind, grant: Grant, request: Request, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=BY_WORKER, request_id=request.id, grant_id=grant.id, data=data)
