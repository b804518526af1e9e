"""Lines of a server's log as PostgreSQL writes them, in both formats."""

import json
from typing import Any

from dbaccess.activity.formats import FORMATS as _FORMATS

SESSION = "6b0d74e5.75d9"
STARTED = "2026-11-30 13:06:45 UTC"
SIMPLE, EXECUTE = "exec_simple_query", "exec_execute_message"
FORMATS = {source.value: form for source, form in _FORMATS.items()}


def line(message: str, number: int, **fields: Any) -> dict[str, Any]:
    """Return the fields of a line of maya's, written a second after the one before it."""
    return {
        "timestamp": f"2026-11-30 13:07:{number % 60:02}.479 UTC",
        "user": "maya",
        "dbname": "orders",
        "pid": 30169,
        "remote_host": "127.0.0.1",
        "session_id": SESSION,
        "line_num": number,
        "ps": "idle",
        "session_start": STARTED,
        "error_severity": "LOG",
        "message": message,
        "func_name": SIMPLE,
        "backend_type": "client backend",
        **fields,
    }


def written(form: str, *lines: dict[str, Any]) -> bytes:
    """Return the lines as a server writes them in this format."""
    return b"".join((_json if form == "jsonlog" else _csv)(fields) for fields in lines)


def _json(fields: dict[str, Any]) -> bytes:
    return (
        json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")
        + b"\n"
    )


def _csv(fields: dict[str, Any]) -> bytes:
    quoted = [
        *(fields.get(name, "") for name in ("timestamp", "user", "dbname", "pid")),
        f"{fields['remote_host']}:43824" if fields.get("remote_host") else "",
        *(fields.get(name, "") for name in ("session_id", "line_num", "ps", "session_start")),
        "3/11",
        "0",
        fields["error_severity"],
        fields.get("state_code", "00000"),
        fields["message"],
        fields.get("detail", ""),
        *("", "", ""),
        fields.get("context", ""),
        fields.get("statement", ""),
        "",
        f"{fields['func_name']}, postgres.c:1019" if fields.get("func_name") else "",
        "psql",
        fields.get("backend_type", ""),
        *("", "0"),
    ]
    is_text = (1, 2, 4, 7, 13, 14, 18, 19, 21, 22, 23)
    parts = [
        _quoted(str(value)) if at in is_text and value else str(value) for at, value in enumerate(quoted)
    ]
    return (",".join(parts) + "\n").encode("utf-8", "surrogateescape")


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
