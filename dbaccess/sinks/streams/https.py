"""A receiver over HTTPS, which has taken the entries when it answers with success."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from pydantic import SecretStr

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.ledger import Entry
from dbaccess.sinks.streams.lines import Format, as_line
from dbaccess.sinks.webhook import post


class HttpsStream:
    """A `ports.Stream`. The URL may hold a token, so only its host is told.

    The body has a line of JSON for each entry. `X-Dbaccess-Signature` is `v1=` and the HMAC-SHA-256, in
    hexadecimal, over the time in `X-Dbaccess-Timestamp`, a full stop and the body. A receiver refuses an old
    time, and skips an entry with a `seq` that it has: after a lost answer entries come again.
    """

    def __init__(self, url: SecretStr, secret: SecretStr, form: Format) -> None:
        self._url, self._secret, self._form = url, secret, form
        self.place = f"stream:https:{urlsplit(url.get_secret_value()).hostname}"

    def held(self) -> None:
        return None

    def take(self, entries: Sequence[Entry]) -> None:
        body = "".join(f"{as_line(entry, self._form)}\n" for entry in entries).encode()
        stamp = str(int(time.time()))
        key = self._secret.get_secret_value().encode()
        signed = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/x-ndjson",
            "X-Dbaccess-Timestamp": stamp,
            "X-Dbaccess-Signature": f"v1={signed.hexdigest()}",
        }
        why = post(self._url, body, headers)
        if why:
            raise WitnessFailure(f"The receiver did not take the entries: {why}.")
