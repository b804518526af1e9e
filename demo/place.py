"""Where the demo keeps its files, and that only one demo uses them."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers.account import Account

ROOT = Path(__file__).parents[1]


class RunsAlready(RuntimeError):
    """Another demo has this place."""


def place(account: Account) -> Path:
    """`.run/demo` of this checkout; where the servers' account cannot enter it, a directory in /var/tmp."""
    here = ROOT / ".run" / "demo"
    if account.can_enter(ROOT):
        here.mkdir(parents=True, exist_ok=True)
        here.chmod(0o711)
        here.parent.chmod(0o711)
        return here
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    there = Path("/var/tmp") / f"dbaccess-demo-{name}"  # noqa: S108 its owner is looked at below
    there.mkdir(mode=0o711, exist_ok=True)
    if there.is_symlink() or there.stat().st_uid != os.geteuid():
        raise PermissionError(f"{there} belongs to another account: remove it, or move this checkout")
    return there


@contextmanager
def taken(home: Path) -> Iterator[None]:
    """Hold the place alone; raises `RunsAlready`. It is free again however this process ends."""
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        address = home / "address"
        where = address.read_text().strip() if address.exists() else "it is still starting"
        raise RunsAlready(f"The demo runs already: {where}") from None
    try:
        yield
    finally:
        (home / "address").unlink(missing_ok=True)
        os.close(descriptor)
