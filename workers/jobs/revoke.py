"""The job that revokes everything due on the grant's cluster."""

from dbaccess.domain.grant import GrantId
from dbaccess.operations.grants.revoke import revoke
from workers.wiring import of_this_process


def run(grant_id: int) -> None:
    revoke(of_this_process().context, GrantId(grant_id))
