"""How many grants to take at once, so that a batch takes the time that it is meant to take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST, LEAST, MOST = 100, 20, 500
"""The first is soon over; the most bounds what a transaction locks."""


class Batch:
    """`size` follows what the last batch took. A target with thousands of logins is slow for each of them."""

    def __init__(self, *, seconds: float) -> None:
        self.size = FIRST
        self._seconds = seconds

    @contextmanager
    def timed(self) -> Iterator[None]:
        """The next batch is as large as `seconds` allow, if it goes as fast as this one."""
        began = time.monotonic()
        yield
        took = max(time.monotonic() - began, 0.001)
        self.size = int(min(max(self.size * self._seconds / took, LEAST), MOST))
