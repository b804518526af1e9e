"""Rows on disk between the pass that reads them and the pass that writes a document."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from dbaccess.audit.report.columns import Row, Section
from dbaccess.domain.canonical import canonical_bytes


class Spool:
    """The rows of one list, each with its digest, in a file that has no name and is gone at the end.

    `digest` is SHA-256 in hex over the digests of all rows in their order, as text.
    """

    def __init__(self, section: Section) -> None:
        self.section = section
        self.rows = 0
        names = [one.name for one in section.columns if one.name != "digest"]
        self._before = [name for name in names if name < "digest"]
        self._after = [name for name in names if name > "digest"]
        self._hash = hashlib.sha256()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def fill(self, rows: Iterable[Row]) -> None:
        """Store the rows with the columns of the section and no other."""
        for row in rows:
            # Written once, in two parts: the digest is of both, and its own place is between them.
            before, after = (
                canonical_bytes({name: row[name] for name in names})[1:-1]
                for names in (self._before, self._after)
            )
            digest = hashlib.sha256(b"{%b}" % b",".join(filter(None, (before, after)))).hexdigest()
            self._hash.update(digest.encode("ascii"))
            parts = filter(None, (before, b'"digest":"%b"' % digest.encode("ascii"), after))
            self._file.write(b"{%b}\n" % b",".join(parts))
            self.rows += 1

    def lines(self) -> Iterator[bytes]:
        """Yield each row in canonical JSON."""
        self._file.seek(0)
        return (line.rstrip(b"\n") for line in self._file)

    def __iter__(self) -> Iterator[Row]:
        return map(_row, self.lines())


def _row(line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found
