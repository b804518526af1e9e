"""What the worker's operations work with."""

from dataclasses import dataclass
from datetime import timedelta

from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace
from dbaccess.ports import Directory, Leases, Messenger, Renderer, Sink, Targets, UnitOfWorkFactory

LEASE = timedelta(seconds=20)
"""How long a worker may be at one grant before another takes over; the target's own time-outs are shorter."""

MAX_BACKOFF = timedelta(seconds=60)

WAIT_AGAIN = timedelta(seconds=15)
NO_DIRECTORY = "directory"
"""The code of a wait for people and groups; it is not an attempt."""
NO_POLICY = "no_policy"
"""The code of a wait for a policy that may give; no attempt either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerContext:
    """The edges, and the worker's own configuration: the one that decides what is granted.

    `gives` is false where no file says so: then nothing is given by `policy`, and ends are told by it.
    """

    begin: UnitOfWorkFactory
    policy: Policy
    workspace: Workspace
    targets: Targets
    leases: Leases
    directory: Directory
    messenger: Messenger
    renderer: Renderer
    sink: Sink | None = None
    gives: bool = True

    def check_records(self) -> None:
        """The same as the function."""
        check_records(self.begin)


def check_records(begin: UnitOfWorkFactory) -> None:
    """Raises where the control database does not answer: then no single grant is to blame."""
    with begin():
        return


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 2 s, 4 s, 8 s … 60 s."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), MAX_BACKOFF)
