"""The account of servers: our own, or the system's `nobody` for root."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`uid` and `gid` are None where no change of account is needed."""

    uid: int | None
    gid: int | None

    def own(self, path: Path) -> None:
        """Hand a path that we made over to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, argv: list[str], *, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a short program under this account; never raises for its exit code."""
        return subprocess.run(  # noqa: S603 a server's own tool, from a path we found
            argv,
            env=env,
            cwd=cwd,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            umask=0o077,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def can_run(self, program: Path) -> bool:
        """Whether this account gets through every directory to the program and may execute it."""
        try:
            return self.run([str(program), "--version"], env={}, cwd=Path("/")).returncode == 0
        except PermissionError:
            return False

    def can_enter(self, directory: Path) -> bool:
        if self.uid is None:
            return os.access(directory, os.X_OK)
        resolved = directory.resolve()
        return all(path.stat().st_mode & stat.S_IXOTH for path in [resolved, *resolved.parents])

    def make_home(self, home: Path) -> None:
        """Make a server's home and the `data` in it; only `data` can be written by the account.

        Files of root (log, configuration, password) lie in a directory where `nobody` cannot put a link.
        """
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None:
            home.chmod(0o711)
        if not self.can_enter(home):
            raise PermissionError(f"the servers' account cannot enter {home}: choose a directory that it can")
        data = home / "data"
        if not data.exists():
            data.mkdir(mode=0o700)
            self.own(data)

    def write(self, path: Path, text: str) -> None:
        """Write a file that only this account (and root) can read."""
        path.touch(mode=0o600)
        self.own(path)
        path.write_text(text)


def server_account() -> Account:
    """Return the account for servers: PostgreSQL refuses root, so root uses `nobody`."""
    if os.geteuid() != 0:
        return Account(uid=None, gid=None)
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def open_copy(source: Path, destination: Path) -> None:
    """Copy a file or tree so that every account may read and run it; links stay links."""
    if source.is_dir():
        shutil.copytree(source, destination, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    else:
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, destination)
    for path in [destination, *destination.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
