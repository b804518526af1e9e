"""files.*: an upload in three steps, as Slack has it since files.upload is gone."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.files import LARGEST, File
from sandbox.misfortune import answered
from sandbox.store import Content, Store
from sandbox.traffic import Direction, Kind
from sandbox.web_api.call import Call
from sandbox.web_api.chat import check_postable
from sandbox.wire import Json, SlackError

UPLOAD = "upload"
"""The name of an upload in the traffic, and for a planned fault."""


def get_upload_url(call: Call) -> Json:
    name, length = call.required("filename"), _whole(call.args.get("length"))
    if length is None or length <= 0:
        raise SlackError.arguments("length must be a positive number [json-pointer:/length]")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    file = call.store.files.announce(name, length)
    return {"upload_url": f"{call.store.address}/upload/v1/{file.secret}", "file_id": file.id}


async def upload(request: Request) -> Response:
    """Takes the raw bytes of one file, once."""
    store: Store = request.app.state.store
    content = await request.body()
    store.traffic.add(Direction.FROM_APP, Kind.API_CALL, UPLOAD, {"bytes": len(content)})

    def process() -> Response:
        taken = store.files.send(request.path_params["secret"], content)
        return PlainTextResponse(f"OK - {len(content)}" if taken else "refused", 200 if taken else 400)

    return await answered(request, store.faults, UPLOAD, process)


def complete_upload(call: Call) -> Json:
    """Shares the files in the channel; a repeated call shares them once more, and people see two messages."""
    files = [_named(call, one) for one in _listed(call.args.get("files"))]
    channel_id = call.optional("channel_id")
    if channel_id is not None:
        channel = call.channel("channel_id")
        check_postable(call.store, channel)
        comment = Content.checked({"text": call.optional("initial_comment") or ""})
        rows = [file.row() for file in files]
        call.store.post(channel.id, comment, thread_ts=call.optional("thread_ts"), files=rows)
        for file in files:
            file.channels.append(channel.id)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _listed(given: Any) -> list[Any]:
    try:
        files = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        files = None
    if not isinstance(files, list) or not files:
        raise SlackError.arguments("missing required field: files")
    return files


def _named(call: Call, given: Any) -> File:
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise SlackError.arguments("each file has an id [json-pointer:/files]")
    file = call.store.files.sent(given["id"])
    file.title = str(given.get("title") or file.name)
    return file


def _whole(given: Any) -> int | None:
    try:
        return int(given)
    except (TypeError, ValueError):
        return None
