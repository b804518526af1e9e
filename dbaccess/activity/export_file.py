"""An exported file: plain or compressed, surveyed before anything of it is stored."""

import gzip
import hashlib
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final, cast

from dbaccess.activity.exports import DETECTED_IN, ExportFormat, build_format, detect
from dbaccess.activity.records import LogFormat, Parsed
from dbaccess.activity.stderr import StderrLog
from dbaccess.domain.errors import SourceFailure
from dbaccess.domain.imports import Span

CHUNK: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"

Progress = Callable[[str, int, int], None]
"""Called with what is done, and how many bytes of how many are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRead:
    """The options of an import; None: what the file itself shows."""

    kind: ExportFormat | None = None
    prefix: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The contents of a file: its `lines` are those of clients, `damaged` the bytes that cannot be read.

    `span` is None for a file without a line that can be read.
    """

    kind: ExportFormat
    lines: int
    logins: frozenset[str]
    span: Span | None
    damaged: int
    sha256: str


class ExportFile:
    """A file that can be read again from its beginning. `name` is shown and recorded."""

    def __init__(self, name: str, raw: IO[bytes], how: HowToRead) -> None:
        self.name = name
        self._raw = raw
        self._before: ExportFile | None = None
        self.format: LogFormat | None = None
        """The form that `parsed` read with last."""
        self.size = raw.seek(0, 2)
        head = self._head()
        try:
            self.kind = how.kind or detect(head, prefix=how.prefix)
            self._new_format = build_format(self.kind, head, prefix=how.prefix, zone=how.zone)
        except SourceFailure as failure:
            raise SourceFailure(f"{name}: {failure}") from None

    def survey(self, progress: Progress) -> Survey:
        """Read the file once and store nothing."""
        lines = damaged = 0
        logins: set[str] = set()
        times: list[datetime] = []
        for parsed in self.parsed(lambda read, size: progress("looking through", read, size)):
            lines, damaged = lines + len(parsed.records), damaged + parsed.damaged
            logins.update(record.user for record in parsed.records)
            times += [at for at in (parsed.first_at, parsed.last_at) if at is not None]
            times = [min(times), max(times)] if times else []
        self._raw.seek(0)
        return Survey(
            kind=self.kind,
            lines=lines,
            logins=frozenset(logins),
            span=Span(first_at=times[0], last_at=times[1]) if times else None,
            damaged=damaged,
            sha256=hashlib.file_digest(self._raw, "sha256").hexdigest(),  # type: ignore[arg-type]  # any IO[bytes]
        )

    def follow(self, before: "ExportFile") -> None:
        """Let the next `parsed` go on from the end of that file, which was read before."""
        self._before = before

    def parsed(self, progress: Callable[[int, int], None]) -> Iterator[Parsed]:
        """Yield the file in parts of a bounded size; raises `SourceFailure` if it cannot be read."""
        try:
            yield from self._parsed(self._opened(), self._begin(), progress)
        except SourceFailure as failure:
            raise SourceFailure(f"{self.name}: {failure}") from None
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "it is damaged, or cut"
            raise SourceFailure(f"{self.name} cannot be read: {reason}.") from None

    def _parsed(
        self, file: IO[bytes], form: LogFormat, progress: Callable[[int, int], None]
    ) -> Iterator[Parsed]:
        data = b""
        while part := file.read(CHUNK):
            progress(self._raw.tell(), self.size)
            data += part
            parsed = form.parse(data)
            data = data[parsed.consumed :]
            yield parsed
        parsed = form.finish(data)
        yield parsed._replace(damaged=parsed.damaged + max(0, len(data) - parsed.consumed))

    def _begin(self) -> LogFormat:
        made = self.format = self._new_format()
        before = self._before.format if self._before is not None else None
        if isinstance(made, StderrLog) and isinstance(before, StderrLog):
            made.count_on(before)
        return made

    def _opened(self) -> IO[bytes]:
        """Return the plain file behind its mark of UTF-8, which some tools put before it."""
        self._raw.seek(0)
        is_compressed = self._raw.read(len(_GZIP)) == _GZIP
        self._raw.seek(0)
        opened = (
            cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw, mode="rb")) if is_compressed else self._raw
        )
        if opened.read(len(BOM_UTF8)) != BOM_UTF8:
            opened.seek(0)
        return opened

    def _head(self) -> bytes:
        try:
            return self._opened().read(DETECTED_IN)
        except (OSError, EOFError, zlib.error):
            raise SourceFailure(f"{self.name} cannot be read: it is damaged, or cut.") from None
