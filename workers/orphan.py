"""A part does not outlive its supervisor."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1

SUPERVISOR = "DBACCESS_SUPERVISOR"
"""The variable that holds the supervisor's process id; without it a part stands by itself."""


def die_with_supervisor() -> None:
    """From now on the supervisor's end ends this process too: on Linux at once, elsewhere in a second.

    One that ended before this process had come so far counts as well.
    """
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    if not supervisor:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
