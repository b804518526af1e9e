"""The Slack client, and the meaning of its failures."""

import logging
import re
import ssl
from collections.abc import Callable
from functools import cache
from http.client import HTTPException
from typing import Any, TypeVar

from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from dbaccess.domain.errors import SlackFailure

TIMEOUT_SECONDS = 10
HOUR_SECONDS = 3600.0
"""Slack never asks for a longer wait; another server that answers may send any number."""

_WORD = re.compile(r"[a-z][a-z0-9_]{0,79}")

Answer = TypeVar("Answer")


def build_client(token: SecretStr | None, base_url: str = WebClient.BASE_URL) -> WebClient:
    """Return a client that tries each call once: the caller decides whether and when to repeat it.

    Its logger stays above DEBUG, whatever the root logger says, because there it prints whole bodies. All
    clients of a process trust the certificates that the machine had at the first one.
    """
    logger = logging.getLogger("dbaccess.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    return WebClient(
        token=token.get_secret_value() if token is not None else None,
        base_url=base_url,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
        logger=logger,
        ssl=_tls() if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


@cache
def _tls() -> ssl.SSLContext:
    """Return the settings with all certificates; to read them takes longer than most calls to Slack."""
    return ssl.create_default_context()


def call(method: str, ask: Callable[[], Answer]) -> Answer:
    """Return Slack's answer; raises `SlackFailure`, which holds nothing of the request.

    slack_sdk's own errors carry the token and the body, so they are not even chained to ours.
    """
    try:
        return ask()
    except SlackApiError as error:
        failure = _refusal(method, error)
    except (SlackClientError, OSError, HTTPException, TimeoutError, ValueError):
        failure = SlackFailure(f"Slack did not answer {method}.", code="no_answer")
    raise failure


def _refusal(method: str, error: SlackApiError) -> SlackFailure:
    response: Any = error.response
    data = response.data if isinstance(response.data, dict) else {}
    status = response.status_code
    retry_after = _retry_after(response.headers) if status == 429 else None  # noqa: PLR2004 HTTP's number
    said = str(data.get("error") or "")
    code = said if _WORD.fullmatch(said) else "ratelimited" if retry_after is not None else f"http_{status}"
    return SlackFailure(f"Slack refused {method}: {code}.", code=code, retry_after=retry_after)


def _retry_after(headers: dict[str, Any]) -> float:
    """Return seconds; a minute if Slack does not say."""
    named = {name.lower(): value for name, value in headers.items()}
    value = named.get("retry-after")
    text = str(value[0] if isinstance(value, list) and value else value)
    return min(float(text), HOUR_SECONDS) if text.isascii() and text.isdigit() else 60.0
