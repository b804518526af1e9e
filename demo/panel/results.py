"""Results of statements, as psql shows them: the server's own words, and no more rows than a person reads."""

from typing import Any

from psycopg import pq

SHOWN_ROWS = 50
SHOWN_CHARACTERS = 1_000
_ROWS = frozenset({pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK, pq.ExecStatus.TUPLES_OK})
_FAILED = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE})
_COPIES = frozenset({pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH})

Json = dict[str, Any]


class Results:
    """Takes libpq's results one by one; rows beyond the first are counted and forgotten."""

    def __init__(self) -> None:
        self.answers: list[Json] = []
        self.error: str | None = None
        self.copies = False
        self._open: Json | None = None

    def add(self, result: pq.abc.PGresult) -> None:
        status = pq.ExecStatus(result.status)
        if status in _ROWS:
            self._add_rows(result)
        elif status is pq.ExecStatus.COMMAND_OK:
            said = _text(result.command_status)
            self.answers.append({"columns": None, "rows": [], "count": 0, "status": said})
        elif status in _FAILED:
            self.error = _text(result.error_message).strip()
        elif status in _COPIES:
            self.copies = True
        if status is pq.ExecStatus.TUPLES_OK and self._open is not None:
            self._open["status"] = _text(result.command_status)
            self._open = None

    def _add_rows(self, result: pq.abc.PGresult) -> None:
        if self._open is None:
            columns = [_text(result.fname(column)) for column in range(result.nfields)]
            self._open = {"columns": columns, "rows": [], "count": 0, "status": ""}
            self.answers.append(self._open)
        missing = max(0, SHOWN_ROWS - len(self._open["rows"]))
        self._open["rows"] += [_row(result, row) for row in range(min(result.ntuples, missing))]
        self._open["count"] += result.ntuples


def _row(result: pq.abc.PGresult, row: int) -> list[str | None]:
    return [_cell(result.get_value(row, column)) for column in range(result.nfields)]


def _cell(value: bytes | None) -> str | None:
    if value is None:
        return None
    text = _text(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
