"""Other processes, as a test sees them."""

import subprocess
from collections.abc import Collection

from sandbox.waiting import wait_for


def command_lines() -> list[str]:
    """The arguments of every process, as any account of the machine can read them."""
    return [line for line in _ps("args").values() if line]


def program_of(pid: int) -> str:
    return _ps("comm")[pid].rpartition("/")[2]


def wait_gone(pids: Collection[int]) -> None:
    """A zombie that was not reaped counts as gone."""

    def gone() -> bool:
        states = _ps("stat")
        return all(states.get(pid, "Z").startswith("Z") for pid in pids)

    wait_for(gone)


def _ps(column: str) -> dict[int, str]:
    listing = subprocess.run(["ps", "-wwAo", f"pid=,{column}="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 1) for line in listing.stdout.splitlines())
    return {int(row[0]): row[1] if len(row) > 1 else "" for row in rows}
