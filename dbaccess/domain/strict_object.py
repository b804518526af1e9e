"""One small JSON object from outside, read so strictly that every program reads it alike."""

import json
from collections.abc import Collection
from typing import Any


class UnreadableObject(ValueError):
    """The text is not the object that is expected; the message says why, without a part of the text."""


def read_object(text: bytes, *, keys: Collection[str], largest: int) -> dict[str, Any]:
    """Return the object, which has exactly these keys, each once; raises `UnreadableObject`.

    A text of more than `largest` bytes is not parsed. The types of the values are the caller's to check.
    """
    if len(text) > largest:
        raise UnreadableObject(f"is longer than {largest} bytes")
    try:
        found = json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_constant)
    except UnreadableObject:
        raise
    except RecursionError:
        raise UnreadableObject("is nested too deep") from None
    except ValueError:
        raise UnreadableObject("is not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise UnreadableObject("is not a JSON object")
    if missing := sorted(set(keys) - found.keys()):
        raise UnreadableObject(f"has no {missing[0]}")
    if len(found) > len(keys):
        raise UnreadableObject("has a key that is not known")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise UnreadableObject("has a key twice")
    return made


def _constant(_: str) -> float:
    raise UnreadableObject("has a number that is none")
