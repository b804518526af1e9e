"""One way, and only one, to turn data into bytes."""

import json
from typing import Any


def canonical_bytes(data: Any) -> bytes:
    """JSON with sorted keys, no white space, UTF-8; the same data always gives the same bytes.

    Raises `ValueError` for NaN and infinity, `TypeError` for what JSON does not have.
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")
