"""The size of batches, so that a batch takes about a given time."""

import time

FIRST, LEAST, MOST = 100, 20, 500
"""The first batch is small, so that it is soon over; the largest bounds what a transaction locks."""


class Batch:
    """Batches with a `size` that follows the time for one item of the last batch.

    A target gets slower with many logins.
    """

    def __init__(self, *, seconds: float, first: int = FIRST, least: int = LEAST, most: int = MOST) -> None:
        self.size = first
        self._seconds, self._least, self._most = seconds, least, most
        self._began = time.monotonic()

    def begin(self) -> int:
        """Return how many items to take now, and start the clock."""
        self._began = time.monotonic()
        return self.size

    def end(self, count: int) -> None:
        """Set the size of the next batch from the time that `count` items took.

        A batch that was not full does not show how fast a larger one is, so it never enlarges the next.
        """
        took = max(time.monotonic() - self._began, 0.001)
        size = int(min(max(count * self._seconds / took, self._least), self._most))
        self.size = size if count >= self.size else min(size, self.size)
