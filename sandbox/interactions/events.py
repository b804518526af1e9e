"""The Events API: what happens in the workspace, told if the manifest subscribes to it."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

from sandbox.delivery import Retry
from sandbox.interactions.context import TOKEN, Context
from sandbox.scopes import EVENTS
from sandbox.wire import Json

_RETRY_AFTER = (0.0, 60.0, 300.0)


@dataclass(slots=True)
class Events:
    """`tasks` keeps deliveries under way from being collected."""

    context: Context
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def emit(self, event: Json) -> bool:
        """Return whether the app subscribes to the event; it goes out after this returns."""
        manifest, kind = self.context.store.manifest, event["type"]
        if kind not in manifest.bot_events or not EVENTS[kind] & manifest.bot_scopes >= _needed(event):
            return False
        task = asyncio.create_task(self._deliver(self._payload(event)))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return True

    async def _deliver(self, payload: Json) -> None:
        delivery = self.context.delivery
        ack = await delivery.deliver("events_api", payload, answerable=False)
        for attempt, pause in enumerate(_RETRY_AFTER, start=1):
            if ack.error is None:
                return
            await asyncio.sleep(pause)
            retry = Retry(attempt, ack.failure)
            ack = await delivery.deliver("events_api", payload, answerable=False, retry=retry)

    def _payload(self, event: Json) -> Json:
        world = self.context.store.world
        authorization = {
            "enterprise_id": None,
            "team_id": world.team.id,
            "user_id": world.app.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": TOKEN,
            "team_id": world.team.id,
            "context_team_id": world.team.id,
            "context_enterprise_id": None,
            "api_app_id": world.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(5).upper(),
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": secrets.token_hex(8),
        }


def _needed(event: Json) -> frozenset[str]:
    """Channel events need the scope of their kind of channel; others need all scopes of the event."""
    channel_type = event.get("channel_type")
    if channel_type is None:
        return EVENTS[event["type"]]
    return frozenset({"groups:read" if channel_type == "G" else "channels:read"})
