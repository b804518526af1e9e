"""Tells the open pages that something may have changed."""

import asyncio
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(slots=True)
class Pulse:
    """`next` is set at the next beat, and never again: take it before looking, wait for it after.

    `over`: the sandbox stops, and waiting ends.
    """

    next: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def beat(self) -> None:
        self.next.set()
        self.next = asyncio.Event()

    def stop(self) -> None:
        self.over = True
        self.beat()


@dataclass(frozen=True, slots=True)
class Beating:
    """Follows each request with a beat, because every change here comes from a request."""

    app: ASGIApp
    pulse: Pulse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            self.pulse.beat()
