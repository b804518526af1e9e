"""A grant ends where one of its roles became more than it was."""

from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.operations.end_grant import send_out
from dbaccess.operations.hands import Hands


def end_outgrown(hands: Hands, cluster: str) -> list[GrantId]:
    """Active grants whose roles give more than data by now are on their way out.

    Raises `TargetFailure` where the cluster does not answer. An extension is refused for the same reason.
    """
    with hands.begin() as uow:
        given = {given.grant_id: given.roles for given in uow.grants.given_on(cluster)}
    roles = sorted({role for several in given.values() for role in several})
    excess = hands.targets.driver(cluster).excess(roles) if roles else {}
    concerned = {
        grant_id: "; ".join(excess[role] for role in several if role in excess)
        for grant_id, several in given.items()
        if not excess.keys().isdisjoint(several)
    }
    return [grant_id for grant_id, why in concerned.items() if _end(hands, grant_id, why)]


def _end(hands: Hands, grant_id: GrantId, why: str) -> bool:
    with hands.begin() as uow:
        grant: Grant = uow.grants.lock(grant_id)
        # Looked at again under the lock: a grant on its way out already keeps its cause.
        if grant.state is not GrantState.ACTIVE:
            return False
        send_out(uow, grant, cause=EndCause.INVALIDATED, by="worker", note=f"{why} by now")
        uow.commit()
    return True
