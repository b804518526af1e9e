"""Provisioning of an approved grant on its target."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from dbaccess.domain.errors import (
    DirectoryTooOld,
    LostLease,
    Refused,
    TargetFailure,
)
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.failures import ROLE_TOO_POWERFUL, TOLD_AFTER
from dbaccess.domain.grant import SHELF_LIFE, EndCause, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.request import Request
from dbaccess.operations.break_glass.pending_review import check_pending_review
from dbaccess.operations.clusters.observe import OBSERVE, is_observing
from dbaccess.operations.context import LEASE, NO_DIRECTORY, NO_POLICY, WAIT_AGAIN, WorkerContext, backoff
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED, announce_request, is_told
from dbaccess.operations.directory.refresh import read_afresh
from dbaccess.operations.grants.attempt import as_failure, tell_problem
from dbaccess.operations.grants.end import release_lease, start_revocation
from dbaccess.operations.lockdown import lockdown_of
from dbaccess.operations.planning import schedule_message_update
from dbaccess.operations.recipe import draft_recipe, owned_by_others
from dbaccess.operations.requests.current_scope import check_granted
from dbaccess.operations.requests.recheck_approvals import recheck
from dbaccess.ports import Job, Provisioned, UnitOfWork

STANDING_CHANGED = "standing_changed"
"""A driver's code: the target changed since it was read, so it has to be read again."""

"""A driver's code: the role gives more than data. A retry changes nothing, and more time would be a risk."""

HOPELESS = frozenset({ROLE_TOO_POWERFUL, "version", "act_as", "on", "personal", "bad_name", "bad_login"})
"""A driver's codes that no retry changes: the target cannot do what the configuration asks."""

TIME_OVER = "Its time was over before it began."
TOO_LATE = "{} did not confirm within an hour. Request it again."
_WAITED_FOR = {
    NO_DIRECTORY: "Slack did not return the members of groups within an hour. Request it again.",
    NO_POLICY: "The workers had no valid policy for an hour. Request it again.",
    NOT_ANNOUNCED: "Its message could not be posted within an hour. Request it again.",
}
UNREADABLE = "Its recipe cannot be read."


class _Plan(NamedTuple):
    request: Request
    recipe: Recipe
    owned_before: frozenset[str]
    is_told: bool


def provision(context: WorkerContext, grant_id: GrantId) -> None:
    """Activate the grant, record a failed attempt, or start its end; safe to repeat.

    The intent is committed before the target is touched. The target's transaction ends with a check that the
    grant is still leased to this worker.
    """
    try:
        _provision(context, grant_id)
    except Exception as error:  # noqa: BLE001 the boundary of one grant: an odd name on the target, say
        context.check_records()
        failure = as_failure(error, grant_id, doing="provisioning", touched=False)
        _fail_before_start(context, grant_id, failure)


def _provision(context: WorkerContext, grant_id: GrantId) -> None:
    plan = _prepare(context, grant_id)
    if plan is None:
        return
    if is_observing(context, plan.recipe.cluster):
        _wait_unless_over(context, grant_id, OBSERVE)
        return
    plan = _ask_target(context, plan)
    with context.leases.hold() as lease:
        grant = _start(context, plan, lease)
        if grant is not None:
            _give(context, grant)


def _give(context: WorkerContext, grant: Grant) -> None:
    assert grant.recipe is not None and grant.expires_at is not None  # noqa: S101, PT018 set by _start
    try:
        made = context.targets.driver(grant.cluster).provision(
            grant.recipe, valid_until=grant.expires_at, fence=lambda: _check_lease(context, grant)
        )
        _activate(context, grant, made)
    except LostLease:
        _release(context, grant)
    except Exception as error:  # noqa: BLE001 the same boundary, once the target may have been changed
        context.check_records()
        _fail(context, grant, as_failure(error, grant.id, doing="provisioning", touched=True))


