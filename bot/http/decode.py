"""Parsing of signed requests into the payload that Socket Mode would deliver."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

EVENTS = ("event_callback", "url_verification", "app_rate_limited")
"""The types of payloads that Slack sends as JSON; it sends all others as forms."""

_IN_FORMS = frozenset({"command", "ssl_check"})
_NAME = re.compile(r"[a-z0-9_]+")


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
        return _event(json.loads(text))
    if content_type != FORM:
        raise BadPayload
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    fields = dict(pairs)
    # JSON that is sent as a form has a brace in its first name; Slack repeats no name.
    if len(fields) < len(pairs) or not all(map(_NAME.fullmatch, fields)):
        raise BadPayload
    if fields.keys() == {"payload"}:
        return _interaction(json.loads(fields["payload"]))
    if "payload" in fields or not fields.keys() & _IN_FORMS:
        raise BadPayload
    return fields


def _event(payload: Any) -> Any:
    """Return what the Events API sends; a command or a click in JSON is none."""
    if not isinstance(payload, dict) or payload.get("type") not in EVENTS or "command" in payload:
        raise BadPayload
    return payload


def _interaction(payload: Any) -> Any:
    """Return what people did in Slack; a command or an event under this name is none."""
    if not isinstance(payload, dict) or "command" in payload or payload.get("type") in EVENTS:
        raise BadPayload
    return payload


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
