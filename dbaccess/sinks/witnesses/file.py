"""A file on another disk, or on a mount of another host."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from dbaccess.domain.checkpoint import UnreadableCheckpoint, parse_checkpoint
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.ledger import Expected
from dbaccess.domain.witness import WitnessKind
from dbaccess.sinks.private_file import PrivateFile


class FileWitness:
    """A `ports.Witness` that appends lines. Each host has a file of its own, with all checkpoints."""

    kind = WitnessKind.FILE
    every: timedelta | None = None

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path)
        self.place = self._file.place

    def store(self, seq: int, line: str) -> None:
        del seq
        self._file.append(line)

    def lines(self) -> Iterator[bytes]:
        return self._file.lines()

    def held(self) -> Expected | None:
        try:
            lines = self._file.tail()
        except WitnessFailure:
            return None  # `store` will tell it
        for line in lines:
            with suppress(UnreadableCheckpoint):
                last = parse_checkpoint(line).checkpoint
                return Expected(seq=last.seq, hash=last.head)
        return None

    def check(self) -> str:
        return self._file.check()
