"""The effect of a planned fault on one HTTP request of the app."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import FaultKind, Faults
from sandbox.server import drop_connection


async def answered(
    request: Request, faults: Faults, method: str, process: Callable[[], Response], *, channel: str = ""
) -> Response:
    """`process` runs once, or not at all; whether its answer arrives is another matter."""
    await faults.speaking.wait()
    if await request.is_disconnected():
        return Response(status_code=503)  # the app gave up while we were silent: nothing was done
    fault = faults.take(method, channel)
    if fault is None:
        return process()
    if fault.kind is FaultKind.RATE_LIMITED:
        return rate_limited(fault.retry_after)
    if fault.kind is FaultKind.REFUSED:
        return JSONResponse({"ok": False, "error": fault.error})
    if fault.kind is FaultKind.SERVER_ERROR:
        return Response("Internal Server Error", status_code=500, media_type="text/html")
    if fault.kind is FaultKind.SLOW:
        await asyncio.sleep(fault.seconds)
    response = process()
    if fault.kind is FaultKind.LOST_ANSWER:
        drop_connection(request)
    return response


def rate_limited(retry_after: int) -> Response:
    answer = {"ok": False, "error": "ratelimited"}
    return JSONResponse(answer, status_code=429, headers={"Retry-After": str(retry_after)})
