"""Canaries: logins like a grant's that run one marked statement, which must come back through the log."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from dbaccess.domain.coverage import (
    BACK_WITHIN,
    PROVED_FOR,
    Canary,
    CaptureLevel,
    Gap,
    GapCause,
    evaluate,
    is_due,
    not_sent,
    sent,
)
from dbaccess.domain.errors import InLockdown, LostLease, TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.own_login import LoginLogging, logged_since, why_unproved
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.target import Access, Target
from dbaccess.domain.trial import trial_tag
from dbaccess.operations.activity.capture import log_known_to
from dbaccess.operations.activity.own_logins import note_unlogged
from dbaccess.operations.clusters.observe import observing
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.credentials import new_password
from dbaccess.operations.lockdown_effect import refuse_in_lockdown
from dbaccess.operations.recipe import new_login
from dbaccess.ports import TargetDriver, UnitOfWork

log = structlog.get_logger()

PERSON = "canary"
"""Stands for the person in the name of the login."""

_NO_CONNECT = "no_connect"
_LONGEST_WHY = 200
_DEPTH = {Access.READ: 0, Access.WRITE: 1, Access.DDL: 2}


def check_capture(context: WorkerContext, target: str) -> None:
    """Record what the target's last canary has proved, and send the next one if it is due.

    The login has no role where it can connect without one. It lives for seconds, and its password is
    forgotten. Where people have logins of their own, the worker's own login runs the statement, and the
    their settings are read. Safe to repeat; a canary is on its way at most once.
    """
    of = context.policy.target(target)
    with context.begin() as uow:
        if not _evaluate(context, uow, of) or not _may_send(context, uow, target):
            return
    if of.login is LoginKind.EPHEMERAL:
        _send(context, of)
    else:
        _send_own(context, of)


def drop_canaries(context: WorkerContext) -> None:
    """Delete the canaries of targets that the policy no longer has, or no longer captures."""
    policy = context.policy
    captured = {
        target.name
        for target in policy.targets.values()
        if policy.clusters[target.cluster].capture is not None
    }
    with context.begin() as uow:
        gone = {canary.target for canary in uow.canaries.all()} - captured
        if gone:
            uow.canaries.drop(gone)
            uow.commit()


def _evaluate(context: WorkerContext, uow: UnitOfWork, of: Target) -> bool:
    """Record what the last canary has proved, with the gap that it opens or closes; return if one is due."""
    last = uow.canaries.of(of.name)
    known_to = log_known_to(uow, context.policy, of.cluster)
    if last is not None:
        evaluated = evaluate(last, known_to or last.sent_at)
        if evaluated != last:
            _note_gap(uow, last, evaluated)
            uow.canaries.put(evaluated)
            uow.commit()
            return False  # the next look sends one, if it is due
    return is_due(last, uow.now, known_to)


def _may_send(context: WorkerContext, uow: UnitOfWork, target: str) -> bool:
    """Return whether a worker may change something on the target now."""
    try:
        refuse_in_lockdown(uow, context.policy, target, break_glass=False)
    except InLockdown:
        return False
    return not observing(context, uow)


def _note_gap(uow: UnitOfWork, before: Canary, after: Canary) -> None:
    """A lost canary begins a gap at the last one that came back; the next one that comes back ends it."""
    was, now = (one.coverage.level is not CaptureLevel.NONE for one in (before, after))
    if was and not now and before.coverage.checked_at is not None:
        began_at = before.coverage.checked_at
        gap = Gap(
            cluster=after.cluster,
            target=after.target,
            cause=GapCause.CANARY_LOST,
            began_at=began_at,
            until=None,
            why=after.coverage.why,
        )
        uow.log_positions.add_gap(gap)
        log.warning("capture lost", target=after.target, why=after.coverage.why)
    elif now and not was:
        for gap in uow.log_positions.open_gaps(after.cluster):
            if (gap.target, gap.cause) == (after.target, GapCause.CANARY_LOST):
                uow.log_positions.add_gap(replace(gap, until=max(gap.began_at, after.sent_at)))
        log.info("capture proved", target=after.target, level=after.coverage.level.value)


def _send(context: WorkerContext, of: Target) -> None:
    # Known before its first statement, so that the reader finds it however fast the log is.
    canary = _begin(context, of, new_login(context.policy.installation, PERSON))
    driver = context.targets.driver(of.cluster)
    try:
        recipe = _recipe(context, of, canary, driver.facts().identity)
        _run_and_end(context, driver, recipe, canary)
    except (TargetFailure, LostLease, InLockdown) as failure:
        _put(context, not_sent(canary, _why(failure)))
    else:
        _put(context, sent(canary))


def _send_own(context: WorkerContext, of: Target) -> None:
    """Send the canary of a target on which people have logins of their own."""
    driver, logins = context.targets.driver(of.cluster), sorted(set(context.policy.logins.values()))
    try:
        found, login = driver.login_logging(logins, of.database), driver.own_login()
    except TargetFailure as failure:
        _put(context, not_sent(_begin(context, of, ""), _why(failure)))
        return
    note_unlogged(context, of, {login: look.unlogged for login, look in found.items()})
    canary = _begin(context, of, login, found)
    try:
        driver.mark_log(canary.marker)
    except TargetFailure as failure:
        _put(context, not_sent(canary, _why(failure)))
    else:
        _put(context, sent(canary))


def _run_and_end(context: WorkerContext, driver: TargetDriver, recipe: Recipe, canary: Canary) -> None:
    try:
        _run(context, driver, recipe, canary)
    finally:
        # If this fails too, the sweep removes the login: its mark says until when it may live.
        (ended,) = driver.revoke([recipe], elsewhere=lambda _: {}, log=ProgressLog())
        if isinstance(ended, TargetFailure):
            log.warning("canary left", target=canary.target, login=recipe.login, why=str(ended))


def _begin(
    context: WorkerContext, of: Target, login: str, found: Mapping[str, LoginLogging] | None = None
) -> Canary:
    """Store the canary that is about to be sent, with what was `found` of people's own logins."""
    with context.begin() as uow:
        last = uow.canaries.of(of.name)
        canary = Canary(
            target=of.name,
            cluster=of.cluster,
            login=login,
            marker=f"dbaccess-canary-{secrets.token_hex(16)}",
            sent_at=uow.now,
        )
        canary = replace(canary, coverage=last.coverage, logins=last.logins) if last else canary
        if found is not None:
            since = logged_since(_looks_before(last, uow.now), found)
            why = {login: why_unproved(login, look, since.get(login)) for login, look in found.items()}
            canary = replace(canary, logged_since=since, logins=why)
        uow.canaries.put(canary)
        uow.commit()
    return canary


