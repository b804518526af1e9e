"""The lines of the demo in its terminal, for as long as there is one."""

import os
import sys
import time


class Progress:
    """One line a step, with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def step(self, text: str) -> None:
        self.begin(f"{text}\n")

    def begin(self, text: str) -> None:
        """The line stays open for what comes of it."""
        say(f"{time.monotonic() - self._started:6.1f} s  {text}")


def say(text: str) -> None:
    """Write it; a terminal that was closed, or a pipe without a reader, takes nothing."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        # The interpreter flushes once more at its end, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
