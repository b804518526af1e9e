"""The one canonical form of data as bytes."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from typing import Any, Final

# Made once: `json.dumps` makes one for each call.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_bytes(data: Any) -> bytes:
    """Return JSON with sorted keys, no white space, UTF-8; the same data always gives the same bytes.

    It is RFC 8785 for all that dbaccess hashes: keys in ASCII, integers below 2**53, and no floats. So
    programs in other languages can compute the same hashes. A test compares it with the package rfc8785,
    which is not used here because the domain needs the standard library alone.

    Raises `ValueError` for NaN and infinity, and `TypeError` for values that JSON lacks.
    """
    return _ENCODER.encode(data).encode("utf-8")


def plain(value: Any) -> Any:
    """Return a domain value in JSON's types: sets sorted, durations in seconds, times of day as 08:00:00.

    Fields that are derived from others, and do not take part in comparison, are left out.
    """
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.compare}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.isoformat() if isinstance(value, time) else value
