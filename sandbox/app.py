"""Puts the sandbox together."""

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from sandbox.changes import Changes
from sandbox.driver import Driver
from sandbox.guard import Guard
from sandbox.http_mode import HttpMode
from sandbox.interactions import response_url
from sandbox.interactions.context import Context
from sandbox.interactions.events import Events
from sandbox.manifest import Manifest
from sandbox.page import files
from sandbox.page.live import Live
from sandbox.page.pulse import Beating, Pulse
from sandbox.socket_mode import SocketMode
from sandbox.store import Store
from sandbox.web_api import endpoint
from sandbox.web_api import files as web_files
from sandbox.world import World


def build_app(world: World, manifest: Manifest, address: str) -> Starlette:
    """Return the app; `address` is where it will be reached, as in the URLs that it gives out."""
    bot = world.user(world.app.bot_user)
    if bot.name == "bot":
        bot.name = manifest.bot_name
    store = Store(world=world, manifest=manifest, address=address)
    sockets = SocketMode(store)
    http = HttpMode(store, () if manifest.socket_mode else manifest.request_urls)
    context = Context(store=store, delivery=sockets if manifest.socket_mode else http)
    events = Events(context)
    driver = Driver(context, events, Changes(world, events), sockets, http.verified)
    pulse = Pulse()
    response_urls = [
        Route(f"/{kind}/{{team}}/{{number}}/{{secret}}", response_url.endpoint, methods=["POST"])
        for kind in ("commands", "actions")
    ]
    app = Starlette(
        routes=[
            Route("/api/{method}", endpoint.endpoint, methods=["GET", "POST"]),
            WebSocketRoute("/link/", sockets.endpoint),
            *response_urls,
            Route("/upload/v1/{secret}", web_files.upload, methods=["POST"]),
            Route("/files/{file}", files.download, methods=["GET"]),
            *files.routes(),
            Live(store, context.delivery, pulse).route(),
            *driver.routes(),
        ]
    )
    app.state.store, app.state.http, app.state.pulse = store, http, pulse
    app.add_middleware(Beating, pulse=pulse)
    app.add_middleware(Guard, address=address)
    return app
