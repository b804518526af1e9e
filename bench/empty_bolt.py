"""A Bolt app that only acknowledges: what ours is compared with.

Served twice: through the bot's own door, and as Bolt's documentation does.
"""

import sys
from types import SimpleNamespace
from typing import Any, cast

import uvicorn
from pydantic import SecretStr
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.http.endpoint import HttpEndpoint
from bot.http.metrics import Metrics
from bot.listener_pool import ListenerPool


def main(kind: str, port: int, secret: str) -> None:
    """Serves until it is ended; `kind` is `door` or `adapter`."""
    served = _behind_door(secret) if kind == "door" else _behind_adapter(secret)
    uvicorn.run(served, host="127.0.0.1", port=port, http="h11", log_level="warning", access_log=False)


def _app(secret: str, **options: Any) -> App:
    who = AuthorizeResult(enterprise_id=None, team_id="T0ACME", bot_token="xoxb-nobody", bot_user_id="U0BOT")  # noqa: S106
    app = App(signing_secret=secret, authorize=lambda **_: who, **options)
    app.command("/dbaccess")(_acknowledge)
    return app


def _acknowledge(ack: Any) -> None:
    ack()


def _behind_door(secret: str) -> Starlette:
    nobody_asks = cast("Any", SimpleNamespace(close=lambda: None))
    listeners = ListenerPool()
    app = _app(secret, request_verification_enabled=False, listener_executor=listeners)
    return HttpEndpoint(
        app,
        listeners=listeners,
        readiness=nobody_asks,
        metrics=Metrics(),
        signing_secret=SecretStr(secret),
    ).app()


def _behind_adapter(secret: str) -> Starlette:
    handler = SlackRequestHandler(_app(secret))

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.stdin.readline().strip())
