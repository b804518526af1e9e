"""The parts of a running supervisor, seen from outside."""

import os
import signal
from collections.abc import Collection
from pathlib import Path

from dbaccess.policy_file import load_policy
from tests.acceptance import records
from tests.acceptance.stack import Stack, wait
from workers.part_processes import WITH_POLICY

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


def restore(stack: Stack) -> None:
    """All runs under the kept configuration, whatever a test stopped or changed; logs are empty."""
    changed = stack.put_configuration_back()
    lasting = stack.start_again()
    if changed and lasting:
        _reload(stack, lasting)
    stack.empty_logs()


def _reload(stack: Stack, names: Collection[str]) -> None:
    """These go by the configuration that is there now: a start anew costs a second of work."""
    # A process that has reported its policy hears the signal, which would end one that starts.
    wait(lambda: None not in _in_force(stack, names))
    for name in names:
        stack.processes[name].send_signal(signal.SIGHUP)
    wanted = (load_policy(stack.config).hash, None)
    wait(lambda: set(_in_force(stack, names)) == {wanted})


def _in_force(stack: Stack, names: Collection[str]) -> list[tuple[str, str | None] | None]:
    """Return the hash, and why the file is refused, of each process and part; None for one that says none."""
    said = records.rows(stack, "select pid, hash, refused from policy_in_force")
    by_pid = {int(pid): (str(name), refused) for pid, name, refused in said}
    running = [stack.processes[name].pid for name in names if name != "workers"]
    if "workers" in names:
        found = parts(stack.processes["workers"].pid)
        running += [found.get(part, 0) for part in WITH_POLICY]
    return [by_pid.get(pid) for pid in running]


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
