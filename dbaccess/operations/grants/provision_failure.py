"""A grant that cannot be given yet: what it waits for, what failed, and until when attempts go on."""

from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.failures import ROLE_TOO_POWERFUL, TOLD_AFTER, failure_in_words
from dbaccess.domain.grant import SHELF_LIFE, EndCause, Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.operations.activity.capture import NOT_CAPTURED
from dbaccess.operations.context import LEASE, NO_DIRECTORY, NO_POLICY, WAIT_AGAIN, WorkerContext, backoff
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED
from dbaccess.operations.grants.end_early import start_revocation
from dbaccess.operations.grants.lease import FREE, is_due
from dbaccess.operations.message_updates import plan_problem, schedule_message_update
from dbaccess.ports import Job, UnitOfWork

STANDING_CHANGED = "standing_changed"
"""A driver's code: the target changed since it was read, so it has to be read again."""

HOPELESS = frozenset({ROLE_TOO_POWERFUL, "version", "act_as", "on", "personal", "bad_name", "bad_login"})
"""A driver's codes that no retry changes: the target cannot do what the configuration asks."""

TIME_OVER = "Its time was over before it began."
TOO_LATE = "{} did not confirm within an hour. Request it again."
_WAITED_FOR = {
    NO_DIRECTORY: "Slack did not return the members of groups within an hour. Request it again.",
    NO_POLICY: "The workers had no valid policy for an hour. Request it again.",
    NOT_CAPTURED: "Statements were not captured for an hour. Request it again.",
    NOT_ANNOUNCED: "Its message could not be posted within an hour. Request it again.",
}


def abandon_if_over(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether its time is over; then it is revoking, for an earlier attempt may have given."""
    if uow.now < grant.stale_at:
        return False
    too_late = uow.now >= grant.created_at + SHELF_LIFE
    late = _WAITED_FOR.get(grant.last_failure or "", TOO_LATE.format(grant.target))
    note = late if too_late else TIME_OVER
    start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=note)
    return True


def put_off_unless_over(context: WorkerContext, grant_id: GrantId, code: str) -> None:
    """Let the grant wait, or give it up where its time is over."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not is_due_to_provision(uow, grant):
            return
        if not abandon_if_over(uow, grant):
            put_off(context, uow, grant, code)
        uow.commit()


def put_off(context: WorkerContext, uow: UnitOfWork, grant: Grant, code: str) -> None:
    """Let the grant wait, which is no attempt; the code of what it waits for is told and recorded once."""
    waiting = replace(grant, next_attempt_at=again_at(grant, uow.now, WAIT_AGAIN), last_failure=code)
    if grant.last_failure != code:
        waiting = advance(waiting, EventKind.GRANT_PROVISION_FAILED)
        said = failure_in_words(code, target=grant.target)
        data = {"code": code, "said": said, "attempt": grant.attempts, "touched": False}
        uow.record(provision_event(grant, EventKind.GRANT_PROVISION_FAILED, data))
        uow.messages.plan(grant.request_id, MessageKind.PROBLEM, channel=grant.holder_slack_id)
        if code == NOT_ANNOUNCED:  # the operators must fix a channel that accepts no message
            uow.messages.plan(grant.request_id, MessageKind.OPS_PROBLEM, channel=context.policy.ops_channel)
        schedule_message_update(uow, grant.request_id)
    uow.grants.save(waiting)
    uow.enqueue(Job.PROVISION, grant.id, at=waiting.next_attempt_at)


def fail_before_start(context: WorkerContext, grant_id: GrantId, failure: TargetFailure) -> None:
    """Record a failure before the target was touched. An attempt that was begun is not counted again."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not is_due_to_provision(uow, grant):
            return
        if not abandon_if_over(uow, grant):
            # It is unknown what an attempt has given that was begun and not concluded.
            touched = grant.lease_id is not None
            failure = TargetFailure(str(failure), code=failure.code, touched=touched)
            record_failure(context, uow, replace(grant, attempts=grant.attempts + 1), failure)
        uow.commit()


def record_failure(context: WorkerContext, uow: UnitOfWork, grant: Grant, failure: TargetFailure) -> None:
    """Record a failed attempt; attempts go on until the grant is stale. Untouched, its clock starts anew."""
    expires_at = grant.expires_at if failure.touched or not _fixed_now(uow, grant) else None
    # Once an attempt may have given access, only its recipe can remove that access.
    anew = failure.code == STANDING_CHANGED and expires_at is None
    failed = advance(
        grant,
        EventKind.GRANT_PROVISION_FAILED,
        **FREE,
        expires_at=expires_at,
        recipe=None if anew else grant.recipe,
        next_attempt_at=again_at(grant, uow.now, backoff(grant.attempts)),
        last_failure=failure.code,
    )
    uow.grants.save(failed)
    data = {"code": failure.code, "said": str(failure), "attempt": grant.attempts, "touched": failure.touched}
    uow.record(provision_event(failed, EventKind.GRANT_PROVISION_FAILED, data))
    # The recipe of an attempt that may have given access stays: no retry can make it anew.
    hopeless = failure.code in HOPELESS or (failure.code == STANDING_CHANGED and not anew)
    if hopeless or failed.attempts >= TOLD_AFTER:
        plan_problem(context, uow, grant, grant.request_id)
    if hopeless:
        start_revocation(uow, failed, cause=EndCause.INVALIDATED, by=BY_WORKER, note=str(failure))
    else:
        uow.enqueue(Job.PROVISION, grant.id, at=failed.next_attempt_at)
    schedule_message_update(uow, grant.request_id)


def again_at(grant: Grant, now: datetime, wait: timedelta) -> datetime:
    """Return when the next attempt comes: at the latest when the grant is stale, and is given up."""
    return max(now, min(now + wait, grant.stale_at))


def _fixed_now(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether the attempt under this lease fixed the end; a killed one is unknown."""
    if grant.lease_until is None or grant.lease_until <= uow.now:
        return False
    return grant.expires_at == grant.lease_until - LEASE + grant.duration


def is_due_to_provision(uow: UnitOfWork, grant: Grant) -> bool:
    return grant.state is GrantState.PROVISIONING and is_due(uow, grant)


def provision_event(grant: Grant, kind: EventKind, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=BY_WORKER, request_id=grant.request_id, grant_id=grant.id, data=data)
