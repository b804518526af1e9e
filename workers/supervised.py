"""A part does not outlive its supervisor."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def die_with(supervisor: int) -> None:
    """From now on the supervisor's end ends this process too: on Linux at once, elsewhere in a second.

    One that ended before this process had come so far counts as well.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()


def name_process(part: str) -> None:
    """`ps -o pid,comm` and top show the part; its arguments are the supervisor's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, part.encode())


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
