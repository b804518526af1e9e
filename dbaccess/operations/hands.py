"""What the worker's operations work with."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from dbaccess.domain.policy import Policy
from dbaccess.operations.identify import Workspace
from dbaccess.ports import Directory, Messenger, Renderer, Sink, Targets, UnitOfWorkFactory

LEASE = timedelta(seconds=20)
"""How long a worker may be at one grant before another takes over; the target's own time-outs are shorter."""

MAX_BACKOFF = timedelta(seconds=60)

WAIT_AGAIN = timedelta(seconds=15)
NO_DIRECTORY = "directory"
"""The code of a wait for people and groups; it is not an attempt."""
NO_POLICY = "no_policy"
"""The code of a wait for a policy that may give; no attempt either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """The edges, and the worker's own configuration: the one that decides what is granted.

    `gives` is false where no file says so: then nothing is given by `policy`, and ends are told by it.
    """

    begin: UnitOfWorkFactory
    policy: Policy
    workspace: Workspace
    targets: Targets
    directory: Directory
    messenger: Messenger
    renderer: Renderer
    sink: Sink | None = None
    tries: int = 5
    gives: bool = True


def new_lease() -> str:
    """A name that no other attempt has."""
    return uuid4().hex


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 2 s, 4 s, 8 s … 60 s."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), MAX_BACKOFF)
