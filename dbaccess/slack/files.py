"""Files for Slack, in the three steps of an upload: an address, the bytes, and the place to show it."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any, BinaryIO, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.report_order import SCOPE
from dbaccess.slack.client import call
from dbaccess.slack.workspace_identity import who_am_i

TIMEOUT: Final = 30.0
"""Seconds of silence while the bytes are sent."""


class SlackFiles:
    """A `ports.Files`.

    `slack_sdk`'s `files_upload_v2` does the three steps in one. It does not fit: a repeated call would upload
    the file again, and it needs the whole file in memory.
    """

    def __init__(self, client: WebClient, send: "Send | None" = None) -> None:
        """`send` takes the bytes to the address that Slack gave."""
        self._client = client
        self._send = send or send_bytes

    def has_scope(self) -> bool | None:
        scopes = who_am_i(self._client).scopes
        return None if scopes is None else SCOPE in scopes

    def upload(self, name: str, content: BinaryIO, *, length: int) -> str:
        method = "files.getUploadURLExternal"
        answer: Any = call(
            method, lambda: self._client.files_getUploadURLExternal(filename=name, length=length)
        )
        url, file_id = answer.get("upload_url"), answer.get("file_id")
        if not (isinstance(url, str) and isinstance(file_id, str) and self._is_fit(url)):
            raise SlackFailure(f"Slack's answer to {method} has no place for the file.", code="bad_answer")
        self._send(url, content, length)
        return file_id

    def share(self, file_id: str, *, channel: str, title: str, comment: str) -> None:
        if not channel.startswith("D"):
            raise SlackFailure("A file goes into direct messages only.", code="not_direct")
        files: list[dict[str, str | None]] = [{"id": file_id, "title": title}]
        call(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=files, channel_id=channel, initial_comment=comment
            ),
        )

    def _is_fit(self, url: str) -> bool:
        """Never send a report unencrypted, unless Slack itself is asked so: that is the sandbox."""
        return url.startswith("https://") or self._client.base_url.startswith("http://")


Send = Callable[[str, BinaryIO, int], None]


def send_bytes(url: str, content: BinaryIO, length: int) -> None:
    """Send the content block by block; raises `SlackFailure`, which does not name the address.

    No redirect is followed: the file would go to an address that Slack did not name.
    """
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
    request = Request(url, data=content, headers=headers, method="POST")  # noqa: S310 the caller has checked it
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
            answer.read(1)
    except HTTPError as error:
        with error:
            code = f"http_{error.code}"
    except (OSError, HTTPException, ValueError):
        code = "no_answer"
    else:
        return
    raise SlackFailure(f"Slack did not take the file: {code}.", code=code)


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