def _prepare(context: WorkerContext, grant_id: GrantId) -> _Plan | None:
    """Return what to grant by Slack and this worker's policy now; None if nothing is to be granted yet."""
    with context.begin() as uow:
        due = uow.grants.get(grant_id)
        if not _is_due(uow, due):
            return None
    if not context.gives:
        # This worker has no valid policy file; another one may.
        _wait_unless_over(context, grant_id, NO_POLICY)
        return None
    read_afresh(context, due.request_id)
    plan = _plan(context, grant_id)
    if plan is None or plan.is_told:
        return plan
    # Only requests that this policy allows are announced. That takes time, so the grant is checked again.
    if announce_request(context, due.request_id):
        return _plan(context, grant_id)
    # An approval that no reviewer could hear of gives no access; after an hour it must be requested again.
    _wait_unless_over(context, grant_id, NOT_ANNOUNCED)
    return None


def _plan(context: WorkerContext, grant_id: GrantId) -> _Plan | None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not _is_due(uow, grant):
            return None
        if grant.damaged:
            # Never made anew: an earlier attempt may have given access that only its recipe can remove.
            start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=UNREADABLE)
        if grant.damaged or _ends_if_over(uow, grant):
            uow.commit()
            return None
        lockdown = lockdown_of(uow, context.policy, grant)
        if lockdown is not None:
            by, why = lockdown.declared_by, lockdown.reason
            start_revocation(uow, grant, cause=EndCause.LOCKED_DOWN, by=by, note=why)
            uow.commit()
            return None
        request = uow.requests.get(grant.request_id)
        try:
            recheck(uow, context.policy, context.workspace, request)
            check_granted(uow, context.policy, request, grant)
            check_pending_review(uow, context.policy, request, grant)
        except DirectoryTooOld:
            _wait(context, uow, grant, NO_DIRECTORY)
            uow.commit()
            return None
        except Refused as refused:
            start_revocation(uow, grant, cause=EndCause.INVALIDATED, by=BY_WORKER, note=str(refused))
            uow.commit()
            return None
        requester = uow.directory.person(request.requester_slack_id)
        name = requester.name if requester else ""
        recipe = grant.recipe or draft_recipe(context.policy, grant, request, person_name=name)
        return _Plan(request, recipe, owned_by_others(uow, recipe), is_told(uow, request))


def _ends_if_over(uow: UnitOfWork, grant: Grant) -> bool:
    """Start the end of a grant that is over, before any wait: an earlier attempt may have given access."""
    if uow.now < grant.stale_at:
        return False
    too_late = uow.now >= grant.created_at + SHELF_LIFE
    late = _WAITED_FOR.get(grant.last_failure or "", TOO_LATE.format(grant.target))
    note = late if too_late else TIME_OVER
    start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=note)
    return True


def _wait_unless_over(context: WorkerContext, grant_id: GrantId, code: str) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not _is_due(uow, grant):
            return
        if not _ends_if_over(uow, grant):
            _wait(context, uow, grant, code)
        uow.commit()


def _wait(context: WorkerContext, uow: UnitOfWork, grant: Grant, code: str) -> None:
    """Record and report what is waited for, once; the wait is no attempt."""
    again_at = _again_at(grant, uow.now, WAIT_AGAIN)
    waiting = replace(grant, next_attempt_at=again_at, last_failure=code)
    if grant.last_failure != code:
        waiting = advance(waiting, EventKind.GRANT_PROVISION_FAILED)
        data = {"code": code, "attempt": grant.attempts, "touched": False}
        uow.record(_event(grant, EventKind.GRANT_PROVISION_FAILED, data))
        uow.messages.plan(grant.request_id, MessageKind.PROBLEM, channel=grant.holder_slack_id)
        if code == NOT_ANNOUNCED:  # the operators must fix a channel that accepts no message
            uow.messages.plan(grant.request_id, MessageKind.OPS_PROBLEM, channel=context.policy.ops_channel)
        schedule_message_update(uow, grant.request_id)
    uow.grants.save(waiting)
    uow.enqueue(Job.PROVISION, grant.id, at=waiting.next_attempt_at)


