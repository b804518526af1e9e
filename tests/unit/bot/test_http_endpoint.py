"""The endpoint that Slack calls in HTTP mode."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from bot.http.endpoint import HttpEndpoint
from bot.http.metrics import Metrics
from bot.listener_pool import MOST_WAITING, THREADS, ListenerPool

SECRET = "unit-signing-secret"


class Heard:
    """A Bolt app that keeps the payloads."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        self.bodies.append(req.body)
        return BoltResponse(status=200, body="taken")


@pytest.fixture
def app() -> Heard:
    return Heard()


@pytest.fixture
def pool() -> Iterator[ListenerPool]:
    pool = ListenerPool()
    yield pool
    pool.shutdown()


@pytest.fixture
def endpoint(app: Heard, pool: ListenerPool) -> Starlette:
    return HttpEndpoint(
        app,
        listeners=pool,
        readiness=cast("Any", SimpleNamespace()),
        metrics=Metrics(),
        signing_secret=SecretStr(SECRET),
    ).app()


def ask(endpoint: Starlette, method: str, path: str, **sent: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.request(method, path, **sent)

    return asyncio.run(send())


def post(endpoint: Starlette, body: str) -> httpx.Response:
    verifier = SignatureVerifier(SECRET)
    stamp = str(int(verifier.clock.now()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(verifier.generate_signature(timestamp=stamp, body=body)),
    }
    return ask(endpoint, "POST", "/slack/events", content=body, headers=headers)


def test_command_that_contains_the_word_payload_arrives_whole(endpoint: Starlette, app: Heard) -> None:
    assert post(endpoint, "command=%2Fdbaccess&text=orders-prod+read+2h+look+at+the+payload").text == "taken"
    assert [body["text"] for body in app.bodies] == ["orders-prod read 2h look at the payload"]


def test_bot_with_too_many_listeners_refuses(endpoint: Starlette, app: Heard, pool: ListenerPool) -> None:
    release = threading.Event()
    try:
        for _ in range(THREADS + MOST_WAITING):
            pool.submit(release.wait, 60)
        answer = post(endpoint, "command=%2Fdbaccess&text=list")
        assert (answer.status_code, answer.text, app.bodies) == (503, "overloaded\n", [])
        assert f"dbaccess_bot_running {THREADS + MOST_WAITING}.0" in ask(endpoint, "GET", "/metrics").text
    finally:
        release.set()
    assert pool.finish(30)
    assert post(endpoint, "command=%2Fdbaccess&text=list").status_code == 200


def test_pool_reports_listeners_that_did_not_end_in_time() -> None:
    pool, release = ListenerPool(), threading.Event()
    running = pool.submit(release.wait, 60)
    assert not pool.finish(0.01)
    release.set()
    running.result(30)
    assert pool.finish(30)
