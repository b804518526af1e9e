"""The capture of a target's statements at this moment: shown, required by a rule, stored with a grant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import (
    CaptureLevel,
    Coverage,
    GrantCoverage,
    coverage_at,
    imported_coverage,
    of_own_login,
    of_own_logins,
)
from dbaccess.domain.errors import NotCaptured
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import PersonId
from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.rule import Rule
from dbaccess.domain.terms import Terms
from dbaccess.ports import UnitOfWork

NOT_CAPTURED = "not_captured"
"""The code of a wait for a canary; the wait is no attempt."""


def coverage_now(uow: UnitOfWork, policy: Policy, target: str, person: PersonId | None = None) -> Coverage:
    """Return how much is captured on the target, as its canaries prove it now.

    Where people have logins of their own, it is what holds for this person's, or for each without a person.
    """
    proved = _proved(uow, policy, target)
    found = policy.targets.get(target)
    if found is None or found.login is not LoginKind.PERSONAL:
        return proved
    canary = uow.canaries.of(target)
    unlogged = canary.logins if canary is not None else {}
    if person is None:
        return of_own_logins(proved, unlogged)
    return of_own_login(proved, policy.logins.get(person), unlogged)


def is_proved_now(uow: UnitOfWork, policy: Policy, target: str) -> bool:
    """Return whether the canaries of the target prove a capture now, whatever login a person has there."""
    return _proved(uow, policy, target).level is not CaptureLevel.NONE


def _proved(uow: UnitOfWork, policy: Policy, target: str) -> Coverage:
    """Return what the canaries of the target prove, whatever login a person has there.

    Where people have logins of their own, the worker's login sends the canary. It shows that statements
    arrive, and not that pgaudit is set for their logins as for its own.
    """
    found = policy.targets.get(target)
    capture = policy.clusters[found.cluster].capture if found is not None else None
    if found is None or capture is None:
        return Coverage(level=CaptureLevel.NONE, why=f"{target} does not log statements")
    if policy.clusters[found.cluster].replicas:
        return Coverage(level=CaptureLevel.NONE, why=f"statements on the replicas of {target} are not read")
    canary = uow.canaries.of(target)
    if capture.is_imported:
        imported_to = uow.log_positions.caught_up_at(found.cluster)
        proved = imported_coverage(canary, uow.now, imported_to=imported_to)
    else:
        proved = coverage_at(canary, uow.now)
    if found.login is LoginKind.PERSONAL and proved.level is CaptureLevel.FULL:
        return replace(proved, level=CaptureLevel.STATEMENTS)
    return proved


def log_known_to(uow: UnitOfWork, policy: Policy, cluster: str) -> datetime | None:
    """Return up to when the log of the cluster is known; None for a log of which nothing was imported."""
    capture = policy.clusters[cluster].capture
    is_imported = capture is not None and capture.is_imported
    return uow.log_positions.caught_up_at(cluster) if is_imported else uow.now


BEHIND: Final = timedelta(minutes=1)
"""How far the reader may be behind before people are told."""


def is_read_now(uow: UnitOfWork, cluster: str) -> bool:
    """Return whether the reader had all that the cluster's server had logged a moment ago."""
    read_to = uow.log_positions.caught_up_at(cluster)
    return read_to is not None and uow.now - read_to <= BEHIND


def refuse_uncaptured(uow: UnitOfWork, policy: Policy, terms: Terms) -> None:
    """Raise `NotCaptured` if the deciding rule requires capture and it is not proved now."""
    rule = _rule(policy, terms)
    if rule is None or not rule.require_capture:
        return
    coverage = coverage_now(uow, policy, terms.target, terms.requester)
    if coverage.level is CaptureLevel.NONE:
        raise NotCaptured(
            f"Rule {rule.id} requires that statements on {terms.target} are captured, and they are not: "
            f"{coverage.why}. Ask an operator to run: dbaccess doctor"
        )


def requires_capture(policy: Policy, terms: Terms) -> bool:
    """Return whether the deciding rule grants nothing that is not captured."""
    rule = _rule(policy, terms)
    return rule is not None and rule.require_capture


def record_coverage(
    uow: UnitOfWork, policy: Policy, grant: Grant, *, unlogged: str = "", anew: bool = True
) -> dict[str, object]:
    """Store the coverage with the grant that begins now, and return what its ledger entry says of it.

    Without the deciding rule the shape alone of its statements is kept: the least of all modes. `unlogged` is
    why the target does not log all that the person's own login runs. `anew`: no attempt before can have given
    anything, so that what the login ran until now is not the grant's.
    """
    rule = _rule(policy, uow.requests.get(grant.request_id).terms)
    mode = rule.capture if rule is not None else CaptureMode.SHAPE
    coverage = _proved(uow, policy, grant.target)
    if unlogged and coverage.level is not CaptureLevel.NONE:
        coverage = replace(coverage, level=CaptureLevel.NONE, why=unlogged)
    uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=coverage, mode=mode), anew=anew)
    checked_at = coverage.checked_at.isoformat() if coverage.checked_at else None
    return {"level": coverage.level.value, "checked_at": checked_at, "why": coverage.why, "mode": mode.value}


def _rule(policy: Policy, terms: Terms) -> Rule | None:
    return next((rule for rule in policy.rules if rule.id == terms.rule), None)
