"""What a test sees of other processes."""

import subprocess
import time
from collections.abc import Collection


def command_lines() -> list[str]:
    """The arguments of every process, as any account of the machine can read them."""
    return [line for line in _ps("args").values() if line]


def program_of(pid: int) -> str:
    return _ps("comm")[pid].rpartition("/")[2]


def gone_within(seconds: float, pids: Collection[int]) -> bool:
    """A zombie that nobody has reaped counts as gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = _ps("stat")
        if all(states.get(pid, "Z").startswith("Z") for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _ps(column: str) -> dict[int, str]:
    listing = subprocess.run(["ps", "-wwAo", f"pid=,{column}="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 1) for line in listing.stdout.splitlines())
    return {int(row[0]): row[1] if len(row) > 1 else "" for row in rows}
