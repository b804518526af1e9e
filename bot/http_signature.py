"""Whether a request was signed by Slack, a moment ago."""

import hashlib
import hmac
import re

from pydantic import SecretStr
from starlette.datastructures import Headers

LONGEST_SECONDS = 300
"""How old a signature may be, and how far ahead of our clock."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def is_signed(headers: Headers, body: bytes, *, secret: SecretStr, now: float) -> bool:
    """True only for Slack's signature over exactly these bytes; `now` is a Unix time. Never raises."""
    timestamps = headers.getlist("x-slack-request-timestamp")
    signatures = headers.getlist("x-slack-signature")
    if len(timestamps) != 1 or len(signatures) != 1:
        return False
    timestamp, signature = timestamps[0], signatures[0]
    # The shapes first: what follows must not meet another alphabet or a number without end.
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > LONGEST_SECONDS:
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
