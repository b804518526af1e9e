"""Posts of the app to a response URL: five within thirty minutes."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.messages import Message
from sandbox.misfortune import answered
from sandbox.store import Content, Store
from sandbox.traffic import Direction, Kind
from sandbox.triggers import ResponseUrl
from sandbox.wire import Json, SlackError

_METHOD = "response_url"


async def endpoint(request: Request) -> Response:
    store: Store = request.app.state.store
    raw, path = await request.body(), request.url.path
    store.traffic.add(Direction.FROM_APP, Kind.RESPONSE_URL, path, _recorded(raw))
    return await answered(request, store.faults, _METHOD, lambda: _process(store, path, raw))


def _process(store: Store, path: str, raw: bytes) -> Response:
    try:
        _answer(store, store.response_urls.use(path), _body(raw))
    except SlackError as error:
        status = 404 if error.error in ("used_url", "expired_url", "invalid_url") else 400
        return JSONResponse(error.answer(), status_code=status)
    return PlainTextResponse("ok")


def _recorded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def _body(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body


def _answer(store: Store, url: ResponseUrl, body: Json) -> None:
    original = _original(store, url)
    if body.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found")
        original.deleted = True
        return
    content = Content.checked(body)
    if not content.says_something():
        raise SlackError("no_text")
    if body.get("replace_original"):
        if original is None:
            raise SlackError("message_not_found")
        store.edit(original, content)
        return
    only_for = None if body.get("response_type") == "in_channel" else url.user
    thread_ts = body.get("thread_ts") or url.thread_ts
    store.post(url.channel, content, thread_ts=thread_ts, only_for=only_for)


def _original(store: Store, url: ResponseUrl) -> Message | None:
    messages = store.messages
    seen = [*messages.visible(url.channel), *messages.ephemerals(url.channel, url.user)]
    return next((message for message in seen if message.ts == url.message_ts), None)
