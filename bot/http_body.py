"""A request's body, no longer and no later than it may be."""

import asyncio

from starlette.requests import ClientDisconnect, Request

LONGEST_BODY = 1024 * 1024
"""Bytes: several times the largest view that Slack sends back."""

READ_WITHIN = 5.0
"""Seconds: Slack gives up after three."""


class BodyRefused(Exception):
    """With the status to answer and the word to count it under."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


async def read_body(request: Request) -> bytes:
    """The raw bytes; raises `BodyRefused` before more than the longest body was kept."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > LONGEST_BODY:
        raise BodyRefused(413, "too_large")
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await _read(request)
    except TimeoutError:
        raise BodyRefused(408, "too_slow") from None
    except ClientDisconnect:
        raise BodyRefused(400, "cut_off") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise BodyRefused(413, "too_large")
    return bytes(body)
