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

A_SECOND = 100
"""Commands; the next one is sent when it is due, whether or not the one before was answered."""
SPELL = 3.0
"""Seconds of load on one of the two before it is the other's turn."""
TEXTS = ("list", "orders-prod read 2h measuring the way to the ack")
_numbers = itertools.count(1)
_turns = itertools.cycle((0, 1))


def measure(
    stack: HttpStack, engineers: list[str], rounds: int, progress: Callable[[str], None]
) -> list[Figure]:
    """Half the commands look, half ask for a role, each by somebody else; never fewer than `rounds`."""
    return asyncio.run(_measure(stack, engineers, rounds, progress))


def people_needed(rounds: int) -> int:
    return _spells(rounds) * int(A_SECOND * SPELL) // 2 + 1


def _spells(rounds: int) -> int:
    return max(5, -(-rounds // int(A_SECOND * SPELL)))


async def _measure(
    stack: HttpStack, engineers: list[str], rounds: int, progress: Callable[[str], None]
) -> list[Figure]:
    people = iter(engineers)
    ours: list[float] = []
    empty: list[float] = []
    with _empty_listener() as beside:
        async with _response_url() as answers, httpx.AsyncClient(timeout=10) as client:
            for url in (stack.url("bot"), beside):  # connections are made and code is warm
                await _load(client, url, lambda: _body("U0MAYA", "help", answers), 1.0)
            for spell in range(_spells(rounds)):
                progress(f"ack: {spell} of {_spells(rounds)}")
                ours += await _load(client, stack.url("bot"), lambda: _next(people, answers), SPELL)
                empty += await _load(client, beside, lambda: _body("U0MAYA", "list", answers), SPELL)
    return [
        Figure(
            name=f"slash command to ack, {A_SECOND}/s",
            seconds=ours,
            beside="an empty Bolt listener",
            beside_seconds=empty,
            aim="ratio p99 at most 1.5",
        )
    ]


async def _load(
    client: httpx.AsyncClient, url: str, body: Callable[[], bytes], seconds: float
) -> list[float]:
    """One command every 10 ms; how long each took to be acknowledged."""

    async def send() -> float:
        content = body()
        headers = signed(SECRET, content, time.time()) | {"Content-Type": FORM}
        started = time.perf_counter()
        answer = await client.post(url, content=content, headers=headers)
        if answer.status_code != 200:  # noqa: PLR2004 HTTP's number
            raise AssertionError(f"{answer.status_code}: {answer.text}")
        return time.perf_counter() - started

    sent = []
    begin = time.perf_counter()
    for number in range(int(A_SECOND * seconds)):
        await asyncio.sleep(max(0.0, begin + number / A_SECOND - time.perf_counter()))
        sent.append(asyncio.create_task(send()))
    return await asyncio.gather(*sent)


def _next(people: Iterator[str], answers: str) -> bytes:
    """In turn somebody who looks and somebody new who asks."""
    asks = next(_turns)
    return _body(next(people) if asks else "U0MAYA", TEXTS[asks], answers)


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
def _empty_listener() -> Iterator[str]:
    """A process of its own, like the bot; the secret goes in by its standard input."""
    port = free_port()
    command = [sys.executable, "-m", "bench.empty_bolt", str(port)]
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
