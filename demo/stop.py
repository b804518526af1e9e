"""Ctrl-C, heard between two steps."""

import signal
import time
from types import FrameType


class Stopped(Exception):
    """A person stopped the demo before all of it was started."""


class Stop:
    """`told` once a signal says so, however often. A flag: a handler may run where no lock can be taken."""

    def __init__(self) -> None:
        self.told = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._tell)

    def wait(self, seconds: float) -> bool:
        """Whether it was told; at the latest after so many seconds."""
        if not self.told:
            time.sleep(seconds)
        return self.told

    def go_on(self) -> None:
        """Raises `Stopped` once it was told."""
        if self.told:
            raise Stopped

    def _tell(self, _number: int, _frame: FrameType | None) -> None:
        self.told = True
