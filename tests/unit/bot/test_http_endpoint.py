"""The endpoint that Slack calls in HTTP mode."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.http.decode import FORM, JSON
from bot.http.endpoint import BoltApp, HttpEndpoint
from bot.http.metrics import Metrics
from bot.http.signature import LOG_EVERY, Signatures
from bot.listener_pool import MOST_WAITING, THREADS, ListenerPool

SECRET = "unit-signing-secret"


class Hanging:
    """A Bolt app; listeners go on until `release`: after their ack, or before it with `text=slow`."""

    def __init__(self, pool: ListenerPool) -> None:
        self.pool = pool
        self.release = threading.Event()
        self.taken = threading.Semaphore(0)

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        acknowledged = threading.Event()
        self.pool.submit(self._listen, acknowledged, slow=req.body["text"] == "slow")
        self.taken.release()
        return BoltResponse(status=200 if acknowledged.wait(60) else 504)

    async def wait_taken(self, count: int) -> None:
        """Return once that many more requests have reached the app."""
        for _ in range(count):
            assert await asyncio.to_thread(self.taken.acquire, timeout=60)

    def _listen(self, acknowledged: threading.Event, *, slow: bool) -> None:
        if slow:
            self.release.wait(60)
        acknowledged.set()
        self.release.wait(60)


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
    return serve(app, pool)


def serve(app: BoltApp, pool: ListenerPool) -> Starlette:
    return HttpEndpoint(
        app,
        listeners=pool,
        readiness=cast("Any", SimpleNamespace()),
        metrics=Metrics(),
        signing_secret=SecretStr(SECRET),
    ).app()


def connect(endpoint: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(endpoint), base_url="http://bot")


def ask(endpoint: Starlette, method: str, path: str, **sent: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        async with connect(endpoint) as client:
            return await client.request(method, path, **sent)

    return asyncio.run(send())


def post(endpoint: Starlette, body: str) -> httpx.Response:
    return ask(endpoint, "POST", "/slack/events", content=body, headers=signed(body))


def signed(body: str, *, kind: str = FORM, seconds: int = 0, secret: str = SECRET) -> dict[str, str]:
    """The headers of a body that was signed with this secret, so many seconds before now."""
    verifier = SignatureVerifier(secret)
    stamp = str(int(verifier.clock.now()) - seconds)
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(verifier.generate_signature(timestamp=stamp, body=body)),
    }


def test_command_that_contains_the_word_payload_arrives_whole(endpoint: Starlette, app: Heard) -> None:
    assert post(endpoint, "command=%2Fdbaccess&text=orders-prod+read+2h+look+at+the+payload").text == "taken"
    assert [body["text"] for body in app.bodies] == ["orders-prod read 2h look at the payload"]


COMMAND = '{"command": "/dbaccess", "text": "list"}'
EVENT = '{"type": "event_callback", "event": {"type": "user_change"}}'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, EVENT),
        (FORM, COMMAND),
        (FORM, f" \n{EVENT}"),
        (FORM, '{"type": "event_callback", "text": "x&command=%2Fdbaccess&text=list&y=1"}'),
        (FORM, '{"type": "event_callback", "text": "x&payload=%7B%7D&y=1"}'),
        (FORM, "true"),
        (FORM, "text=list"),
        (FORM, "command=%2Fdbaccess&command=%2Fother"),
        (FORM, f"payload={quote(COMMAND)}"),
        (FORM, f"payload={quote(EVENT)}"),
        (FORM, "payload=%7B%7D&command=%2Fdbaccess"),
        (JSON, COMMAND),
        (JSON, '{"type": "event_callback", "command": "/dbaccess"}'),
        (JSON, '{"type": "block_actions"}'),
        (JSON, "command=%2Fdbaccess&text=list"),
    ],
)
def test_signed_body_of_another_kind_than_its_header_says_is_refused(
    endpoint: Starlette, app: Heard, kind: str, body: str
) -> None:
    answer = ask(endpoint, "POST", "/slack/events", content=body, headers=signed(body, kind=kind))
    assert (answer.status_code, answer.text, app.bodies) == (400, "payload\n", [])


@pytest.mark.parametrize(
    ("kind", "body"),
    [(JSON, EVENT), (FORM, 'payload={"type":"block_actions"}'), (FORM, "ssl_check=1&token=x")],
)
def test_body_of_its_own_kind_is_taken(endpoint: Starlette, app: Heard, kind: str, body: str) -> None:
    answer = ask(endpoint, "POST", "/slack/events", content=body, headers=signed(body, kind=kind))
    assert (answer.text, len(app.bodies)) == ("taken", 1)


BODY = "command=%2Fdbaccess&text=orders-prod+read"


@pytest.mark.parametrize(
    ("sign", "why", "seconds_off"),
    [
        (lambda: signed(BODY, secret="of-another-app"), "secret", None),
        (lambda: signed(BODY + "x"), "secret", None),
        (lambda: signed(BODY, secret="of-another-app", seconds=4000), "secret", None),
        (lambda: {**signed(BODY), "X-Slack-Request-Timestamp": "now"}, "secret", None),
        (lambda: signed(BODY, seconds=4000), "clock", 4000),
        (lambda: signed(BODY, seconds=-4000), "clock", -4000),
        (lambda: {"Content-Type": FORM}, "missing", None),
    ],
)
def test_log_tells_a_wrong_clock_from_a_wrong_secret(
    endpoint: Starlette, sign: Callable[[], dict[str, str]], why: str, seconds_off: int | None
) -> None:
    with capture_logs() as logged:
        answer = ask(endpoint, "POST", "/slack/events", content=BODY, headers=sign())
    (line,) = logged
    assert (answer.status_code, line["event"], line["why"]) == (401, "request not signed", why)
    assert line.get("seconds_off") == (seconds_off and pytest.approx(seconds_off, abs=1000))
    assert not any(text in str(line) for text in (SECRET, "orders-prod", "v0="))


def test_refusals_of_one_reason_are_logged_once_a_minute() -> None:
    now = [0.0]
    signatures = Signatures(SecretStr(SECRET), clock=lambda: now[0])

    def reasons(*several: dict[str, str]) -> list[str]:
        with capture_logs() as logged:
            assert not any(
                signatures.accept({name.lower(): value for name, value in headers.items()}, BODY.encode())
                for headers in several
            )
        return [line["why"] for line in logged]

    wrong, late = signed(BODY, secret="of-another-app"), signed(BODY, seconds=4000)
    assert reasons(wrong, late, wrong, late, wrong) == ["secret", "clock"]
    now[0] = LOG_EVERY
    assert reasons(wrong, wrong) == ["secret"]


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


def test_every_listener_that_may_wait_is_taken_and_one_more_is_refused_at_once(pool: ListenerPool) -> None:
    app = Hanging(pool)
    endpoint = serve(app, pool)

    async def overload() -> list[int]:
        async with connect(endpoint) as client, asyncio.TaskGroup() as tasks:

            async def send(text: str) -> int:
                body = f"command=%2Fdbaccess&text={text}"
                answer = await client.post("/slack/events", content=body, headers=signed(body))
                return answer.status_code

            acknowledged = [await send("list") for _ in range(THREADS)]
            waiting = [tasks.create_task(send("list")) for _ in range(MOST_WAITING)]
            try:
                await app.wait_taken(THREADS + MOST_WAITING)
                one_more = await send("list")
            finally:
                app.release.set()
            return [*acknowledged, *[await one for one in waiting], one_more]

    assert asyncio.run(overload()) == [200] * (THREADS + MOST_WAITING) + [503]


def test_of_requests_that_come_at_once_only_the_one_too_many_is_refused(pool: ListenerPool) -> None:
    app = Hanging(pool)
    endpoint = serve(app, pool)
    most = THREADS + MOST_WAITING

    async def overload() -> list[int]:
        body = "command=%2Fdbaccess&text=slow"
        async with connect(endpoint) as client, asyncio.TaskGroup() as tasks:
            post = client.post
            sent = [
                tasks.create_task(post("/slack/events", content=body, headers=signed(body)))
                for _ in range(most + 1)
            ]
            try:
                await app.wait_taken(most)
            finally:
                app.release.set()
            return [(await one).status_code for one in sent]

    assert sorted(asyncio.run(overload())) == [200] * most + [503]


def test_pool_reports_listeners_that_did_not_end_in_time() -> None:
    pool, release = ListenerPool(), threading.Event()
    running = pool.submit(release.wait, 60)
    assert not pool.finish(0.01)
    release.set()
    running.result(30)
    assert pool.finish(30)
