"""The four addresses of HTTP mode."""

import asyncio
import time
from typing import Any, Protocol

from pydantic import SecretStr
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.http.decode import BadPayload, kind_of, read_payload
from bot.http.health import OK, Readiness
from bot.http.metrics import Metrics
from bot.http.signature import Signatures
from bot.listener_pool import DispatchPool, ListenerPool

LONGEST_BODY = 1024 * 1024
"""In bytes: several times the largest view that Slack sends back."""

READ_WITHIN = 5.0
"""Seconds until a body is complete. Slack gives up after three."""


class BoltApp(Protocol):
    """The part of a Bolt app that the endpoint calls."""

    def dispatch(self, req: BoltRequest) -> BoltResponse: ...


class HttpEndpoint:
    """Pass requests that Slack signed to the Bolt app, and answer health checks and Prometheus."""

    def __init__(
        self,
        app: BoltApp,
        *,
        listeners: ListenerPool,
        readiness: Readiness,
        metrics: Metrics,
        signing_secret: SecretStr,
    ) -> None:
        self._app = app
        self._listeners = listeners
        self._dispatching = DispatchPool()
        self._readiness = readiness
        self._metrics = metrics
        self._signatures = Signatures(signing_secret)
        metrics.running.set_function(lambda: len(listeners))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/slack/events", self.events, methods=["POST"], max_body_size=LONGEST_BODY),
                Route("/healthz", self.health, methods=["GET"]),
                Route("/readyz", self.ready, methods=["GET"]),
                Route("/metrics", self.metrics, methods=["GET"]),
            ]
        )

    async def events(self, request: Request) -> Response:
        """Answer with the ack of a listener, 401 unless Slack signed the body, 503 under overload."""
        try:
            async with asyncio.timeout(READ_WITHIN):
                body = await request.body()
        except TimeoutError:
            return self._refuse(408, "too_slow")
        except ClientDisconnect:
            return self._refuse(400, "cut_off")
        arrived = time.perf_counter()
        if not self._signatures.accept(request.headers, body):
            return self._refuse(401, "signature")
        try:
            payload = read_payload(request.headers.get("content-type", ""), body)
        except BadPayload:
            return self._refuse(400, "payload")
        # The place is taken in this turn of the event loop, before another request is checked.
        if self._listeners.is_full or self._dispatching.is_full:
            return self._refuse(503, "overloaded")
        return await self._dispatch(payload, arrived)

    async def health(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        checks = await self._readiness.checks()
        ready = all(found == OK for found in checks.values())
        return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def _dispatch(self, payload: dict[str, Any], arrived: float) -> Response:
        kind = kind_of(payload)
        self._metrics.requests.labels(kind).inc()
        # As in Socket Mode: signature and body are read already, so Bolt does neither again.
        request = BoltRequest(body=payload, mode="socket_mode")
        # Bolt waits for the ack in the calling thread. On the event loop that would stop all other requests.
        answer = await asyncio.wrap_future(self._dispatching.submit(self._app.dispatch, request))
        self._metrics.ack_seconds.labels(kind).observe(time.perf_counter() - arrived)
        if answer.status >= 400:  # noqa: PLR2004 HTTP's number
            self._metrics.failed.labels(kind).inc()
        return to_starlette_response(answer)

    def _refuse(self, status: int, why: str) -> Response:
        self._metrics.refused.labels(why).inc()
        return PlainTextResponse(f"{why}\n", status_code=status)
