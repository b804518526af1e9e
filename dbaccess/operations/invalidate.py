"""A grant ends where its holder left, or its role went out of the configuration."""

from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.people import Person
from dbaccess.operations.end_grant import send_out
from dbaccess.operations.hands import Hands
from dbaccess.operations.identify import is_fresh, is_read_lately
from dbaccess.ports import UnitOfWork

ROLE_GONE = "role gone from the configuration"
HOLDER_LEFT = "holder left"
HOLDER_IS_GUEST = "holder is a guest now"


def invalidate(hands: Hands) -> list[GrantId]:
    """Active grants that nobody could hold by the worker's configuration and people are on their way out.

    Only what Slack said lately of an account counts as having left: nobody has, who was not found or could
    not be read. What a role's definition is by now changes nothing: a grant keeps its recipe.
    """
    with hands.begin() as uow:
        active = [grant for grant in uow.grants.open() if grant.state is GrantState.ACTIVE]
        people = uow.directory.people(grant.holder_slack_id for grant in active)
        known = is_fresh(uow, hands.policy, hands.workspace)
        found = [
            g.id for g in active if _why(uow, hands, g, people.get(g.holder_slack_id) if known else None)
        ]
    return [grant_id for grant_id in found if _end(hands, grant_id)]


def _end(hands: Hands, grant_id: GrantId) -> bool:
    """Looked at again under the lock: it may be on its way out already."""
    with hands.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if grant.state is not GrantState.ACTIVE:
            return False
        known = is_fresh(uow, hands.policy, hands.workspace)
        holder = uow.directory.person(grant.holder_slack_id) if known else None
        why = _why(uow, hands, grant, holder)
        if not why:
            return False
        send_out(uow, grant, cause=EndCause.INVALIDATED, by="worker", note=why)
        uow.commit()
    return True


def _why(uow: UnitOfWork, hands: Hands, grant: Grant, holder: Person | None) -> str:
    """Empty where the grant stands; of a holder who is None nothing is known."""
    target = hands.policy.targets.get(grant.target)
    if hands.gives and (target is None or grant.role not in target.roles):
        return ROLE_GONE
    if holder is None or not is_read_lately(uow, holder):
        return ""
    if not holder.may_act or holder.team_id != hands.workspace.team_id:
        return HOLDER_LEFT
    return HOLDER_IS_GUEST if holder.is_guest and not _guests_may(uow, hands, grant) else ""


def _guests_may(uow: UnitOfWork, hands: Hands, grant: Grant) -> bool:
    """Whether the rule that decided is still there, and is for guests too."""
    rule_id = uow.requests.get(grant.request_id).terms.rule
    return any(rule.guests for rule in hands.policy.rules if rule.id == rule_id)
