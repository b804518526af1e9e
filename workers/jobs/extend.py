"""The job that carries out an approved extension, if it is still due."""

from dbaccess.domain.grant import GrantId
from dbaccess.operations.grants.apply_extension import apply_extension
from workers.wiring import of_this_process


def run(grant_id: int) -> None:
    apply_extension(of_this_process().context, GrantId(grant_id))
