"""Parsing of signed requests into the payload that Socket Mode would deliver."""

import json
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class BadPayload(Exception):
    """The body does not match its content type."""


def read_payload(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the payload; raises `BadPayload`.

    By the content type alone: Bolt looks for the word "payload" in the body, and loses commands that contain
    it.
    """
    try:
        text = body.decode("utf-8")
        payload = _parse(content_type.partition(";")[0].strip().lower(), text)
    except (ValueError, RecursionError):
        raise BadPayload from None
    if not isinstance(payload, dict):
        raise BadPayload
    return payload


def _parse(content_type: str, text: str) -> Any:
    if content_type == JSON:
        return json.loads(text)
    if content_type != FORM:
        raise BadPayload
    fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    return json.loads(fields["payload"]) if "payload" in fields else fields


def kind_of(payload: dict[str, Any]) -> str:
    """Return the kind from a short list of words; any new kind of Slack is `other`."""
    if "command" in payload:
        return "command"
    kind = payload.get("type")
    return kind if isinstance(kind, str) and kind in _KINDS else "other"


_KINDS = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "event_callback",
        "view_closed",
        "view_submission",
        "url_verification",
    }
)
