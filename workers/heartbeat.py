"""Heartbeats: a part shows its progress, and the supervisor replaces one that hangs."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

BEAT_EVERY: Final = 0.5
SILENT_FOR: Final = 3.5
"""Seconds without a beat after which a part counts as stopped."""

STUCK_AFTER: Final = 15.0
"""Seconds without a round after which a part that works in rounds makes no progress."""

_BEHIND: Final = 1.0
"""After so many seconds between two checks it was the supervisor that stood still, and no part is to blame.
"""

_progress: list[Callable[[], bool]] = []
"""The progress of this process, which is one part."""


def beat_while(progress: Callable[[], bool]) -> None:
    """Count this process as stopped once `progress` is false."""
    _progress.append(progress)


@dataclass(slots=True)
class Pulse:
    """Memory that a part shares with its supervisor, created before the fork."""

    _beats: Any = field(default_factory=lambda: multiprocessing.RawValue("Q", 0))
    _seen: int = 0
    _seen_at: float = field(default_factory=time.monotonic)
    _looked_at: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """In the part: beat from now on, in a thread of its own."""
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def is_silent(self) -> bool:
        """In the supervisor, repeatedly: return whether the part has stopped."""
        now, before = time.monotonic(), self._looked_at
        self._looked_at = now
        if self._beats.value != self._seen or now - before > _BEHIND:
            self._seen, self._seen_at = self._beats.value, now
        return now - self._seen_at > SILENT_FOR

    def _beat(self) -> None:
        while True:
            if all(progress() for progress in _progress):
                self._beats.value += 1
            time.sleep(BEAT_EVERY)