def _ask_target(context: WorkerContext, plan: _Plan) -> _Plan:
    """Add what only the target knows, read once; a recipe that was committed before stays as it is."""
    recipe = plan.recipe
    driver = context.targets.driver(recipe.cluster)
    if recipe.cluster_identity:
        return plan
    recipe = replace(recipe, cluster_identity=driver.facts().identity)
    if recipe.login_kind == LoginKind.PERSONAL.value:
        stands = driver.standing(recipe)
        recipe = replace(
            recipe, standing=stands.roles, role_identities=stands.role_identities, traces=stands.traces
        )
    return plan._replace(recipe=recipe)


def _start(context: WorkerContext, plan: _Plan, lease: str) -> Grant | None:
    recipe = plan.recipe
    with context.begin() as uow:
        grant = uow.grants.lock(recipe.grant_id)
        if not _is_due(uow, grant):
            return None
        expires_at = grant.expires_at or uow.now + grant.duration
        if grant.recipe is None:
            given = plan.owned_before | owned_by_others(uow, recipe)
            recipe = replace(recipe, standing=tuple(r for r in recipe.standing if r not in given))
        if expires_at <= uow.now:
            start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=TIME_OVER)
            uow.commit()
            return None
        started = advance(
            grant,
            EventKind.GRANT_PROVISION_STARTED,
            recipe=recipe,
            expires_at=expires_at,
            lease_id=lease,
            lease_until=uow.now + LEASE,
            attempts=grant.attempts + 1,
            # If this worker dies, its lease goes with it, and the next attempt waits as after a failure.
            next_attempt_at=_again_at(
                replace(grant, expires_at=expires_at), uow.now, backoff(grant.attempts + 1)
            ),
        )
        uow.grants.save(started)
        data = {"recipe": recipe.as_json(), "expires_at": expires_at.isoformat(), "attempt": started.attempts}
        data |= {"policy_hash": context.policy.hash, **_approval(uow, grant)}
        uow.record(_event(started, EventKind.GRANT_PROVISION_STARTED, data))
        uow.commit()
    return started


def _approval(uow: UnitOfWork, grant: Grant) -> dict[str, object]:
    """Return the worker's own record of the approval: the writer of the bot's entries is unproved."""
    reviews = [review for review in uow.reviews.of(grant.request_id) if review.approves]
    return {
        "fingerprint": uow.requests.get(grant.request_id).fingerprint,
        "reviewers": [review.reviewer for review in reviews],
        "reviewer_slack_ids": [review.reviewer_slack_id for review in reviews],
    }


def _check_lease(context: WorkerContext, mine: Grant) -> None:
    with context.begin() as uow:
        grant = uow.grants.get(mine.id)
        held = grant.state is GrantState.PROVISIONING and grant.lease_id == mine.lease_id
        in_time = grant.expires_at is not None and uow.now < grant.expires_at
        if not (held and in_time and grant.lease_until is not None and uow.now < grant.lease_until):
            raise LostLease(f"{grant.label} is no longer leased to this worker.")
        # The last check before the target's commit: a lockdown that is committed by now wins.
        if lockdown_of(uow, context.policy, grant) is not None:
            raise LostLease(f"{grant.target} is in lockdown.")


def _activate(context: WorkerContext, mine: Grant, made: Provisioned) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id != mine.lease_id or grant.state is not GrantState.PROVISIONING:
            release_lease(uow, grant, mine)
            uow.commit()
            return
        assert grant.recipe is not None and grant.expires_at is not None  # noqa: S101, PT018 set by _start
        active = advance(
            grant,
            EventKind.GRANT_ACTIVATED,
            activated_at=uow.now,
            recipe=replace(grant.recipe, login_identity=made.login_identity),
            lease_id=None,
            lease_until=None,
            attempts=0,
            next_attempt_at=None,
            last_failure=None,
        )
        uow.grants.save(active)
        data: dict[str, object] = {
            "login": grant.recipe.login,
            "login_identity": made.login_identity,
            "roles": list(made.roles),
            "tables": list(made.tables),
            "expires_at": grant.expires_at.isoformat(),
        }
        uow.record(_event(active, EventKind.GRANT_ACTIVATED, data))
        uow.messages.plan(grant.request_id, MessageKind.THREAD_ACTIVE, channel="")
        uow.messages.plan(grant.request_id, MessageKind.ACTIVE, channel=grant.holder_slack_id)
        uow.enqueue(Job.REVOKE, grant.id, at=grant.expires_at)
        schedule_message_update(uow, grant.request_id)
        uow.commit()


