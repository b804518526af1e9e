"""HTTP: signed requests to the app's address, three seconds to acknowledge."""

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from sandbox.delivery import DISPATCH_FAILED, TIMEOUT, Ack, Retry
from sandbox.http_request import HttpRequest, acknowledged, http_request
from sandbox.interactions.context import TOKEN
from sandbox.signing import signed
from sandbox.store import Store
from sandbox.traffic import Direction, Kind
from sandbox.wire import Json

_ASK_AGAIN_SECONDS = 0.2


@dataclass(slots=True)
class HttpMode:
    """Implements Delivery.

    Several URLs stand for one address with a balancer behind it: they take turns, and if one is gone the next
    one takes its request.
    """

    store: Store
    urls: Sequence[str]
    verified: list[str] = field(default_factory=list)
    _client: httpx.AsyncClient = field(init=False)
    _turn: int = 0

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None),  # each request has a bound of its own
            follow_redirects=False,
            trust_env=False,
            # To read all certificates takes longer than to start a sandbox that asks no server for one.
            verify=any(url.startswith("https:") for url in self.urls),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        )

    async def verify(self) -> None:
        """Each URL has answered a challenge; Slack asks when a URL is set, we ask until it answers."""
        while missing := [url for url in self.urls if url not in self.verified]:
            for url in missing:
                if await self._answers_challenge(url):
                    self.verified.append(url)
            await asyncio.sleep(_ASK_AGAIN_SECONDS)

    def reaches_app(self) -> bool:
        return bool(self.verified)

    async def deliver(self, kind: str, payload: Json, *, answerable: bool, retry: Retry | None = None) -> Ack:
        """Send one signed request; an unacknowledged one is not repeated, unless no server was there."""
        if not self.store.faults.speaking.is_set():
            await asyncio.sleep(self.store.world.limits.acknowledge_within)
            return Ack(error=TIMEOUT, failure="http_timeout")
        envelope: Json = {"type": kind, "accepts_response_payload": answerable, "payload": payload}
        if retry is not None:
            envelope |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        self.store.traffic.add(Direction.TO_APP, Kind.ENVELOPE, kind, json.loads(json.dumps(envelope)))
        request = http_request(kind, payload, retry)
        try:
            async with asyncio.timeout(self.store.world.limits.acknowledge_within):
                response = await self._sent(request)
        except TimeoutError:
            return Ack(error=TIMEOUT, failure="http_timeout")
        except httpx.HTTPError:
            return Ack(error=DISPATCH_FAILED, failure="connection_failed")
        self.store.traffic.add(Direction.FROM_APP, Kind.ACK, kind, response.text)
        return acknowledged(kind, response, answerable=answerable)

    async def _sent(self, request: HttpRequest) -> httpx.Response:
        missed: httpx.HTTPError = httpx.ConnectError("no request URL has answered its challenge")
        for url in self._in_turn():
            try:
                return await self._post(url, request)
            except httpx.ConnectError as error:
                missed = error
        raise missed

    def _in_turn(self) -> list[str]:
        self._turn += 1
        first = self._turn % max(1, len(self.verified))
        return self.verified[first:] + self.verified[:first]

    async def _post(self, url: str, request: HttpRequest) -> httpx.Response:
        secret = self.store.world.app.signing_secret
        headers = request.headers | signed(secret, request.body, time.time())
        return await self._client.post(url, content=request.body, headers=headers)

    async def _answers_challenge(self, url: str) -> bool:
        challenge = secrets.token_urlsafe(40)
        asked = {"token": TOKEN, "challenge": challenge, "type": "url_verification"}
        try:
            async with asyncio.timeout(self.store.world.limits.acknowledge_within):
                response = await self._post(url, http_request("events_api", asked))
        except (TimeoutError, httpx.HTTPError):
            return False
        return response.is_success and challenge in _challenge_in(response)


def _challenge_in(response: httpx.Response) -> list[str]:
    """In plain text, in a form or in JSON: Slack takes any of the three."""
    try:
        answer = response.json()
    except ValueError:
        return [response.text, response.text.removeprefix("challenge=")]
    return [str(answer.get("challenge"))] if isinstance(answer, dict) else []
