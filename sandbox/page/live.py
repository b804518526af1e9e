"""/sandbox/people/USER/live: a stream of changes on a person's screen, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.delivery import Delivery
from sandbox.page.pulse import Pulse
from sandbox.page.screen import Parts, news, screen
from sandbox.store import Store
from sandbox.world import User

_LOOK_AGAIN = 2.0
"""Seconds after which it looks without a beat: connections of the app come and go by themselves."""
_TOGETHER = 0.02
"""Seconds in which changes are gathered into one picture."""


@dataclass(frozen=True, slots=True)
class Live:
    store: Store
    delivery: Delivery
    pulse: Pulse

    def route(self) -> Route:
        return Route("/sandbox/people/{user}/live", self.endpoint, methods=["GET"])

    async def endpoint(self, request: Request) -> Response:
        user = self.store.world.find_user(request.path_params["user"])
        if user is None or user.is_bot:
            detail = f"no such person: {request.path_params['user']}"
            return JSONResponse({"code": "user_not_found", "detail": detail}, status_code=409)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(self._events(user), media_type="text/event-stream", headers=headers)

    async def _events(self, user: User) -> AsyncIterator[str]:
        """All of the screen first, then what is new, until the sandbox stops."""
        yield "retry: 1000\n\n"
        shown: Parts = {}
        while not self.pulse.over:
            change = self.pulse.next
            now = screen(self.store, user, connected=self.delivery.reaches_app())
            told = news(shown, now)
            yield f"data: {told}\n\n" if told else ": still here\n\n"
            shown = now
            try:
                await asyncio.wait_for(change.wait(), _LOOK_AGAIN)
            except TimeoutError:
                continue
            await asyncio.sleep(_TOGETHER)
