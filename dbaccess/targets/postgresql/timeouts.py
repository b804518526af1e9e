"""The time limits for a cluster."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """In seconds.

    `stall` is how long the server keeps a silent transaction. `held` limits each statement under the
    cluster's lock, and the lock itself where the work is in another database. It is longer than `stall`: the
    server ends work that stalls before it frees that work's lock.
    """

    connect: int = 5
    answer: float = 30.0
    statement: float = 20.0
    lock: float = 10.0
    stall: float = 3.0
    held: float = 4.0
    sessions: float = 10.0
