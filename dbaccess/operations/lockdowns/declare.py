"""Declaring and lifting of a lockdown, by two different operators."""

from dataclasses import dataclass, replace

from dbaccess.domain.errors import AlreadyDecided, AlreadyOpen, NotEligible, NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lockdown import EVERY_TARGET, Lockdown, LockdownId
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy, check_reason
from dbaccess.operations.identity import Workspace, identify, look_up, operator
from dbaccess.operations.lockdowns.lifters import who_lifts
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """The actor: a person with the account that clicked, or the command line, which has no account."""

    name: str
    slack_id: SlackId | None = None


def declare_lockdown(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    target: str | None,
    reason: str,
    idempotency_key: str,
) -> Lockdown:
    """Refuse requests on the target, or on every target for None, from this commit on.

    The worker ends its grants.

    Raises `NotYours`, `UnknownName`, `AlreadyOpen`, `BadReason` or `DuplicateRequest`.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        check_may_declare(uow, policy=policy, workspace=workspace, slack_id=slack_id, target=target)
        by = By(name=policy.person_id(slack_id), slack_id=slack_id)
        lockdown = _declare(uow, target=target, reason=reason, by=by)
        uow.commit()
    return lockdown


def declare_from_command_line(
    begin: UnitOfWorkFactory, *, actor: str, target: str | None, reason: str
) -> Lockdown:
    """Declare it with the control database's own login; the caller knows that the target exists."""
    with begin() as uow:
        lockdown = _declare(uow, target=target, reason=reason, by=By(name=actor))
        uow.commit()
    return lockdown


def lift_lockdown(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    lockdown_id: LockdownId,
    reason: str,
    idempotency_key: str,
) -> Lockdown:
    """Accept requests again; ended grants stay ended.

    Raises `NotYours`, `AlreadyDecided`, `BadReason`, `DuplicateRequest`, or `NotEligible` for the operator
    who declared it.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        lockdown = uow.lockdowns.lock(lockdown_id)
        check_may_lift(uow, policy=policy, workspace=workspace, slack_id=slack_id, lockdown=lockdown)
        lockdown = _lift(
            uow, lockdown, reason=reason, by=By(name=policy.person_id(slack_id), slack_id=slack_id)
        )
        uow.commit()
    return lockdown


def lift_from_command_line(
    begin: UnitOfWorkFactory, *, actor: str, target: str | None, reason: str
) -> Lockdown:
    """Lift the lockdown of that target; raises `AlreadyDecided` if there is none."""
    with begin() as uow:
        found = _open_of(uow, target)
        if found is None:
            raise AlreadyDecided(f"{target or EVERY_TARGET} is not in lockdown.")
        lockdown = uow.lockdowns.lock(found.id)
        if operator(lockdown.declared_by) == operator(actor):
            raise NotEligible(_OWN)
        lockdown = _lift(uow, lockdown, reason=reason, by=By(name=actor))
        uow.commit()
    return lockdown


def check_may_declare(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, target: str | None
) -> Person:
    """Return the operator; raises `NotYours`, `UnknownName`, or `AlreadyOpen` for a second lockdown."""
    person = identify(uow, slack_id, policy, workspace)
    if not policy.is_operator(person):
        raise NotYours("Only an operator declares a lockdown.")
    # A target that left the configuration may still have grants to end.
    if target is not None and target not in policy.targets and not uow.lockdowns.count_open(target):
        policy.target(target)
    lockdown = _open_of(uow, target)
    if lockdown is not None:
        lifts = who_lifts(uow, policy, workspace, target=target, declared=lockdown.declared_slack_id)
        by = _declarer(uow, policy, lockdown)
        raise AlreadyOpen(f"{lockdown.label} is already in lockdown, by {by}. {lifts}")
    return person


def check_may_lift(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, lockdown: Lockdown
) -> None:
    """Raise `NotYours`, `AlreadyDecided`, or `NotEligible` for the person who declared it."""
    person = identify(uow, slack_id, policy, workspace)
    if not policy.is_operator(person):
        raise NotYours("Only an operator lifts a lockdown.")
    if is_own(policy, person, lockdown):
        lifts = who_lifts(uow, policy, workspace, target=lockdown.target, declared=slack_id)
        raise NotEligible(f"You declared this lockdown. {lifts}")
    if lockdown.lifted_at is not None:
        raise AlreadyDecided(f"The lockdown of {lockdown.label} is already lifted.")


def is_own(policy: Policy, person: Person, lockdown: Lockdown) -> bool:
    """Return whether this person declared it, by any of their accounts or by the name then."""
    declared = lockdown.declared_slack_id
    same_human = declared is not None and policy.is_same(person.slack_id, declared)
    return same_human or policy.person_id(person.slack_id) == lockdown.declared_by


def _declarer(uow: UnitOfWork, policy: Policy, lockdown: Lockdown) -> str:
    """Return the shown name of the operator; of the command line the name that the lockdown has."""
    declared = lockdown.declared_slack_id
    person = look_up(uow, declared, policy) if declared is not None else None
    return person.shown if person is not None else lockdown.declared_by


def _open_of(uow: UnitOfWork, target: str | None) -> Lockdown | None:
    """Return the open lockdown of exactly this target, or of every target for None."""
    covering = uow.lockdowns.covering(target or "")
    return next((lockdown for lockdown in covering if lockdown.target == target), None)


_OWN = "You declared this lockdown: another operator lifts it."


def _declare(uow: UnitOfWork, *, target: str | None, reason: str, by: By) -> Lockdown:
    check_reason(reason, at_least=1)
    lockdown = uow.lockdowns.add(
        Lockdown(
            id=LockdownId(0),
            target=target,
            reason=reason,
            declared_by=by.name,
            declared_slack_id=by.slack_id,
            declared_at=uow.now,
        )
    )
    _record(uow, EventKind.LOCKDOWN_DECLARED, lockdown, by=by, reason=reason)
    return lockdown


def _lift(uow: UnitOfWork, lockdown: Lockdown, *, reason: str, by: By) -> Lockdown:
    check_reason(reason, at_least=1)
    lifted = replace(
        lockdown, lifted_by=by.name, lifted_slack_id=by.slack_id, lift_reason=reason, lifted_at=uow.now
    )
    uow.lockdowns.lift(lifted)
    _record(uow, EventKind.LOCKDOWN_LIFTED, lifted, by=by, reason=reason)
    return lifted


def _record(uow: UnitOfWork, kind: EventKind, lockdown: Lockdown, *, by: By, reason: str) -> None:
    data = {"lockdown": lockdown.id, "target": lockdown.target, "slack_id": by.slack_id, "reason": reason}
    uow.record(Event(kind=kind, actor=by.name, data=data))
    uow.enqueue(Job.LOCKDOWN, lockdown.id)
