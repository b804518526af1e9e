"""The page itself: a few static files that need nothing from anywhere else."""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.store import Store
from sandbox.world import World

_SITE = Path(__file__).parent / "site"
_NAME = re.compile(r"[a-z_]+\.(?:js|css|svg)")
_LOCAL_PAGES = "http://127.0.0.1:* http://localhost:*"
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {_LOCAL_PAGES}",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def routes() -> list[Route]:
    return [Route("/", _page, methods=["GET"]), Route("/page/{name}", _file, methods=["GET"])]


async def _page(request: Request) -> Response:
    """Return the page of the person asked for, else of the first person who can act."""
    store: Store = request.app.state.store
    asked = store.world.find_user(request.query_params.get("as", ""))
    if asked is None or asked.is_bot:
        person = _first_person(store.world)
        if person is None:
            return PlainTextResponse("no person in this world can act", status_code=404, headers=_HEADERS)
        url = request.url.include_query_params(**{"as": person})
        return RedirectResponse(f"/?{url.query}", status_code=303, headers=_HEADERS)
    return FileResponse(_SITE / "index.html", headers=_HEADERS)


async def download(request: Request) -> Response:
    """A file that the app shared, to be saved and never shown here: its page is not the sandbox's own."""
    store: Store = request.app.state.store
    file = store.files.kept.get(request.path_params["file"])
    if file is None or file.content is None or not file.channels:
        return PlainTextResponse("no such file", status_code=404, headers=_HEADERS)
    saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
    return Response(file.content, media_type="application/octet-stream", headers=_HEADERS | saved)


def _first_person(world: World) -> str | None:
    return next((user.id for user in world.users if not (user.is_bot or user.deleted)), None)


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    path = _SITE / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return PlainTextResponse("no such file", status_code=404, headers=_HEADERS)
    return FileResponse(path, headers=_HEADERS)
