"""apps.*: where Socket Mode starts."""

import secrets

from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError


def connections_open(call: Call) -> Json:
    """An address for one WebSocket."""
    if not call.store.manifest.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    ticket = secrets.token_urlsafe(16)
    call.store.tickets.add(ticket)
    host = call.store.address.removeprefix("http://")
    return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={call.store.world.app.id}"}
