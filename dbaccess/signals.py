"""Signals for a thread that waits for them."""

import contextlib
import os
import select
import signal
import threading
import time
from types import FrameType
from typing import Final

_TURN: Final = 0.2
"""Seconds that `wait` spends in one call of the system."""


class Signal:
    """Catches these signals from its creation on; created in the main thread, waited for in any.

    It uses a pipe, because a handler can interrupt another handler. There `threading.Event.set` deadlocks on
    a lock of its own thread. `queue.SimpleQueue` waits for ever if a signal arrives at its timeout (Python
    3.11).
    """

    def __init__(self, *numbers: signal.Signals, once: bool = False) -> None:
        """`once`: the first one is heard, and a second one has its default effect, which ends the process."""
        self._default_after = numbers if once else ()
        self._heard, self._call = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._call, False)
        for number in numbers:
            signal.signal(number, self._hear)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether a signal came; several that came meanwhile count as one."""
        until = None if seconds is None else time.monotonic() + seconds
        # In a burst the system may deliver a signal to another thread, which does not interrupt this call.
        # Python runs handlers in the main thread alone, so the main thread wakes up in turns.
        turn = _TURN if threading.current_thread() is threading.main_thread() else None
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            left = min((each for each in (turn, left) if each is not None), default=None)
            came, _, _ = select.select([self._heard], [], [], left)
            if came:
                os.read(self._heard, select.PIPE_BUF)
            if came or (until is not None and time.monotonic() >= until):
                return bool(came)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        for number in self._default_after:
            signal.signal(number, signal.SIG_DFL)
        with contextlib.suppress(BlockingIOError):  # a full pipe is signal enough
            os.write(self._call, b"!")
