"""The job that provisions a grant, if that is still due."""

from dbaccess.domain.grant import GrantId
from dbaccess.operations.grants.provision import provision
from workers.wiring import of_this_process


def run(grant_id: int) -> None:
    provision(of_this_process().context, GrantId(grant_id))
