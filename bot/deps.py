"""The dependencies of the listeners."""

from dataclasses import dataclass

from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace
from dbaccess.ports import UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once for each process in `wiring`, and passed to every listener."""

    begin: UnitOfWorkFactory
    policy: Policy
    workspace: Workspace
