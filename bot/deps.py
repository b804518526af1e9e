"""What the listeners work with."""

from dataclasses import dataclass

from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace
from dbaccess.ports import UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once a process in `wiring`, handed to every listener."""

    begin: UnitOfWorkFactory
    policy: Policy
    workspace: Workspace
