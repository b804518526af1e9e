"""Leases: names for work in progress that end with their process."""

from contextlib import AbstractContextManager
from typing import Protocol


class Leases(Protocol):
    """Makes the names that `Grant.lease_id` holds."""

    def hold(self) -> AbstractContextManager[str]:
        """Yield a name that is valid until the context ends, and no longer than its process lives.

        A process that is killed, that stops or that loses its network holds no lease after a few seconds.
        """

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Yield whether this call has the turn of that name, alone among workers, until the context ends.

        A turn saves double work and protects nothing. A worker that hangs keeps it, so others wait for a
        while and then go on without it.
        """
