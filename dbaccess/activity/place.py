"""The place where a reader goes on: which file, from which byte, and what was lost before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dbaccess.domain.coverage import GapCause, LogPosition
from dbaccess.ports import LogFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`later` are the files that the server wrote after this one; `lost` says what is missing before it."""

    file: LogFile
    offset: int
    later: Sequence[LogFile] = ()
    lost: GapCause | None = None

    @property
    def left(self) -> int:
        """Return the number of bytes from here to the end of the logs, as they were listed."""
        return max(0, self.file.size - self.offset) + sum(file.size for file in self.later)


def find_place(files: Sequence[LogFile], position: LogPosition | None) -> Place | None:
    """Return the place after the position, among files in the order in which they were written.

    Without a position the newest file is read from its begin. Returns None without files.
    """
    if not files:
        return None
    if position is None:
        return Place(file=files[-1], offset=0)
    here = _same_file(files, position)
    if here is None:
        known = any(file.name == position.file for file in files)
        lost = GapCause.BYTES_LOST if known else GapCause.FILE_LOST
        return _place(files, _first_after(files, position), 0, lost)
    if files[here].size < position.offset:
        return _place(files, here, 0, GapCause.BYTES_LOST)
    return _place(files, here, position.offset)


def _place(files: Sequence[LogFile], here: int, offset: int, lost: GapCause | None = None) -> Place:
    return Place(file=files[here], offset=offset, later=files[here + 1 :], lost=lost)


def _same_file(files: Sequence[LogFile], position: LogPosition) -> int | None:
    """Return the file's number, whatever its name is now; by its name where it was too short to know it."""
    for number, file in enumerate(files):
        if position.fingerprint and file.fingerprint == position.fingerprint:
            return number
    for number, file in enumerate(files):
        if file.name == position.file and not position.fingerprint:
            return number
    return None


def _first_after(files: Sequence[LogFile], position: LogPosition) -> int:
    """Return the first file that was written to after the last line that was read."""
    if position.read_until is not None:
        for number, file in enumerate(files):
            if file.modified_at > position.read_until:
                return number
        return len(files) - 1
    return 0
