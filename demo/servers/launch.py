"""Become a server: drop privileges, ask to die with the parent, then exec.

Run as a script by `process.py`. A separate program and not `preexec_fn`, because that runs Python between
fork and exec, where another thread of the parent may hold any lock.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1


def main(spec: dict[str, Any]) -> None:
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if spec["uid"] is not None:
        os.setgroups([])
        os.setgid(spec["gid"])
        os.setuid(spec["uid"])
    # After setuid, which clears it.
    if libc is not None and libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    # The parent may have died before the kernel knew that we wanted to follow it.
    if os.getppid() != spec["parent"]:
        sys.exit("the process that started this server is gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it and exec would hand that on
    os.umask(0o077)
    argv = spec["argv"]
    try:
        os.execve(argv[0], argv, spec["env"])  # noqa: S606 a path of our own, no shell wanted
    except OSError as error:
        sys.exit(f"{argv[0]}: {error.strerror}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
