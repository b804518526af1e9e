"""Provisioning of an approved grant on its target."""

from dataclasses import replace
from functools import partial

from dbaccess.domain.events import BY_WORKER, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.operations.activity.capture import NOT_CAPTURED, record_coverage, requires_capture
from dbaccess.operations.clusters.observe import OBSERVE, is_observing
from dbaccess.operations.context import WorkerContext, backoff
from dbaccess.operations.grants.end_early import start_revocation
from dbaccess.operations.grants.lease import (
    FREE,
    as_failure,
    begin_attempt,
    check_lease,
    hand_to_revoker,
    is_mine,
    work_under_lease,
)
from dbaccess.operations.grants.provision_failure import (
    TIME_OVER,
    again_at,
    fail_before_start,
    is_due_to_provision,
    provision_event,
    put_off,
    put_off_unless_over,
    record_failure,
)
from dbaccess.operations.grants.provision_plan import Plan, ask_target, plan_grant
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.recipe import given_by_open_grants
from dbaccess.ports import Job, Provisioned, UnitOfWork


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
        fail_before_start(context, grant_id, failure)


def _provision(context: WorkerContext, grant_id: GrantId) -> None:
    plan = plan_grant(context, grant_id)
    if plan is None:
        return
    if is_observing(context, plan.recipe.cluster):
        put_off_unless_over(context, grant_id, OBSERVE)
        return
    plan = ask_target(context, plan)
    with context.leases.hold() as lease:
        grant = _start(context, plan, lease)
        if grant is not None:
            _give(context, grant)


def _give(context: WorkerContext, grant: Grant) -> None:
    """Provision the grant on its target, under this worker's lease."""
    recipe, expires_at = grant.recipe, grant.expires_at
    assert recipe is not None and expires_at is not None  # noqa: S101, PT018 set by _start

    def give() -> None:
        made = context.targets.driver(grant.cluster).provision(
            recipe, valid_until=expires_at, fence=lambda: check_lease(context, grant)
        )
        _activate(context, grant, made)

    work_under_lease(context, grant, give, doing="provisioning", failed=partial(record_failure, context))


def _start(context: WorkerContext, plan: Plan, lease: str) -> Grant | None:
    recipe = plan.recipe
    with context.begin() as uow:
        grant = uow.grants.lock(recipe.grant_id)
        if not is_due_to_provision(uow, grant):
            return None
        expires_at = grant.expires_at or uow.now + grant.duration
        if grant.recipe is None:
            given = plan.owned_before | given_by_open_grants(uow, recipe)
            recipe = replace(recipe, standing=tuple(r for r in recipe.standing if r not in given))
        if expires_at <= uow.now:
            start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=TIME_OVER)
            uow.commit()
            return None
        if plan.unlogged and requires_capture(context.policy, uow.requests.get(grant.request_id).terms):
            put_off(context, uow, grant, NOT_CAPTURED)
            uow.commit()
            return None
        timed = replace(grant, expires_at=expires_at)
        next_attempt_at = again_at(timed, uow.now, backoff(grant.attempts + 1))
        started = advance(
            grant,
            EventKind.GRANT_PROVISION_STARTED,
            recipe=recipe,
            begun_at=grant.begun_at if grant.expires_at else uow.now,
            expires_at=expires_at,
            **begin_attempt(grant, lease, now=uow.now, next_attempt_at=next_attempt_at),
        )
        uow.grants.save(started)
        data = {"recipe": recipe.as_json(), "expires_at": expires_at.isoformat(), "attempt": started.attempts}
        data |= {"policy_hash": context.policy.hash, **_approval(uow, grant)}
        data["capture"] = record_coverage(
            uow, context.policy, started, unlogged=plan.unlogged, anew=grant.expires_at is None
        )
        uow.record(provision_event(started, EventKind.GRANT_PROVISION_STARTED, data))
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


def _activate(context: WorkerContext, mine: Grant, made: Provisioned) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if not is_mine(grant, mine):
            hand_to_revoker(uow, grant, mine)
            uow.commit()
            return
        assert grant.recipe is not None and grant.expires_at is not None  # noqa: S101, PT018 set by _start
        active = advance(
            grant,
            EventKind.GRANT_ACTIVATED,
            activated_at=uow.now,
            recipe=replace(grant.recipe, login_identity=made.login_identity),
            **FREE,
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
        uow.record(provision_event(active, EventKind.GRANT_ACTIVATED, data))
        uow.messages.plan(grant.request_id, MessageKind.THREAD_ACTIVE, channel="")
        uow.messages.plan(grant.request_id, MessageKind.ACTIVE, channel=grant.holder_slack_id)
        uow.enqueue(Job.REVOKE, grant.id, at=grant.expires_at)
        schedule_message_update(uow, grant.request_id)
        uow.commit()
