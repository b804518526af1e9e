"""The files of the server's log, read over SQL through the functions that `setup-sql` prints."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import sql

from dbaccess.domain.errors import LogFileGone, SourceFailure, TargetFailure
from dbaccess.ports import FINGERPRINTED, LogFile, fingerprint_of
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.log_access_sql import LONGEST_READ
from dbaccess.targets.postgresql.setup_sql import RUN_SETUP

_FILES: Final = sql.SQL("select name, size, modified_at from dbaccess_log.files()")
_READ: Final = sql.SQL("select dbaccess_log.read(%s, %s, %s)")
_REFUSED: Final = frozenset({"3F000", "42883", "42501"})
"""No such schema, no such function, no right."""


class SqlLogFiles:
    """`ActivitySource` over the workers' connection; `suffix` is that of the format's files."""

    def __init__(self, cluster: Cluster, *, suffix: str) -> None:
        self._cluster = cluster
        self._suffix = suffix
        self._known: dict[tuple[object, ...], str] = {}

    def files(self) -> Sequence[LogFile]:
        """Return the files; a fingerprint is read again only for a file that has changed."""
        listed = [row for row in self._rows(_FILES, []) if row[0].endswith(self._suffix)]
        listed.sort(key=lambda row: (row[2], row[0]))
        known: dict[tuple[object, ...], str] = {}
        files: list[LogFile] = []
        for name, size, modified_at in listed:
            fingerprint = ""
            if size >= FINGERPRINTED:
                state = (name, size, modified_at)
                known[state] = fingerprint = self._known.get(state) or self._fingerprint(name)
            files.append(LogFile(name=name, size=size, modified_at=modified_at, fingerprint=fingerprint))
        self._known = known
        return files

    def read(self, name: str, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length > 0:
            part = self._read(name, offset, min(length, LONGEST_READ))
            parts.append(part)
            if len(part) < min(length, LONGEST_READ):
                break
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)

    def _fingerprint(self, name: str) -> str:
        try:
            return fingerprint_of(self._read(name, 0, FINGERPRINTED))
        except LogFileGone:
            return ""

    def _read(self, name: str, offset: int, length: int) -> bytes:
        ((part,),) = self._rows(_READ, [name, offset, length])
        if part is None:
            raise LogFileGone(f"{self._cluster.name}: the log file {name} is gone.")
        return bytes(part)

    def _rows(self, query: sql.SQL, values: Sequence[object]) -> list[tuple[Any, ...]]:
        failure: TargetFailure
        try:
            with self._cluster.session() as opened:
                opened.doing = "reading the server's log"
                return opened.rows(query, values)
        except TargetFailure as failed:
            failure = failed
        if failure.code in _REFUSED:
            raise SourceFailure(
                f"{self._cluster.name}: the worker may not read the server's log. {RUN_SETUP}"
            )
        raise SourceFailure(str(failure))
