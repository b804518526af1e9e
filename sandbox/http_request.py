"""A payload as one of Slack's HTTP requests, and what the app's response means."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from sandbox.delivery import DISPATCH_FAILED, Ack, Retry
from sandbox.wire import Json

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_OK = 200


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Not signed yet: a signature is of its moment."""

    headers: dict[str, str]
    body: bytes


def http_request(kind: str, payload: Json, retry: Retry | None = None) -> HttpRequest:
    """Commands are forms, interactions a form with one field, events JSON."""
    headers = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "application/json,*/*"}
    if kind == "slash_commands":
        return HttpRequest(headers | {"Content-Type": _FORM}, urlencode(payload).encode())
    if kind == "interactive":
        body = urlencode({"payload": json.dumps(payload, separators=(",", ":"))}).encode()
        return HttpRequest(headers | {"Content-Type": _FORM}, body)
    if retry is not None:
        headers |= {"X-Slack-Retry-Num": str(retry.attempt), "X-Slack-Retry-Reason": retry.reason}
    return HttpRequest(headers | {"Content-Type": _JSON}, json.dumps(payload, separators=(",", ":")).encode())


def acknowledged(kind: str, response: httpx.Response, *, answerable: bool) -> Ack:
    """Only 200 is an acknowledgement; a redirect is not followed."""
    if response.status_code != _OK:
        return Ack(error=DISPATCH_FAILED, failure="http_error")
    if not answerable or not response.content:
        return Ack(payload={} if answerable else None)
    if response.headers.get("content-type", "").partition(";")[0].strip() == _JSON:
        return _read(response)
    if kind == "slash_commands":
        return Ack(payload={"text": response.text})
    return Ack(error=DISPATCH_FAILED, failure="http_error")


def _read(response: httpx.Response) -> Ack:
    try:
        answer = response.json()
    except ValueError:
        return Ack(error=DISPATCH_FAILED, failure="http_error")
    return (
        Ack(payload=answer) if isinstance(answer, dict) else Ack(error=DISPATCH_FAILED, failure="http_error")
    )
