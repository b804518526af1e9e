"""An approved extension of the grant is carried out if that is still due."""

from dbaccess.domain.grant import GrantId
from dbaccess.operations.grants.extend import prolong
from workers.wiring import of_this_process


def run(grant_id: int) -> None:
    prolong(of_this_process().hands, GrantId(grant_id))
