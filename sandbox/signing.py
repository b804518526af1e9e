"""How Slack signs what it sends over HTTP."""

import hashlib
import hmac


def signed(secret: str, body: bytes, now: float) -> dict[str, str]:
    """The two headers that vouch for these bytes at this Unix time."""
    timestamp = str(int(now))
    basis = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
