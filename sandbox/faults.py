"""Faults on request: errors by method, silence, and Slack's own rate limits."""

import asyncio
import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.world import Limits


class FaultKind(StrEnum):
    RATE_LIMITED = "429"
    LOST_ANSWER = "lost_answer"
    SERVER_ERROR = "500"
    SLOW = "slow"
    REFUSED = "refused"


@dataclass(slots=True, kw_only=True)
class Fault:
    """`method` may be `*`; only calls for `channel`, if given. `lost_answer` does the work, then hangs up.

    `refused` answers with `error` and does nothing.
    """

    method: str
    kind: FaultKind
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    channel: str = ""
    error: str = ""


@dataclass(slots=True)
class Faults:
    planned: list[Fault] = field(default_factory=list)
    speaking: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.speaking.set()

    def take(self, method: str, channel: str) -> Fault | None:
        """The next fault planned for this method and channel, used up by one."""
        for fault in self.planned:
            if fault.method in (method, "*") and fault.channel in ("", channel):
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def silence(self, on: bool) -> None:  # noqa: FBT001 a switch
        if on:
            self.speaking.clear()
        else:
            self.speaking.set()


PER_MINUTE = {
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "users.list": 20,
    "conversations.list": 20,
    "conversations.info": 50,
    "conversations.members": 100,
    "conversations.open": 50,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "chat.update": 50,
    "users.info": 100,
    "views.open": 100,
    "views.push": 100,
    "views.update": 100,
    "views.publish": 100,
}


@dataclass(slots=True)
class Rates:
    """Slack's tiers, and about one message a second in each channel (short bursts of three pass)."""

    limits: Limits
    seen: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, method: str, channel: str) -> int:
        """Return whole seconds until the next call is allowed; 0 allows this one, and counts it."""
        if not self.limits.rates:
            return 0
        if method == "chat.postMessage":
            return self._wait(f"{method} {channel}", 3, 3.0)
        allowed = (PER_MINUTE | self.limits.per_minute).get(method)
        return 0 if allowed is None else self._wait(method, allowed, self.limits.minute)

    def _wait(self, key: str, allowed: int, seconds: float) -> int:
        now, calls = time.monotonic(), self.seen[key]
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= allowed:
            return max(1, math.ceil(calls[0] + seconds - now))
        calls.append(now)
        return 0
