"""Only the page itself runs statements: a browser shows other pages too, and all of them reach this one."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_HEADER = "x-demo-token"  # noqa: S105 its name, not its value
_LOCAL = frozenset({"127.0.0.1", "localhost"})
_DETAILS = {
    421: "This page answers to 127.0.0.1 and localhost only.",
    403: "Only the demo's own page, as it was opened last, may ask for this: reload it.",
    415: "Send application/json.",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses other names (DNS rebinding), other pages' requests, and every change without the token."""

    app: ASGIApp
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = self._refusal(scope) if scope["type"] == "http" else None
        if status is None:
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"refused": _DETAILS[status]}, status_code=status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> int | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(host) not in _LOCAL:
            return 421
        if scope["method"] in {"GET", "HEAD"} and scope["path"] == "/":
            return None  # a link from anywhere may open the page; no other site may frame or read it
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return 403
        if scope["method"] not in {"GET", "HEAD"}:
            return self._refusal_of_change(headers)
        return None

    def _refusal_of_change(self, headers: Headers) -> int | None:
        if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
            return 403
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if kind == "application/json" else 415


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
