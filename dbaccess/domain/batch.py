"""How many items to take at once, so that a batch takes the time that it is meant to take."""

import time

FIRST, LEAST, MOST = 100, 20, 500
"""The first is soon over; the most bounds what a transaction locks."""


class Batch:
    """`size` follows what an item took in the last batch: many logins make a target slow for each."""

    def __init__(self, *, seconds: float, first: int = FIRST, least: int = LEAST, most: int = MOST) -> None:
        self.size = first
        self._seconds, self._least, self._most = seconds, least, most
        self._began = time.monotonic()

    def begin(self) -> int:
        """Return how many to take now; the time runs."""
        self._began = time.monotonic()
        return self.size

    def end(self, count: int) -> None:
        """So many were worked on: the next batch is as large as `seconds` allow at this speed.

        A batch that was not full does not tell how fast a larger one is: it makes the next one no larger.
        """
        took = max(time.monotonic() - self._began, 0.001)
        size = int(min(max(count * self._seconds / took, self._least), self._most))
        self.size = size if count >= self.size else min(size, self.size)
