"""Who works on what, for as long as they live."""

from contextlib import AbstractContextManager
from typing import Protocol


class Leases(Protocol):
    """Makes the names that `Grant.lease_id` holds."""

    def hold(self) -> AbstractContextManager[str]:
        """A name that is in force until the context ends, and no longer than its process lives.

        A process that is killed, that stops or that loses its network holds nothing after a few seconds.
        """

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this call has the turn of that name until the context ends; no other worker has it then.

        It saves double work and protects nothing: a worker that hangs keeps it, so others wait for a while
        and go on without it.
        """
