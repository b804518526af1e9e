"""The files of a server's log in a directory: the server's own, or one that is mounted."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dbaccess.domain.errors import LogFileGone, SourceFailure
from dbaccess.ports import FINGERPRINTED, LogFile, fingerprint_of

_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO})
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")


class DirectoryFiles:
    """`ActivitySource` over a directory of files that end in `suffix`. A symbolic link is no log file."""

    def __init__(self, directory: Path, *, suffix: str) -> None:
        self._directory = directory
        self._suffix = suffix

    def files(self) -> Sequence[LogFile]:
        with self._failures():
            found = [
                file for path in self._directory.iterdir() if (file := self._file(path.name)) is not None
            ]
        return sorted(found, key=lambda file: (file.modified_at, file.name))

    def read(self, name: str, offset: int, length: int) -> bytes:
        if not self._is_name(name):
            raise LogFileGone(f"{self._directory} has no such log file.")
        with self._failures(), self._opened(name) as descriptor:
            return _read(descriptor, offset, length)

    def _file(self, name: str) -> LogFile | None:
        if not self._is_name(name):
            return None
        try:
            with self._opened(name) as descriptor:
                status = os.fstat(descriptor)
                head = _read(descriptor, 0, FINGERPRINTED)
        except LogFileGone:
            return None
        return LogFile(
            name=name,
            size=status.st_size,
            modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
            fingerprint=fingerprint_of(head),
        )

    def _is_name(self, name: str) -> bool:
        return name.endswith(self._suffix) and _NAME.fullmatch(name) is not None

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        # Not to follow a link, and not to wait for a pipe: the directory may be another one's.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self._directory / name, flags)
        except OSError as error:
            if error.errno in _NO_FILE:
                raise LogFileGone(f"{self._directory} has no log file {name}.") from None
            raise
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise LogFileGone(f"{self._directory} has no log file {name}.")
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SourceFailure(f"The log files in {self._directory} cannot be read: {reason}.") from None


def _read(descriptor: int, offset: int, length: int) -> bytes:
    """Return that part of the file; a read may return less than it could."""
    parts: list[bytes] = []
    while length > 0 and (part := os.pread(descriptor, length, offset)):
        parts.append(part)
        offset, length = offset + len(part), length - len(part)
    return b"".join(parts)
