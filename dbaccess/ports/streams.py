"""A receiver of the ledger's entries, as the use cases see it."""

from collections.abc import Sequence
from typing import Protocol

from dbaccess.domain.ledger import Entry, Expected


class Stream(Protocol):
    """A place outside that gets every entry, in order and at least once."""

    @property
    def place(self) -> str:
        """The name of the place, which holds no secret; another place has another name."""

    def held(self) -> Expected | None:
        """Return the last entry that the place itself shows; None where it shows none."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Take the entries, durably, in this order; raises `WitnessFailure`, which holds no secret.

        After a failure the same entries come again.
        """
