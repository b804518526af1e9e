"""The descendants of processes on this machine."""

import subprocess
from pathlib import Path

_PROC = Path("/proc")


def children_of(parent: int) -> list[int]:
    """The direct children of a process at this moment."""
    return [pid for pid, its_parent in _parents() if its_parent == parent]


def _parents() -> list[tuple[int, int]]:
    if not (_PROC / "self" / "stat").exists():
        listing = subprocess.run(["/bin/ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=True)
        return [(int(pid), int(parent)) for pid, parent in map(str.split, listing.stdout.splitlines())]
    found = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name, in brackets, may itself hold blanks and brackets.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.append((int(entry.name), int(fields[1])))
    return found
