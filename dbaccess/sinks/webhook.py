"""A web hook, which has taken a text when it answers with success.

`slack_sdk.webhook.WebhookClient` does not fit: it follows redirects. The text would go to an address that is
not configured, and a login page that answers 200 there would count as an announcement. Access begins then.
"""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pydantic import SecretStr

from dbaccess.domain.break_glass import Place
from dbaccess.domain.errors import SinkFailure

TIMEOUT = 10.0


class WebhookSink:
    """A `ports.Sink`; the URL is a secret, and appears in no error and no log line."""

    place = Place.WEBHOOK

    def __init__(self, url: SecretStr) -> None:
        self._url = url

    def take(self, text: str) -> None:
        body = json.dumps({"text": text}).encode()
        headers = {"Content-Type": "application/json"}
        why = post(self._url, body, headers)
        if why:
            raise SinkFailure(f"The web hook did not take it: {why}.")


def post(url: SecretStr, body: bytes, headers: Mapping[str, str]) -> str:
    """Post the body, and return why it was not taken, without the URL; empty if the answer was success.

    No redirect is followed.
    """
    request = Request(url.get_secret_value(), data=body, headers=dict(headers), method="POST")  # noqa: S310 settings check the scheme
    try:
        with build_opener(NoRedirect).open(request, timeout=TIMEOUT) as answer:
            answer.read(1)
    except HTTPError as error:
        with error:
            return f"it answered {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return type(error).__name__
    return ""


class NoRedirect(HTTPRedirectHandler):
    """Follows no redirect: an announcement goes to the configured address only."""

    def redirect_request(self, *_: Any) -> None:
        return None
