"""The bytes of one ledger entry: writing an event, and reading bytes from any writer."""

import json
import math
import re
from datetime import datetime
from typing import Any, Final, NoReturn

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event

LARGEST: Final = 16 * 1024 * 1024
"""In bytes. The guards refuse larger bodies from the worker, and far smaller ones from the bot."""
DEEPEST: Final = 400
LONGEST_NUMBER: Final = 4_000
"""In digits. Python reads no more; the guards of the control database refuse far fewer."""

_KEYS: Final = {"seq", "at", "kind", "actor", "request", "grant", "data"}
_TIME: Final = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}\+00:00"
_AT: Final = re.compile(_TIME)
_EVENT: Final = re.compile(
    rb'\{"actor":"[^"\\]*(?:\\.[^"\\]*)*","at":"%s","data":\{.*\},'
    rb'"grant":(?:null|[0-9]{1,19}),"kind":"[a-z_.]+","request":(?:null|[0-9]{1,19}),"seq":([0-9]{1,19})\}'
    % _TIME.encode(),
    re.DOTALL,
)
_SHORT: Final = 1024
"""In bytes. A shorter body cannot be nested too deep, or hold a number too long, for Python to read."""
_SUSPECTS: Final = bytes.maketrans(b"[123456789", b"{000000000")
_LONG_NUMBER: Final = b"0" * (LONGEST_NUMBER + 1)


class UnreadableBody(ValueError):
    """The bytes are no valid event; the text says why in our own words, without a part of the bytes."""


def write_body(event: Event, *, seq: int, at: datetime) -> bytes:
    """Return the canonical bytes of an event at its place; `at` is in UTC."""
    return canonical_bytes(
        {
            "seq": seq,
            "at": at.isoformat(timespec="microseconds"),
            "kind": event.kind.value,
            "actor": event.actor,
            "request": event.request_id,
            "grant": event.grant_id,
            "data": dict(event.data),
        }
    )


def named_seq(body: bytes) -> int:
    """Return the place that the body names; raises `UnreadableBody`.

    A body with the usual beginning and end is not parsed, unless it could be nested too deep or hold a number
    too long. Verification of millions of entries depends on that.
    """
    plain = _EVENT.fullmatch(body)
    if (
        plain is not None
        and (len(body) <= _SHORT or _is_shallow(body))
        and (body.isascii() or _is_utf8(body))
    ):
        return int(plain[1])
    return int(read_body(body)["seq"])


def recorded_at(body: bytes) -> datetime:
    """Return the time that the begin of a body names; raises `UnreadableBody`."""
    _, found, rest = body.partition(b'","at":"')
    try:
        return datetime.fromisoformat(rest[:32].decode("ascii")) if found else _no_time()
    except ValueError:
        return _no_time()


def _no_time() -> NoReturn:
    raise UnreadableBody("has no time as one is written")


def _is_shallow(body: bytes) -> bool:
    suspects = body.translate(_SUSPECTS)
    return len(body) <= LARGEST and suspects.count(b"{") <= DEEPEST and _LONG_NUMBER not in suspects


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_body(body: bytes) -> dict[str, Any]:
    """Return the event: seq, at, kind, actor, request, grant, data; raises `UnreadableBody`."""
    if len(body) > LARGEST:
        raise UnreadableBody("is larger than any entry")
    return _usual(body) or _any(body)


def _usual(body: bytes) -> dict[str, Any] | None:
    """Return the event of a short body without half a character; None if the body needs a closer look.

    Reports read hundreds of thousands: this costs a third of the closer look.
    """
    is_short = len(body) <= LONGEST_NUMBER and body.count(b"{") + body.count(b"[") <= DEEPEST
    if not is_short or b"\\ud" in body or b"\\uD" in body:
        return None
    try:
        found = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return None
    is_event = isinstance(found, dict) and found.keys() == _KEYS and _has_types(found)
    return found if is_event and _AT.fullmatch(found["at"]) else None


def _any(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except UnreadableBody:
        raise
    except RecursionError:
        raise UnreadableBody("is nested too deep") from None
    except ValueError:
        raise UnreadableBody("is not JSON in UTF-8") from None
    if not isinstance(found, dict) or found.keys() != _KEYS or not _has_types(found):
        raise UnreadableBody("has not the fields of an event")
    if not _AT.fullmatch(found["at"]):
        raise UnreadableBody("has no time as one is written")
    if _is_deep(found):
        raise UnreadableBody("is nested too deep")
    try:
        canonical_bytes(found)
    except ValueError:  # JSON allows half of a surrogate pair, but it cannot be printed
        raise UnreadableBody("has half a character") from None
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise UnreadableBody("has a key twice")
    return made


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise UnreadableBody("has a number too long to be one of ours")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise UnreadableBody("has a number too long to be one of ours")
    return number


def _constant(_: str) -> float:
    raise UnreadableBody("has a number that is none")


def _has_types(found: dict[str, Any]) -> bool:
    words = all(isinstance(found[name], str) for name in ("at", "kind", "actor"))
    places = all(found[name] is None or _is_place(found[name]) for name in ("request", "grant"))
    return words and places and _is_place(found["seq"]) and isinstance(found["data"], dict)


def _is_place(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_deep(value: Any) -> bool:
    """Return whether the value is nested too deep; a body deeper than the stack has raised before."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_constant)
"""Made once: `json.loads` makes one for each call that has hooks."""
