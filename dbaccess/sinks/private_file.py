"""A file of lines that only its owner may change."""

import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbaccess.domain.errors import WitnessFailure

_LONGEST = 4096
"""In bytes. No checkpoint is longer, and a longer line is read in pieces of this size."""
_TAIL = 1024 * 1024
"""In bytes: enough for the last line of nearly every file."""


class PrivateFile:
    """Lines are appended, and durable once `append` returned; every method raises `WitnessFailure`.

    The file is no symbolic link, other users may not open it, and its directory is not theirs to change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = f"file:{socket.gethostname()}:{path}"

    def append(self, *lines: str) -> None:
        """Append the lines, after the end of a line that a crash cut off."""
        with (
            self._told(),
            _directory(self._path) as directory,
            self._opened(directory, os.O_RDWR | os.O_CREAT) as file,
        ):
            # Two hosts may share a mount: without a lock their lines could mix. Waiting could last for ever.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            torn = os.lseek(file, 0, os.SEEK_END) > 0 and _last_byte(file) != b"\n"
            _write(file, "".join(["\n" * torn, *(f"{line}\n" for line in lines)]).encode())
            os.fsync(file)
            os.fsync(directory)

    def lines(self) -> Iterator[bytes]:
        """Yield each line; an absent file has none."""
        if not self._path.parent.is_dir() or not os.path.lexists(self._path):
            return
        with (
            self._told(),
            _directory(self._path) as directory,
            self._opened(directory, os.O_RDONLY) as file,
            open(file, "rb", closefd=False) as read,
        ):
            while line := read.readline(_LONGEST):
                yield line

    def tail(self) -> list[bytes]:
        """Return the last lines, the latest first, without one that is torn; an absent file has none."""
        if not os.path.lexists(self._path):
            return []
        with self._told(), _directory(self._path) as directory, self._opened(directory, os.O_RDONLY) as file:
            begin = max(os.lseek(file, 0, os.SEEK_END) - _TAIL, 0)
            os.lseek(file, begin, os.SEEK_SET)
            with open(file, "rb", closefd=False) as read:
                lines = read.read(_TAIL).split(b"\n")
        return lines[(1 if begin else 0) : -1][::-1]

    def check(self) -> str:
        with self._told(), _directory(self._path) as directory:
            try:
                with self._opened(directory, os.O_RDWR):
                    pass
            except FileNotFoundError:
                if not os.access(self._path.parent, os.W_OK):
                    raise WitnessFailure("The file's directory cannot be written by this user.") from None
        return f"{self._path} takes checkpoints"

    @contextmanager
    def _opened(self, directory: int, how: int) -> Iterator[int]:
        # Without O_NONBLOCK a pipe in the file's place would hold this thread for ever.
        flags = how | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        file = os.open(self._path.name, flags, 0o600, dir_fd=directory)
        try:
            about = os.fstat(file)
            if not stat.S_ISREG(about.st_mode):
                raise WitnessFailure("The file is no regular file.")
            # A user who may open it may also lock it, and stop this for ever.
            if about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise WitnessFailure("Other users may open the file: take that right away (chmod 600).")
            yield file
        finally:
            os.close(file)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WitnessFailure(f"The file cannot be used: {error.strerror}.") from None


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if os.fstat(directory).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise WitnessFailure("The file's directory may be changed by other users: choose another.")
        yield directory
    finally:
        os.close(directory)


def _last_byte(file: int) -> bytes:
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
