"""Names with an expiry, for processes that run for months and must not keep names for ever."""

import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

FEW: Final = 1000
"""So many names are kept, expired or not."""


class Until(Generic[Key]):
    """Expiry times by name; expired ones are dropped now and then. Not safe with several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[Key, float] = {}
        self._most = FEW

    def __len__(self) -> int:
        return len(self._times)

    def put(self, key: Key, seconds: float) -> None:
        """Keep the name for so many seconds from now on."""
        if len(self._times) >= self._most:
            now = self._clock()
            self._times = {kept: at for kept, at in self._times.items() if at > now}
            # The names are searched again only when as many were added, so that each one costs little.
            self._most = FEW + 2 * len(self._times)
        self._times[key] = self._clock() + seconds

    def left(self, key: Key) -> float:
        """Return for how many seconds the name still holds; 0 if it has expired."""
        return max(0.0, self._times[key] - self._clock()) if key in self._times else 0.0

    def drop(self, key: Key) -> None:
        """Remove the name."""
        self._times.pop(key, None)
