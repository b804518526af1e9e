"""Secrets in JSON: all that stands below a key that names one, or beside a value that does."""

import json
from collections.abc import Callable
from typing import Any, Final

from dbaccess.activity.secret_names import is_name_text, is_secret_name

_BEGINS: Final = ("{", "[")


class _Pairs(list[tuple[str, Any]]):
    """An object with all of its keys: one that comes twice must not hide the first."""


class _Raw(str):
    """A number as it was written."""

    __slots__ = ()


def hide_in_json(text: str, hide: Callable[[str], str], redacted: str) -> str | None:
    """Return the JSON without its secrets; None for a text that is no object or array.

    `hide` treats the strings that stand below no such key.
    """
    if not text.lstrip().startswith(_BEGINS):
        return None
    try:
        found = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_Raw, parse_float=_Raw, parse_constant=_Raw
        )
        kept = _kept(found, hide, redacted)
        return text if kept == found else _written(kept)
    except (ValueError, RecursionError):
        return None


def _kept(value: Any, hide: Callable[[str], str], redacted: str) -> Any:
    if isinstance(value, _Pairs):
        is_named = any(_names(item) for _, item in value)
        return _Pairs(
            (key, redacted if _is_below(key, item, is_named=is_named) else _kept(item, hide, redacted))
            for key, item in value
        )
    if isinstance(value, list):
        is_named = any(map(_names, value))
        return [redacted if is_named and not _names(one) else _kept(one, hide, redacted) for one in value]
    return hide(value) if isinstance(value, str) and not isinstance(value, _Raw) else value


def _is_below(key: str, item: Any, *, is_named: bool) -> bool:
    """Return whether the key names a secret, or another part of the object says that this one is a secret."""
    return is_secret_name(key) or (is_named and not _names(item))


def _names(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, _Raw) and is_name_text(value)


def _written(value: Any) -> str:
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, _Pairs):
        return "{" + ", ".join(f"{_text(key)}: {_written(item)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
