"""A connection of HTTP mode: whoever holds one asks for something soon, and there is room for so many."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 400
"""More than listeners may be at work or wait, and well below the files that a process may have open."""

ASK_WITHIN = 10.0
"""Seconds until the head of a request is whole: uvicorn would wait for ever."""

ANSWERED_WITHIN = 60.0
"""Seconds from there until the last byte of the answer was taken; a listener's ack never takes so long."""

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 12\r\nConnection: close\r\n\r\nconnections\n"
)


class PromptProtocol(H11Protocol):
    """uvicorn's own, with an end to every wait for the other side.

    Its `limit_concurrency` ends no connection: some that say nothing would keep everybody else at 503.
    """

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._arm(ASK_WITHIN)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._arm(ANSWERED_WITHIN)
        elif self._timer is None:
            self._arm(ASK_WITHIN)

    def on_response_complete(self) -> None:
        before = self.cycle
        super().on_response_complete()
        if self.transport.is_closing():
            self._arm(ASK_WITHIN)  # for what was written and never taken
        elif self.cycle is not before:  # the next request was there already
            self._arm(ANSWERED_WITHIN)
        else:
            self._disarm()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._arm(ASK_WITHIN)  # as above

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self.transport.abort)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
