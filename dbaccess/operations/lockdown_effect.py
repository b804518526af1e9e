"""The effect of a lockdown on requests and grants."""

from dbaccess.domain.grant import Grant
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.policy import Policy
from dbaccess.ports import UnitOfWork


def refuse_in_lockdown(uow: UnitOfWork, policy: Policy, target: str, *, break_glass: bool) -> None:
    """Raise `InLockdown` if the target accepts no new requests."""
    for lockdown in uow.lockdowns.covering(target):
        if not (break_glass and policy.break_glass_in_lockdown):
            raise lockdown.refusal(target)


def lockdown_of(uow: UnitOfWork, policy: Policy, grant: Grant) -> Lockdown | None:
    """Return the lockdown that ends the grant; the policy may spare a later break-glass."""
    covering = uow.lockdowns.covering(grant.target)
    if covering and policy.break_glass_in_lockdown and uow.requests.get(grant.request_id).terms.break_glass:
        covering = [lockdown for lockdown in covering if grant.created_at <= lockdown.declared_at]
    return covering[0] if covering else None


def refuse_grant_in_lockdown(uow: UnitOfWork, policy: Policy, grant: Grant) -> None:
    """Raise `InLockdown` if a lockdown ends the grant."""
    lockdown = lockdown_of(uow, policy, grant)
    if lockdown is not None:
        raise lockdown.refusal(grant.target)
