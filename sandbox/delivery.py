"""How a payload reaches the app, whichever way the app listens."""

from dataclasses import dataclass
from typing import Protocol

from sandbox.wire import Json

TIMEOUT = "operation_timeout"
DISPATCH_FAILED = "dispatch_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """`error`: what the person sees of an app that is silent or gone; `failure`: why an event comes again."""

    payload: Json | None = None
    error: str | None = None
    failure: str = "timeout"


class Delivery(Protocol):
    async def deliver(
        self, kind: str, payload: Json, *, answerable: bool, retry: "Retry | None" = None
    ) -> Ack:
        """Sends it to the app once; `answerable`: the app may answer within its acknowledgement."""

    def reaches_app(self) -> bool:
        """Whether there is anything of the app to send to."""


@dataclass(frozen=True, slots=True)
class Retry:
    attempt: int
    reason: str