def _looks_before(last: Canary | None, now: datetime) -> Mapping[str, datetime]:
    """Return what the looks before have found; nothing after a time without any."""
    return last.logged_since if last is not None and now - last.sent_at <= PROVED_FOR else {}


def _put(context: WorkerContext, canary: Canary) -> None:
    """Store what became of sending it, unless the reader has found it already."""
    with context.begin() as uow:
        last = uow.canaries.of(canary.target)
        if last is not None and last.marker == canary.marker and last.found is None:
            _note_gap(uow, last, canary)
            uow.canaries.put(canary)
            uow.commit()


def _run(context: WorkerContext, driver: TargetDriver, recipe: Recipe, canary: Canary) -> None:
    until = canary.sent_at + BACK_WITHIN

    def fence() -> None:
        with context.begin() as uow:
            refuse_in_lockdown(uow, context.policy, canary.target, break_glass=False)
            if uow.now >= until:
                raise LostLease("the canary took too long")

    try:
        driver.provision(recipe, valid_until=until, fence=fence)
    except TargetFailure as failure:
        roles = _least(context.policy.target(canary.target))
        if failure.code != _NO_CONNECT or not roles:
            raise
        # Where PUBLIC may not connect, a login of a grant can by its role alone.
        driver.provision(replace(recipe, roles=roles), valid_until=until, fence=fence)
    password = new_password()
    driver.set_password(recipe, password, fence=fence)
    driver.run_marked(recipe, password, canary.marker)


def _least(of: Target) -> tuple[str, ...]:
    """Return the roles of the target's least role that gives any."""
    giving = [role for role in of.roles.values() if role.grants and role.act_as is None]
    least = min(giving, key=lambda role: (_DEPTH[role.access], role.name), default=None)
    return tuple(sorted(least.grants)) if least else ()


def _recipe(context: WorkerContext, of: Target, canary: Canary, identity: str) -> Recipe:
    return Recipe(
        grant_id=GrantId(0),
        cluster=of.cluster,
        cluster_identity=identity,
        database=of.database,
        login_kind=of.login.value,
        login=canary.login,
        login_identity=None,
        tag=trial_tag(context.policy.installation, canary.sent_at + BACK_WITHIN, canary.login),
        roles=(),
        act_as=None,
        standing=(),
    )


def _why(failure: Exception) -> str:
    return f"the canary failed: {failure}"[:_LONGEST_WHY].rstrip(".")
