"""An operator takes many grants away at once, from the command line."""

from collections.abc import Sequence

from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.policy import check_reason
from dbaccess.operations.end_grant import send_out_all
from dbaccess.ports import UnitOfWorkFactory

BATCH = 500
"""Grants a transaction: the ledger's lock is held for no longer than these take."""


def revoke_many(
    begin: UnitOfWorkFactory, *, actor: str, grant_ids: Sequence[GrantId], reason: str
) -> list[Grant]:
    """Those of these grants that were not on their way out before, revoking now; raises `BadReason`."""
    check_reason(reason, at_least=1)
    sent: list[Grant] = []
    for start in range(0, len(grant_ids), BATCH):
        with begin() as uow:
            batch = grant_ids[start : start + BATCH]
            locked = uow.grants.lock_free(batch)
            # What another has locked is waited for, or an operator would leave it out unseen.
            locked += [uow.grants.lock(one) for one in sorted(set(batch) - {grant.id for grant in locked})]
            held = [g for g in locked if g.state in {GrantState.PROVISIONING, GrantState.ACTIVE}]
            sent += send_out_all(uow, held, cause=EndCause.REVOKED, by=actor, note=reason)
            uow.commit()
    return sent
