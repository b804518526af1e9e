"""Lines of the server itself, in any language, from which it is known that lines before them are missing."""

import re
from datetime import datetime
from typing import Final

from dbaccess.activity.records import LogClock, LogRecord, Missing

_SETTINGS: Final = re.compile(r"\W(?:log_destination|log_min_messages)\W")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Za-z0-9+:-]{1,16}")
_RELOAD: Final = "SIGHUP"
_BACKENDS: Final = frozenset({"postmaster", "startup"})


def is_server_line(backend: str) -> bool:
    """Return whether a line of this process can tell of missing ones."""
    return backend in _BACKENDS


class ServerLines:
    """Reads the server's lines of one file, in their order."""

    def __init__(self, clock: LogClock) -> None:
        self._clock = clock
        self._is_new = False
        self.reloaded_at: datetime | None = None
        """When the server last read its settings anew."""
        self._stopped_at: datetime | None = None

    def take(self, record: LogRecord, last_at: datetime | None) -> Missing | None:
        """Return the time of which lines may be missing; `last_at` is that of the line before.

        The server says which setting it has changed once it has: where it wrote no log until then, this line
        is the first. At its start it says when it was last up, and had it written this log then, lines of
        that time would stand before.
        """
        if record.backend == "postmaster":
            if _RELOAD in record.message:
                self.reloaded_at = record.at
            if record.line_num == 1:
                self._is_new, self._stopped_at = True, last_at
            is_changed = _SETTINGS.search(record.message) is not None
            return Missing(last_at, record.at, record.at) if is_changed else None
        found = _STAMP.search(record.message)
        up_at = self._clock.known(found.group()) if found else None
        if up_at is None:
            return None
        # After a crash the same server restarts, right behind its last line.
        before = self._stopped_at if self._is_new else last_at
        self._is_new = False
        return Missing(before, record.at, up_at)
