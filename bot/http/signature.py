"""The check that Slack signed a request a moment ago, and the log line that says why one is refused."""

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

log = structlog.get_logger()

LOG_EVERY: Final = 60.0
"""Seconds between two lines of one kind: anyone who reaches the port may send any number of requests."""

_TIME, _SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


class Unsigned(StrEnum):
    """The reason why a request does not count as signed by Slack."""

    MISSING = "missing"
    CLOCK = "clock"
    SECRET = "secret"  # noqa: S105 a word of the log


_CHECK: Final = {
    Unsigned.MISSING: "Slack signs each request: another program sent this, or the proxy drops headers.",
    Unsigned.CLOCK: "The secret is right. Synchronise the clock; with a right clock, a request was repeated.",
    Unsigned.SECRET: "Compare SLACK_SIGNING_SECRET with Basic Information, App Credentials. "
    "If it is right, Slack did not sign this, or the proxy changed the body.",
}


@dataclass(slots=True)
class Signatures:
    """Decides as slack_sdk does, and logs a refusal at most once a minute for each reason."""

    secret: SecretStr
    clock: Callable[[], float] = time.monotonic
    _verifier: SignatureVerifier = field(init=False)
    _logged_at: dict[Unsigned, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._verifier = SignatureVerifier(self.secret.get_secret_value())

    def accept(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Return whether Slack signed these bytes within the last five minutes."""
        try:
            signed = self._verifier.is_valid_request(body, headers)
        except (ValueError, TypeError, OverflowError):
            signed = False  # slack_sdk raises for a timestamp that is no number and for non-ASCII signatures
        if not signed:
            self._log(headers, body)
        return signed

    def _log(self, headers: Mapping[str, str], body: bytes) -> None:
        why, now = self._why(headers, body), self.clock()
        if now - self._logged_at.get(why, -LOG_EVERY) < LOG_EVERY:
            return
        self._logged_at[why] = now
        off = {"seconds_off": self._seconds_off(headers)} if why is Unsigned.CLOCK else {}
        log.warning("request not signed", why=why.value, check=_CHECK[why], **off)

    def _why(self, headers: Mapping[str, str], body: bytes) -> Unsigned:
        """Return the reason: a signature that fits at another time was made with the right secret."""
        stamp, given = headers.get(_TIME), headers.get(_SIGNATURE)
        if not stamp or not given:
            return Unsigned.MISSING
        try:
            made = self._verifier.generate_signature(timestamp=stamp, body=body) or ""
            fits = hmac.compare_digest(made, given)
        except (ValueError, TypeError):
            fits = False
        return Unsigned.CLOCK if fits else Unsigned.SECRET

    def _seconds_off(self, headers: Mapping[str, str]) -> int:
        """Return how far this host is ahead of Slack's time; negative behind."""
        return round(self._verifier.clock.now() - int(headers[_TIME]))
