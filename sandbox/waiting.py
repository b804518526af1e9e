"""Waiting for what another process will do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that no machine takes, however busy it is: only a fault makes anything wait so long."""


def wait_for(look: Callable[[], T | None], timeout: float = PATIENCE, every: float = 0.03) -> T:
    """The first truthy thing that `look` returns; TimeoutError when there is none in time."""
    until = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise TimeoutError(f"nothing came within {timeout} s")
        time.sleep(every)
