"""How a payload reaches the app, whichever way the app listens."""

from dataclasses import dataclass
from typing import Protocol

from sandbox.wire import Json

ACK_SECONDS = 3.0
TIMEOUT = "operation_timeout"
DISPATCH_FAILED = "dispatch_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """`error` is what the person sees when the app did not acknowledge in time, or is not there."""

    payload: Json | None = None
    error: str | None = None


class Delivery(Protocol):
    async def deliver(
        self, kind: str, payload: Json, *, answerable: bool, retry: "Retry | None" = None
    ) -> Ack:
        """Sends it to the app once; `answerable`: the app may answer within its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Retry:
    attempt: int
    reason: str
