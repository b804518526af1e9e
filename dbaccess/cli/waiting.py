"""Signs of life beside the output of a command that takes longer than a second."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

AFTER: Final = 1.0
"""Seconds before a command says that it still works: an answer in this time needs no sign."""

AGAIN: Final = 10.0


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say on stderr what is being done and for how long, after a second and then every ten."""
    done = threading.Event()
    says = threading.Thread(target=_say, args=(what, done), daemon=True)
    says.start()
    try:
        yield
    finally:
        done.set()
        says.join()


def _say(what: str, done: threading.Event) -> None:
    began, pause = time.monotonic(), AFTER
    while not done.wait(pause):
        pause = AGAIN
        sys.stderr.write(f"{what}: {time.monotonic() - began:.0f} s so far\n")
        sys.stderr.flush()
