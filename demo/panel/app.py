"""Puts the panel together."""

import asyncio
import html
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from demo.panel.desk import Desks
from demo.panel.guard import Guard
from demo.panel.ledger import LedgerFeed, Verifier
from demo.panel.session import NotPossible, Target

SITE = Path(__file__).parent / "site"
LONGEST_STATEMENT = 100_000
_NAME = re.compile(r"[a-z_]+\.(?:js|css|svg)")
_BREATH = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`sandbox`: its address. `targets` by name. `ledger_url`: a login that may read the ledger only.

    `people`: names by the ids that the ledger uses; `zones`: the time zones of those people.
    """

    sandbox: str
    targets: Mapping[str, Target]
    ledger_url: str = field(repr=False)
    people: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)


def build(panel: Panel) -> Starlette:
    """The panel's page and what it asks for. Nothing it is told is kept beyond the page that told it."""
    return _Rooms(panel).app()


class _Rooms:
    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._token = secrets.token_urlsafe(24)
        self._desks = Desks()
        self._feed = LedgerFeed(panel.ledger_url, panel.people, self._desks.tell_all)
        self._verifier = Verifier(panel.ledger_url)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page, methods=["GET"]),
                Route("/site/{name}", _file, methods=["GET"]),
                Route("/live", self._live, methods=["GET"]),
                Route("/connect", self._connect, methods=["POST"]),
                Route("/run", self._run, methods=["POST"]),
                Route("/cancel", self._cancel, methods=["POST"]),
                Route("/disconnect", self._disconnect, methods=["POST"]),
                Route("/verify", self._verify, methods=["POST"]),
            ],
            middleware=[Middleware(Guard, token=self._token)],
            exception_handlers={NotPossible: _not_possible},
            lifespan=self._while_serving,
        )

    @asynccontextmanager
    async def _while_serving(self, _app: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(self._feed.follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            self._desks.close()

    async def _page(self, request: Request) -> Response:
        # The frame gets its address by the name that the browser used, for one site and one storage.
        sandbox = _under(self._panel.sandbox, request.url.hostname or "127.0.0.1")
        values = {"token": self._token, "sandbox": sandbox}
        text = (SITE / "index.html").read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"{{{{{name}}}}}", html.escape(value, quote=True))
        return HTMLResponse(text, headers=_headers(sandbox))

    async def _live(self, request: Request) -> Response:
        greeting = {
            "kind": "hello",
            "targets": {
                name: {"host": target.host, "port": target.port, "database": target.database}
                for name, target in self._panel.targets.items()
            },
            "ledger": list(self._feed.last),
            "start": self._feed.start,
            "zones": dict(self._panel.zones),
        }
        watching = self._desks.watch(request.query_params.get("desk", ""), greeting)
        first = await anext(watching)
        return StreamingResponse(
            _lines(first, watching), media_type="text/event-stream", headers=_headers(self._panel.sandbox)
        )

    async def _connect(self, request: Request) -> Response:
        asked = await _asked(request)
        desk = self._desks.get(asked.get("desk"))
        target = self._panel.targets.get(_word(asked, "target"))
        if target is None:
            raise NotPossible("There is no such database here.")
        user, password = _word(asked, "user"), _word(asked, "password")
        session = await desk.open_session(target, user=user, password=password)
        return JSONResponse({"user": session.user})

    async def _run(self, request: Request) -> Response:
        asked = await _asked(request)
        session = self._desks.get(asked.get("desk")).session
        if session is None:
            raise NotPossible("Not connected. Fill in user and password, and connect.")
        statement = _word(asked, "statement")
        if len(statement) > LONGEST_STATEMENT or "\0" in statement:
            raise NotPossible(f"A statement has up to {LONGEST_STATEMENT:,} characters, none of them zero.")
        return JSONResponse(await session.run(statement))

    async def _cancel(self, request: Request) -> Response:
        session = self._desks.get((await _asked(request)).get("desk")).session
        if session is not None:
            await session.cancel()
        return JSONResponse({})

    async def _disconnect(self, request: Request) -> Response:
        self._desks.get((await _asked(request)).get("desk")).close_session()
        return JSONResponse({})

    async def _verify(self, _request: Request) -> Response:
        return JSONResponse(await self._verifier.verify())


async def _lines(first: Any, rest: AsyncIterator[Any]) -> AsyncIterator[str]:
    """Yield server-sent events, and a sign of life when there are none."""
    yield f"data: {json.dumps(first)}\n\n"
    waiting: asyncio.Task[Any] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(rest))
            done, _ = await asyncio.wait({waiting}, timeout=_BREATH)
            if not done:
                yield ": still here\n\n"
                continue
            yield f"data: {json.dumps(waiting.result())}\n\n"
            waiting = None
    finally:
        if waiting is not None:
            waiting.cancel()


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    path = SITE / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return PlainTextResponse("no such file", status_code=404)
    return FileResponse(path, headers=_headers("'none'"))


async def _asked(request: Request) -> dict[str, Any]:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise NotPossible("Send a JSON object.")
    return asked


def _word(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise NotPossible(f"{name} is missing.")
    return value


async def _not_possible(_request: Request, error: Exception) -> Response:
    return JSONResponse({"refused": str(error)}, status_code=409)


def _under(address: str, name: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(("http", f"{name}:{parts.port}", "", "", ""))


def _headers(sandbox: str) -> dict[str, str]:
    policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        f"frame-src {sandbox}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
