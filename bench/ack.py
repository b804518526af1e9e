"""From a slash command to its ack in HTTP mode, beside a Bolt listener that does nothing else."""

import asyncio
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlencode

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bench.figures import Figure
from demo.servers.ports import free_port
from sandbox.signing import signed
from tests.acceptance.http_stack import FORM, SECRET, HttpStack
from tests.acceptance.stack import CHANNEL, wait

RATES = (50, 100)
"""Commands a second; the next one is sent when it is due, whether or not the one before was answered."""
SPELL = 2.0
"""Seconds of load on one before it is another's turn."""
GIVEN_UP = 10.0
"""Seconds after which an answer that did not come is counted as one that took so long."""
TEXTS = {"help": "help", "list": "list", "a new request": "orders-prod read 2h measuring the way to the ack"}
DOOR, ADAPTER = "an empty listener, same server", "an empty listener, Bolt's own adapter"
_numbers = itertools.count(1)


def measure(
    stack: HttpStack, engineers: list[str], rounds: int, progress: Callable[[str], None]
) -> list[Figure]:
    """Measure each kind of command, at least `rounds` times; every new request is another person's."""
    return asyncio.run(_measure(stack, engineers, _spells(rounds), progress))


def people_needed(rounds: int) -> int:
    return _spells(rounds) * int(sum(RATES) * SPELL)


def _spells(rounds: int) -> int:
    return max(3, -(-rounds // int(min(RATES) * SPELL)))


async def _measure(
    stack: HttpStack, engineers: list[str], spells: int, progress: Callable[[str], None]
) -> list[Figure]:
    people = iter(engineers)
    taken: dict[tuple[str, int], list[float]] = {
        (name, rate): [] for name in (*TEXTS, DOOR, ADAPTER) for rate in RATES
    }
    with _empty_listener("door") as door, _empty_listener("adapter") as adapter:
        async with _response_url() as answers, httpx.AsyncClient(timeout=GIVEN_UP) as client:

            def saying(text: str) -> Callable[[], bytes]:
                return lambda: _body(next(people) if "read" in text else "U0TOM", text, answers)

            ours = stack.url("bot")
            for url in (ours, door, adapter):  # connections are made and code is warm
                await _load(client, url, saying("help"), 1.0, min(RATES))
            asked = {name: (ours, text) for name, text in TEXTS.items()}
            asked |= {DOOR: (door, "list"), ADAPTER: (adapter, "list")}
            for spell in range(spells):
                progress(f"ack: {spell} of {spells}")
                for name, rate in taken:
                    url, text = asked[name]
                    taken[name, rate] += await _load(client, url, saying(text), SPELL, rate)
    return [
        Figure(
            name=f"/dbaccess to ack, {rate}/s: {name}",
            seconds=taken[name, rate],
            beside=beside,
            beside_seconds=taken[beside, rate],
            aim="ratio p99 at most 1.5" if rate == max(RATES) else "",
        )
        for rate in RATES
        for name in TEXTS
        for beside in (DOOR, ADAPTER)
    ]


async def _load(
    client: httpx.AsyncClient, url: str, body: Callable[[], bytes], seconds: float, rate: int
) -> list[float]:
    """So many commands a second, evenly; how long each took to be acknowledged."""

    async def send() -> float:
        content = body()
        headers = signed(SECRET, content, time.time()) | {"Content-Type": FORM}
        started = time.perf_counter()
        try:
            answer = await client.post(url, content=content, headers=headers)
        except httpx.TimeoutException:
            return GIVEN_UP
        if answer.status_code != 200:  # noqa: PLR2004 HTTP's number
            raise AssertionError(f"{answer.status_code}: {answer.text}")
        return time.perf_counter() - started

    sent = []
    begin = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        sent.append(asyncio.create_task(send()))
    return await asyncio.gather(*sent)


def _body(user: str, text: str, answers: str) -> bytes:
    number = next(_numbers)
    return urlencode(
        {
            "command": "/dbaccess",
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "team_id": "T0ACME",
            "channel_id": CHANNEL,
            "channel_name": "db-approvals",
            "api_app_id": "A0APP",
            "trigger_id": f"{time.time_ns()}.{number}.bench",
            "response_url": answers,
        }
    ).encode()


@contextmanager
def _empty_listener(kind: str) -> Iterator[str]:
    """A process of its own, like the bot; the secret goes in by its standard input."""
    port = free_port()
    command = [sys.executable, "-m", "bench.empty_bolt", kind, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:  # noqa: S603 our own
        try:
            if process.stdin is None:
                raise AssertionError("it was asked for")
            process.stdin.write(f"{SECRET}\n")
            process.stdin.flush()
            url = f"http://127.0.0.1:{port}/slack/events"
            wait(lambda: _answers(url), 20)
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 405  # noqa: PLR2004 it takes POST only
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def _response_url() -> AsyncIterator[str]:
    """Takes what the bot says afterwards, as Slack would."""

    async def take(_: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = Starlette(routes=[Route("/", take, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        await serving
