"""The context of the worker's use cases: edges, configuration and common waits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.policy import Policy
from dbaccess.operations.identity import Workspace
from dbaccess.ports import (
    Directory,
    Leases,
    Logs,
    Messenger,
    Renderer,
    Signer,
    Sink,
    Stream,
    Targets,
    UnitOfWorkFactory,
    Witness,
)

LEASE = timedelta(seconds=20)
"""How long a worker may work on one grant before another takes over; the target's own timeouts are shorter.
"""

MAX_BACKOFF = timedelta(seconds=60)

WAIT_AGAIN = timedelta(seconds=15)
NO_DIRECTORY = "directory"
"""The code of a wait for people and groups; the wait is no attempt."""
NO_POLICY = "no_policy"
"""The code of a wait for a policy that may grant; the wait is no attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerContext:
    """The edges, and the worker's own configuration, which decides what is granted.

    `gives` is false without a valid file: then `policy` grants nothing, and only serves for messages about
    ends. Without a `signer` the ledger gets no checkpoints.
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
    logs: Logs | None = None
    signer: Signer | None = None
    witnesses: tuple[Witness, ...] = ()
    streams: tuple[Stream, ...] = ()
    gives: bool = True

    def check_records(self) -> None:
        """Call `check_records` with this context's transactions."""
        check_records(self.begin)


def check_records(begin: UnitOfWorkFactory) -> None:
    """Raise if the control database does not answer: then no single grant is to blame."""
    with begin():
        return


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many failed attempts: 2 s, 4 s, 8 s … 60 s."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), MAX_BACKOFF)


PATIENT: Final = 30
"""Attempts with short waits; the later ones are a minute apart."""

RARELY: Final = timedelta(minutes=10)
"""The wait after those, so that a channel that is gone for good does not use up Slack's limits."""

MOST_TRIES: Final = PATIENT + timedelta(days=7) // RARELY
"""The attempts of one week. After them a message is given up, or people who left would cost more calls each
month.
"""


def wait_after(failure: SlackFailure, attempts: int) -> timedelta:
    """Return the wait before the next attempt, after so many failed ones."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return backoff(attempts + 1) if attempts < PATIENT else RARELY
