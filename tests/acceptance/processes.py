"""The parts of a running supervisor, seen from outside."""

import os
import signal
from pathlib import Path

from tests.acceptance import records
from tests.acceptance.stack import Stack, wait
from workers.parts import WITH_POLICY

POLICED = len(WITH_POLICY)
"""How many parts of the workers go by a policy."""


def parts(supervisor: int) -> dict[str, int]:
    """The pid of each part by its name."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children")
    found = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    named = {_name(pid): pid for pid in found}
    return {name: pid for name, pid in named.items() if name}


def kill_parts(stack: Stack, *names: str) -> None:
    """`kill -9`, and each is there again as another process."""
    supervisor = stack.processes["workers"].pid
    before = wait(lambda: now if set(names) <= set(now := parts(supervisor)) else None)
    for name in names:
        os.kill(before[name], signal.SIGKILL)

    def again() -> bool:
        now = parts(supervisor)
        return all(name in now and now[name] != before[name] for name in names)

    wait(again)


def rounds_pass(stack: Stack) -> None:
    """The reconciler has gone through all that is due at least twice more: it reads the groups each round."""
    for _ in range(3):
        before = records.rows(stack, "select max(read_at) from directory_reads")
        wait(lambda before=before: records.rows(stack, "select max(read_at) from directory_reads") > before)  # type: ignore[misc]


def _name(pid: int) -> str:
    comm = Path(f"/proc/{pid}/comm")
    try:
        return comm.read_text().strip()
    except OSError:  # it ended meanwhile
        return ""
