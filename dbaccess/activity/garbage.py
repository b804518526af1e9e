"""The garbage collector in a process that reads logs."""

import gc
from typing import Final

_OBJECTS: Final = 50_000
"""A chunk of a log makes fewer."""


def collect_rarely() -> None:
    """Let the collector leave out what the process has now, and look once in several chunks at the rest.

    Records and statements are in no cycle and go without it. It looked at each of them several times, which
    took a third of a reader's time.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS)