def _fail(context: WorkerContext, mine: Grant, failure: TargetFailure) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id == mine.lease_id:
            _record_failure(context, uow, grant, failure)
            uow.commit()


def _fail_before_start(context: WorkerContext, grant_id: GrantId, failure: TargetFailure) -> None:
    """Record the failure; an attempt that was begun is not counted again, because its next one has a time."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not _is_due(uow, grant):
            return
        if not _ends_if_over(uow, grant):
            # It is unknown what an attempt has given that was begun and not concluded.
            touched = grant.lease_id is not None
            failure = TargetFailure(str(failure), code=failure.code, touched=touched)
            _record_failure(context, uow, replace(grant, attempts=grant.attempts + 1), failure)
        uow.commit()


def _record_failure(context: WorkerContext, uow: UnitOfWork, grant: Grant, failure: TargetFailure) -> None:
    """Record a failed attempt; retries go on until the grant is stale.

    If the target was not touched, the clock starts anew.
    """
    if grant.state is not GrantState.PROVISIONING:
        release_lease(uow, grant, grant)
        return
    expires_at = grant.expires_at if failure.touched or not _fixed_now(uow, grant) else None
    # Once an attempt may have given access, only its recipe can remove that access.
    anew = failure.code == STANDING_CHANGED and expires_at is None
    failed = advance(
        grant,
        EventKind.GRANT_PROVISION_FAILED,
        lease_id=None,
        lease_until=None,
        expires_at=expires_at,
        recipe=None if anew else grant.recipe,
        next_attempt_at=_again_at(grant, uow.now, backoff(grant.attempts)),
        last_failure=failure.code,
    )
    uow.grants.save(failed)
    data = {"code": failure.code, "said": str(failure), "attempt": grant.attempts, "touched": failure.touched}
    uow.record(_event(failed, EventKind.GRANT_PROVISION_FAILED, data))
    # The recipe of an attempt that may have given access stays: no retry can make it anew.
    hopeless = failure.code in HOPELESS or (failure.code == STANDING_CHANGED and not anew)
    if hopeless or failed.attempts >= TOLD_AFTER:
        tell_problem(context, uow, grant, grant.request_id)
    if hopeless:
        start_revocation(uow, failed, cause=EndCause.INVALIDATED, by=BY_WORKER, note=str(failure))
    else:
        uow.enqueue(Job.PROVISION, grant.id, at=failed.next_attempt_at)
    schedule_message_update(uow, grant.request_id)


def _again_at(grant: Grant, now: datetime, wait: timedelta) -> datetime:
    """Return the time of the next attempt, at the latest when the grant is stale.

    It is then given up, and attempts may have given access.
    """
    return max(now, min(now + wait, grant.stale_at))


def _fixed_now(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether the attempt under this lease fixed the end; a killed one is unknown."""
    if grant.lease_until is None or grant.lease_until <= uow.now:
        return False
    return grant.expires_at == grant.lease_until - LEASE + grant.duration


def _release(context: WorkerContext, mine: Grant) -> None:
    """Release the lease: nothing was committed on the target, so a revocation may begin at once."""
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id == mine.lease_id:
            uow.grants.save(replace(grant, lease_id=None, lease_until=None, next_attempt_at=uow.now))
            uow.enqueue(Job.REVOKE if grant.state is GrantState.REVOKING else Job.PROVISION, grant.id)
            uow.commit()


def _is_due(uow: UnitOfWork, grant: Grant) -> bool:
    early = grant.next_attempt_at is not None and grant.next_attempt_at > uow.now
    return grant.state is GrantState.PROVISIONING and not early and uow.grants.is_free(grant, uow.now)


def _event(grant: Grant, kind: EventKind, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=BY_WORKER, request_id=grant.request_id, grant_id=grant.id, data=data)
