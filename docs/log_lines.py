"""Tables of the log lines, read from the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from markdown_table import markdown_table

from dbaccess.domain.events import EventKind
from dbaccess.storage.log_lines import UNLOGGED, WARNINGS, log_name

ROOT = Path(__file__).parents[1]
_LEVELS = {"info", "warning", "error"}
_LOGGERS = {"log", "_log"}


def of_events() -> str:
    """Return the log lines that follow ledger events."""
    rows = [
        (f"`{log_name(kind)}`", "warning" if kind in WARNINGS else "info", f"`{kind}`")
        for kind in EventKind
        if kind not in UNLOGGED
    ]
    return markdown_table(("line", "level", "ledger event"), rows)


def of_processes() -> str:
    """Return all other log lines."""
    found = {
        line
        for folder in ("bot", "workers", "dbaccess")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in _lines(path)
    }
    return markdown_table(
        ("line", "level", "fields"), [(f"`{name}`", *rest) for name, *rest in sorted(found)]
    )


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if (level := _level(node)) and (name := _name(node.args[0])) and not name.startswith("…"):
            yield name, level, ", ".join(_field(keyword) for keyword in node.keywords)
        yield from _named_by_caller(node)


def _named_by_caller(call: ast.Call) -> Iterator[tuple[str, str, str]]:
    """Yield the line of a failure that the caller names, as in `each(…, what="approval recheck")`."""
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant):
            if function == "each" and keyword.arg == "what":
                yield f"{keyword.value.value} failed", "error", "about, error, where"
            elif function in {"as_failure", "work_under_lease"} and keyword.arg == "doing":
                yield f"{keyword.value.value} failed unexpectedly", "error", "grant, error, where"


def _level(call: ast.Call) -> str | None:
    """Return the level of a call of a logger; None for any other call."""
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return None
    return function.attr if function.value.id in _LOGGERS and function.attr in _LEVELS else None


def _field(keyword: ast.keyword) -> str:
    """Return the name of a field; an exception and `describe(…)` become the fields of an error."""
    described = isinstance(keyword.value, ast.Call) and ast.unparse(keyword.value.func) == "describe"
    return "error, where" if keyword.arg == "exc_info" or described else keyword.arg or "…"


def _name(argument: ast.expr) -> str:
    """Return the name of a line, with an ellipsis for each part that varies."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if isinstance(argument, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in argument.values)
    return ""
