"""A Bolt app that only acknowledges, served as Bolt's documentation does: what ours is compared with."""

import sys

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def main(port: int, secret: str) -> None:
    """Serves until it is ended."""
    who = AuthorizeResult(enterprise_id=None, team_id="T0ACME", bot_token="xoxb-nobody", bot_user_id="U0BOT")  # noqa: S106
    app = App(signing_secret=secret, authorize=lambda **_: who)
    app.command("/dbaccess")(lambda ack: ack())
    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    served = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    uvicorn.run(served, host="127.0.0.1", port=port, http="h11", log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.stdin.readline().strip())
