"""Requests that are held open end with the server: streams, running statements, a check of the ledger."""

import asyncio
from contextlib import suppress

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OpenRequests:
    """Runs each request until it is done or the server stops, and completes its answer either way.

    uvicorn would cancel what is still open, and print a traceback for each.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stops = asyncio.Event()

    def stop(self) -> None:
        """End every open request; call it on the server's own loop."""
        self._stops.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        work = asyncio.ensure_future(self._app(scope, receive, answer.send))
        stops = asyncio.ensure_future(self._stops.wait())
        try:
            await asyncio.wait({work, stops}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
                return
        finally:
            stops.cancel()
            work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await answer.complete(scope, receive)


class _Answer:
    """The sent part of one answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._began = self._whole = False

    async def send(self, message: Message) -> None:
        await self._send(message)
        self._began = True
        self._whole = message["type"] == "http.response.body" and not message.get("more_body", False)

    async def complete(self, scope: Scope, receive: Receive) -> None:
        if not self._began:
            refused = JSONResponse({"refused": "The demo was stopped."}, status_code=503)
            await refused(scope, receive, self._send)
        elif not self._whole:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
