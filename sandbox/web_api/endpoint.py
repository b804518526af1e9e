"""/api/<method>: who calls, may they, is it too much, what goes wrong today; then the method."""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.misfortune import answered, rate_limited
from sandbox.scopes import METHODS, Need, demand
from sandbox.store import Store
from sandbox.traffic import Direction, Kind
from sandbox.web_api import HANDLERS
from sandbox.web_api.call import Call, Handler
from sandbox.wire import Json, SlackError

_STRUCTURED = ("blocks", "view", "metadata")


async def endpoint(request: Request) -> Response:
    store: Store = request.app.state.store
    method = request.path_params["method"]
    body = await request.body()
    try:
        token, args = _read(request, body)
    except SlackError as error:
        store.traffic.add(Direction.FROM_APP, Kind.API_CALL, method, body.decode(errors="replace"))
        return _answered(store, method, error.answer())
    store.traffic.add(Direction.FROM_APP, Kind.API_CALL, method, args)

    def process() -> Response:
        return _answered(store, method, _process(store, method, token, args), token)

    return await answered(request, store.faults, method, process, channel=str(args.get("channel", "")))


def _answered(store: Store, method: str, answer: Json, token: str = "") -> Response:
    wait = answer.pop("retry_after", None)
    store.traffic.add(Direction.TO_APP, Kind.API_ANSWER, method, answer)
    if wait is not None:
        return rate_limited(wait)
    return JSONResponse(answer, headers=_scopes(store, token))


def _scopes(store: Store, token: str) -> dict[str, str]:
    """Slack tells the token's scopes with every answer."""
    if token != store.world.app.bot_token:
        return {}
    return {"X-OAuth-Scopes": ",".join(sorted(store.manifest.bot_scopes))}


def _process(store: Store, method: str, token: str, args: Json) -> Json:
    try:
        return {
            "ok": True,
            **_admitted(store, method, token, args)(Call(store=store, method=method, args=args)),
        }
    except SlackError as error:
        return error.answer()


def _admitted(store: Store, method: str, token: str, args: Json) -> Handler:
    """The method's handler, once the token, the scopes and the rate limit allow it."""
    handler = HANDLERS.get(method)
    if handler is None:
        raise SlackError("unknown_method", req_method=method)
    _authorize(store, METHODS[method], token)
    if wait := store.rates.wait(method, str(args.get("channel", ""))):
        raise SlackError("ratelimited", retry_after=wait)
    return handler


def _authorize(store: Store, need: Need, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    app = store.world.app
    if token not in (app.bot_token, app.app_token):
        raise SlackError("invalid_auth")
    if token != (app.app_token if need.token == "app" else app.bot_token):  # noqa: S105 a kind of token
        raise SlackError("not_allowed_token_type")
    if need.token == "bot":  # noqa: S105 a kind of token
        demand(store.manifest, need.scopes)


def _read(request: Request, body: bytes) -> tuple[str, Json]:
    """The token and the arguments, from the header, the query, a form or JSON."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind == "application/json":
        args |= _object(body)
    elif body and kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    elif body:
        raise SlackError("invalid_post_type")
    bearer = request.headers.get("authorization", "")
    token = str(args.pop("token", "")) or bearer.removeprefix("Bearer ").strip()
    for name in _STRUCTURED:
        if isinstance(args.get(name), str):
            args[name] = _decoded(name, args[name])
    return token, args


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _decoded(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        if name == "metadata":
            raise SlackError("invalid_metadata_format") from error
        if name == "blocks":
            raise SlackError("invalid_blocks_format") from error
        raise SlackError.arguments(f"must be valid JSON [json-pointer:/{name}]") from error
