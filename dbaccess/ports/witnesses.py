"""A witness, as the use cases see it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

from dbaccess.domain.ledger import Expected
from dbaccess.domain.witness import WitnessKind


class Witness(Protocol):
    """A place outside the control database. Its methods raise `WitnessFailure`, which holds no secret."""

    @property
    def kind(self) -> WitnessKind: ...

    @property
    def place(self) -> str:
        """The name of the place. Another place, such as the same path on another host, has another name."""

    @property
    def every(self) -> timedelta | None:
        """None if the place takes each checkpoint; otherwise the newest is due once in so much time."""

    def store(self, seq: int, line: str) -> None:
        """Store the line of the checkpoint of entry `seq`, durably.

        The same line may come again. A place that holds another line for this entry, and cannot hold both,
        raises.
        """

    def lines(self) -> Iterator[bytes] | None:
        """Return every line that the place holds, overwritten ones too; None if it cannot be read back."""

    def held(self) -> Expected | None:
        """Return the entry of the last checkpoint that the place itself shows; None where it shows none."""

    def check(self) -> str:
        """Return a sentence about the place for an operator; nothing is stored."""
