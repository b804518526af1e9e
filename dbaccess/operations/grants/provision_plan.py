"""The plan of a grant: the access that approval, policy, people and the target allow at this moment."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from dbaccess.domain.errors import DirectoryTooOld, NotCaptured, Refused
from dbaccess.domain.events import BY_WORKER
from dbaccess.domain.grant import EndCause, Grant, GrantId, Recipe
from dbaccess.domain.own_login import why_unproved
from dbaccess.domain.policy import LoginKind
from dbaccess.operations.activity.capture import NOT_CAPTURED, refuse_uncaptured
from dbaccess.operations.break_glass.pending_review import check_review_opened
from dbaccess.operations.context import NO_DIRECTORY, NO_POLICY, WorkerContext
from dbaccess.operations.delivery.announcement import NOT_ANNOUNCED, announce_request, is_told
from dbaccess.operations.directory.refresh import read_afresh
from dbaccess.operations.grants.end_early import start_revocation
from dbaccess.operations.grants.provision_failure import (
    abandon_if_over,
    is_due_to_provision,
    put_off,
    put_off_unless_over,
)
from dbaccess.operations.lockdown_effect import lockdown_of
from dbaccess.operations.recipe import draft_recipe, given_by_open_grants
from dbaccess.operations.requests.current_scope import check_granted
from dbaccess.operations.requests.recheck_approvals import recheck

UNREADABLE = "Its recipe cannot be read."


class Plan(NamedTuple):
    """The recipe to carry out, and the roles that other open grants gave before the target was asked.

    `unlogged` is why it is not proved that all is logged which the person's own login runs; empty: it is.
    """

    recipe: Recipe
    owned_before: frozenset[str]
    is_told: bool
    unlogged: str = ""


def plan_grant(context: WorkerContext, grant_id: GrantId) -> Plan | None:
    """Return what to give, by what Slack and this worker's policy say now; None: nothing is given yet."""
    with context.begin() as uow:
        due = uow.grants.get(grant_id)
        if not is_due_to_provision(uow, due):
            return None
    if not context.gives:
        # This worker has no valid policy file; another one may.
        put_off_unless_over(context, grant_id, NO_POLICY)
        return None
    read_afresh(context, due.request_id)
    plan = _plan(context, grant_id)
    if plan is None or plan.is_told:
        return plan
    # Only requests that this policy allows are announced. Two workers may come here at the same moment, and
    # the second sink has no idempotency key. The one that has the turn goes on with the grant, too.
    with context.leases.turn(f"announce {grant_id}") as is_mine:
        return _plan_once_told(context, due) if is_mine else None


def _plan_once_told(context: WorkerContext, due: Grant) -> Plan | None:
    # Telling takes time, so the grant is checked again.
    if announce_request(context, due.request_id):
        return _plan(context, due.id)
    # An approval that no reviewer could hear of gives no access; after an hour it must be requested again.
    put_off_unless_over(context, due.id, NOT_ANNOUNCED)
    return None


def _plan(context: WorkerContext, grant_id: GrantId) -> Plan | None:
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if not is_due_to_provision(uow, grant):
            return None
        if grant.damaged:
            # Never made anew: an earlier attempt may have given access that only its recipe can remove.
            start_revocation(uow, grant, cause=EndCause.ABANDONED, by=BY_WORKER, note=UNREADABLE)
        if grant.damaged or abandon_if_over(uow, grant):
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
            check_review_opened(uow, context.policy, request, grant)
            refuse_uncaptured(uow, context.policy, request.terms)
        except (DirectoryTooOld, NotCaptured) as wait:
            put_off(context, uow, grant, NO_DIRECTORY if isinstance(wait, DirectoryTooOld) else NOT_CAPTURED)
            uow.commit()
            return None
        except Refused as refused:
            start_revocation(uow, grant, cause=EndCause.INVALIDATED, by=BY_WORKER, note=str(refused))
            uow.commit()
            return None
        requester = uow.directory.person(request.requester_slack_id)
        name = requester.name if requester else ""
        recipe = grant.recipe or draft_recipe(context.policy, grant, request, person_name=name)
        return Plan(recipe, given_by_open_grants(uow, recipe), is_told(uow, request))


def _has_log(context: WorkerContext, cluster: str) -> bool:
    found = context.policy.clusters.get(cluster)
    return found is not None and found.capture is not None


def _logged_since(context: WorkerContext, recipe: Recipe) -> datetime | None:
    with context.begin() as uow:
        canary = uow.canaries.of(uow.grants.get(recipe.grant_id).target)
    return canary.logged_since.get(recipe.login) if canary is not None else None


def ask_target(context: WorkerContext, plan: Plan) -> Plan:
    """Return the plan with what only the target knows; a recipe that was committed before stays as it is."""
    recipe = plan.recipe
    driver = context.targets.driver(recipe.cluster)
    if recipe.login_kind == LoginKind.PERSONAL.value and _has_log(context, recipe.cluster):
        look = driver.login_logging([recipe.login], recipe.database)[recipe.login]
        plan = plan._replace(unlogged=why_unproved(recipe.login, look, _logged_since(context, recipe)))
    if recipe.cluster_identity:
        return plan
    recipe = replace(recipe, cluster_identity=driver.facts().identity)
    stands = driver.standing(recipe)
    recipe = replace(
        recipe, standing=stands.roles, role_identities=stands.role_identities, traces=stands.traces
    )
    return plan._replace(recipe=recipe)
