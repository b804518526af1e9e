"""The lockdowns that concern one person."""

from dbaccess.domain.lockdown import Lockdown, LockdownRow
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.operations.lockdowns.declare import is_own
from dbaccess.operations.queries.who import visible_targets
from dbaccess.ports import UnitOfWork


def lockdowns_seen(uow: UnitOfWork, policy: Policy, person: Person) -> tuple[LockdownRow, ...]:
    """Return lockdowns of all targets and of targets that this person may see, oldest first."""
    found = uow.lockdowns.open()
    if not found:  # the usual case costs one query, without a pass through the rules
        return ()
    operator, visible = policy.is_operator(person), visible_targets(policy, person, uow.now)
    return tuple(
        LockdownRow(lockdown=one, may_lift=operator and not is_own(policy, person, one))
        for one in found
        if operator or one.target is None or one.target in visible
    )


def lockdown_covering(uow: UnitOfWork, target: str) -> Lockdown | None:
    """Return the oldest open lockdown that covers the target."""
    return next(iter(uow.lockdowns.covering(target)), None)
