"""Translation of pydantic's errors into our own messages."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dbaccess.domain.policy import nearest
from dbaccess.policy_file.problems.places import Places
from dbaccess.policy_file.problems.problem import Path, Problem, shown
from dbaccess.policy_file.shape.file import FileShape

_TYPES = {
    "string_type": 'text in quotes, like "4h"',
    "int_type": "a whole number without quotes",
    "bool_type": "true or false without quotes",
    "list_type": 'a list, like ["prod"]',
    "dict_type": "a table",
    "datetime_type": "a moment without quotes, like 2026-03-02T10:00:00+01:00",
    "timezone_aware": "it with its offset, like 2026-03-02T10:00:00+01:00",
    "model_type": "a table",
}


def complaints(error: ValidationError, places: Places) -> list[Problem]:
    """Return one problem for each of pydantic's, on its line."""
    return [_problem(details, places) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, places: Places) -> Problem:
    path: Path = tuple(part for part in details["loc"] if part != "[key]")
    line = places.line(path, details.get("input"))
    return Problem(line=line, what=f"{written(path)}: {_what(details, path)}")


def _what(details: ErrorDetails, path: Path) -> str:  # noqa: PLR0911 a list of errors
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _extra(path)
    if kind == "missing":
        return "missing."
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        possible = context["expected"].replace("'", '"')
        return f'"{shown(details["input"])}" is not possible. Write {possible}.'
    if kind in {"too_short", "too_long"}:
        return "nothing in it. Write at least one."
    if kind in _TYPES:
        if path and path[-1] == "approvals":
            return 'write [{ group = "dba", count = 1 }], or "none".'
        if path[:1] == ("groups",) and len(path) == len(("groups", "NAME")):
            return 'not that kind of value. Write a list, like ["S0DBA"].'
        return f"not that kind of value. Write {_TYPES[kind]}."
    return f"{details['msg']}."


def _extra(path: Path) -> str:
    name = str(path[-1])
    close = nearest(name, _fields(path[:-1]))
    return f"not known here. Nearest: {', '.join(close)}." if close else "not known here. Take it out."


def _fields(path: Path) -> list[str]:
    shape: Any = FileShape
    for part in path:
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            shape = _optional(shape.model_fields[str(part)].annotation)
        else:
            shape = next((a for a in reversed(get_args(shape)) if a is not type(None)), None)
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        return []
    return [known.alias or name for name, known in shape.model_fields.items()]


def _optional(annotation: Any) -> Any:
    """Return the shape inside an optional annotation."""
    models = [a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
    return models[0] if type(None) in get_args(annotation) and models else annotation


def written(path: Path) -> str:
    """Return the path as people write it: `targets.orders-prod.cluster`, `rules[2].env`."""
    text = ""
    if path[:1] == ("groups",) and path[2:3] == ("members",):
        path = (*path[:2], *path[3:])
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{shown(part)}"
    return text.removeprefix(".") or "the file"
