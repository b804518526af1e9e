"""Socket Mode: up to ten WebSockets, each envelope to exactly one of them, three seconds to acknowledge."""

import asyncio
import itertools
import json
import uuid
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.delivery import DISPATCH_FAILED, TIMEOUT, Ack, Retry
from sandbox.store import Store
from sandbox.traffic import Direction, Kind
from sandbox.wire import Json

MOST_SOCKETS = 10
_GRACE_SECONDS = 2.0


@dataclass(slots=True)
class SocketMode:
    """Implements Delivery."""

    store: Store
    sockets: list[WebSocket] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    turns: "itertools.count[int]" = field(default_factory=itertools.count)
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def endpoint(self, websocket: WebSocket) -> None:
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in self.store.tickets:
            await websocket.close(4001)
            return
        self.store.tickets.remove(ticket)
        await websocket.accept()
        await self.store.faults.speaking.wait()
        if len(self.sockets) >= MOST_SOCKETS:
            await websocket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await websocket.close()
            return
        self.sockets.append(websocket)
        try:
            await websocket.send_json(self._hello())
            await self._listen(websocket)
        except (WebSocketDisconnect, RuntimeError):
            return  # the app left, perhaps in the middle of a frame
        finally:
            self._forget(websocket)

    def reaches_app(self) -> bool:
        return bool(self.sockets)

    async def deliver(self, kind: str, payload: Json, *, answerable: bool, retry: Retry | None = None) -> Ack:
        """An envelope to one socket, in turn; what was not acknowledged is not sent to another."""
        if not self.store.faults.speaking.is_set():
            await asyncio.sleep(self.store.world.limits.acknowledge_within)
            return Ack(error=TIMEOUT)
        if not self.sockets:
            return Ack(error=DISPATCH_FAILED)
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": answerable,
            "payload": payload,
        }
        if retry is not None:
            envelope |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        self.store.traffic.add(Direction.TO_APP, Kind.ENVELOPE, kind, json.loads(json.dumps(envelope)))
        acknowledged = self.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await self.sockets[next(self.turns) % len(self.sockets)].send_json(envelope)
            answer = await asyncio.wait_for(acknowledged, self.store.world.limits.acknowledge_within)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return Ack(error=TIMEOUT)
        finally:
            del self.waiting[envelope_id]
        return Ack(payload=answer if answerable else None)

    async def disconnect(self, *, warned: bool) -> int:
        """Ends all connections: with the message that asks to reconnect, or as if a cable were cut."""
        ended = list(self.sockets)
        for websocket in ended:
            self._forget(websocket)
            if warned:
                await websocket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            task = asyncio.create_task(self._close(websocket, _GRACE_SECONDS if warned else 0))
            self.closing.add(task)
            task.add_done_callback(self.closing.discard)
        return len(ended)

    async def _listen(self, websocket: WebSocket) -> None:
        while True:
            frame = await websocket.receive_text()
            try:
                ack = json.loads(frame)
            except ValueError:
                continue
            envelope_id = ack.get("envelope_id") if isinstance(ack, dict) else None
            self.store.traffic.add(Direction.FROM_APP, Kind.ACK, str(envelope_id), ack)
            waiting = self.waiting.get(str(envelope_id))
            if waiting is not None and not waiting.done():
                payload = ack.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) else {})

    async def _close(self, websocket: WebSocket, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await websocket.close()
        except RuntimeError:
            return  # the app had closed it

    def _forget(self, websocket: WebSocket) -> None:
        if websocket in self.sockets:
            self.sockets.remove(websocket)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.sockets),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.store.world.app.id},
        }
