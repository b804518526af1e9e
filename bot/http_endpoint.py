"""HTTP mode: where Slack's requests come in, and what operators' machines ask."""

import time
from typing import Any

from pydantic import SecretStr
from slack_bolt import BoltResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.http_body import BodyRefused, read_body
from bot.http_health import OK, Readiness
from bot.http_metrics import Metrics
from bot.http_payload import BadPayload, kind_of, read_payload
from bot.http_signature import is_signed
from bot.listener_pool import ListenerPool, Overloaded


class HttpEndpoint:
    """The four addresses. Only what Slack signed reaches a listener; the others tell of nobody."""

    def __init__(
        self, *, work: ListenerPool, readiness: Readiness, metrics: Metrics, signing_secret: SecretStr
    ) -> None:
        self._work = work
        self._readiness = readiness
        self._metrics = metrics
        self._secret = signing_secret
        metrics.running.set_function(lambda: len(work))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/slack/events", self.events, methods=["POST"]),
                Route("/healthz", self.health, methods=["GET"]),
                Route("/readyz", self.ready, methods=["GET"]),
                Route("/metrics", self.metrics, methods=["GET"]),
            ]
        )

    def finish(self, seconds: float) -> bool:
        """Whether every listener ended in time, once nothing new is served."""
        self._readiness.close()
        return self._work.finish(seconds)

    async def events(self, request: Request) -> Response:
        """401 unless signed, 413 and 408 for too much, 503 for too many; else what the listener answered."""
        try:
            body = await read_body(request)
        except BodyRefused as refused:
            return self._refuse(refused.status, refused.why)
        arrived = time.perf_counter()
        if not is_signed(request.headers, body, secret=self._secret, now=time.time()):
            return self._refuse(401, "signature")
        try:
            payload = read_payload(request.headers.get("content-type", ""), body)
        except BadPayload:
            return self._refuse(400, "payload")
        return await self._answer(payload, arrived)

    async def health(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        checks = await self._readiness.checks()
        ready = all(found == OK for found in checks.values())
        return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def _answer(self, payload: dict[str, Any], arrived: float) -> Response:
        kind = kind_of(payload)
        self._metrics.requests.labels(kind).inc()
        if kind == "url_verification":
            return PlainTextResponse(str(payload.get("challenge", "")))
        if payload.get("ssl_check") == "1":
            return Response()
        try:
            answer = self._work.start(payload)
        except Overloaded:
            return self._refuse(503, "overloaded")
        # An event is taken by its arrival, as in Socket Mode; what it brings about is looked up anew anyway.
        response = Response() if kind == "event_callback" else _response(await answer)
        self._metrics.ack_seconds.labels(kind).observe(time.perf_counter() - arrived)
        if response.status_code >= 400:  # noqa: PLR2004 HTTP's number
            self._metrics.failed.labels(kind).inc()
        return response

    def _refuse(self, status: int, why: str) -> Response:
        self._metrics.refused.labels(why).inc()
        return PlainTextResponse(f"{why}\n", status_code=status)


def _response(answer: BoltResponse) -> Response:
    headers = answer.first_headers_without_set_cookie()
    return Response(answer.body, status_code=answer.status, headers=headers)
