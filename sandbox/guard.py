"""Keeps other web pages out: a browser on this machine may show anything, and all of it reaches 127.0.0.1."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_SAFE = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Answers only to local names (DNS rebinding), and to no page of another origin (forged requests).

    A program is no browser: it sends neither `Origin` nor `Sec-Fetch-Site` and is let through.
    """

    app: ASGIApp
    address: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        status, code = refusal
        await JSONResponse({"code": code, "detail": _DETAILS[code]}, status_code=status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(f"//{host}") not in _LOCAL | {_name(self.address)}:
            return 421, "wrong_host"
        if _is_document(scope):
            return None
        origin = headers.get("origin")
        if origin is not None and origin != f"{scope['scheme']}://{host}":
            return 403, "wrong_origin"
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            return 403, "wrong_origin"
        if scope["path"].startswith("/sandbox/") and scope["method"] not in _SAFE:
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            return None if kind == "application/json" else (415, "json_only")
        return None


_DETAILS = {
    "wrong_host": "the sandbox answers to 127.0.0.1 and localhost only",
    "wrong_origin": "only the sandbox's own page may ask for this",
    "json_only": "send application/json",
}


def _is_document(scope: Scope) -> bool:
    """The page and its files change nothing and tell nothing; other local pages may frame them."""
    return scope["method"] in _SAFE and (scope["path"] == "/" or scope["path"].startswith("/page/"))


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
