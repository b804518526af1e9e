"""A grant ends where one of its roles became more than it was."""

from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.operations.each import each
from dbaccess.operations.end_grant import send_out
from dbaccess.operations.hands import Hands


def end_outgrown(hands: Hands, cluster: str) -> list[GrantId]:
    """Active grants whose roles give more than data by now are on their way out.

    Raises `TargetFailure` where the cluster does not answer. An extension is refused for the same reason.
    """
    excess = hands.targets.driver(cluster).outgrown()
    if not excess:
        return []
    with hands.begin() as uow:
        given = uow.grants.given_on(cluster)
    concerned: dict[GrantId, str] = {}
    for one, why in excess.items():
        for grant in given:
            if grant.gives(one.login_oid, one.role_oid, one.role):
                concerned.setdefault(grant.grant_id, why)
    return each(
        concerned,
        lambda grant_id: _end(hands, grant_id, concerned[grant_id]),
        what="ending what outgrew",
        check=hands.check_records,
    )


def _end(hands: Hands, grant_id: GrantId, why: str) -> bool:
    with hands.begin() as uow:
        grant: Grant = uow.grants.lock(grant_id)
        # Looked at again under the lock: a grant on its way out already keeps its cause.
        if grant.state is not GrantState.ACTIVE:
            return False
        send_out(uow, grant, cause=EndCause.INVALIDATED, by="worker", note=f"{why} by now")
        uow.commit()
    return True
