"""Directories for servers' data that go away, also after their owner was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from demo.servers.account import Account

_PREFIX = "dbaccess-servers-"
_LOCK = "owner.lock"


@contextmanager
def scratch_directory(account: Account, *, rather_in: Sequence[Path] = ()) -> Iterator[Path]:
    """A directory that the account can pass through and that is removed at the end.

    It is in the first of `rather_in` that will do, else where temporary files are.

    The next owner removes the directory of one that was killed with -9: its lock is free.
    """
    parent = _parent(account, rather_in)
    _sweep(parent)
    path, lock = _make(parent)
    try:
        yield path
    finally:
        shutil.rmtree(path)
        os.close(lock)


def _parent(account: Account, rather_in: Sequence[Path]) -> Path:
    usual = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 mkdtemp makes the name
    candidates = [*rather_in, *usual]
    for candidate in candidates:
        if candidate.is_dir() and account.can_enter(candidate):
            return candidate
    raise RuntimeError(f"no temporary directory that the servers' account can enter among {candidates}")


def _make(parent: Path) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        path.chmod(0o711)  # the servers' account passes through, no account may list it
        lock = _try_lock(path, create=True)
        if lock is not None:
            return path, lock


def _sweep(parent: Path) -> None:
    for path in parent.glob(f"{_PREFIX}*"):
        try:
            status = path.lstat()
            if path.is_symlink() or not path.is_dir() or status.st_uid != os.geteuid():
                continue
            lock = _try_lock(path, create=False)
        except FileNotFoundError:
            continue
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _try_lock(directory: Path, *, create: bool) -> int | None:
    flags = os.O_RDWR | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
    descriptor = os.open(directory / _LOCK, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
