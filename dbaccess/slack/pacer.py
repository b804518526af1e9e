"""Pacing of calls to Slack by method and channel, so that Slack does not refuse them."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dbaccess.domain.errors import PACED, SlackFailure
from dbaccess.expiring_keys import Until


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many calls in so many seconds; the last `spare` of them are for urgent ones."""

    calls: int
    seconds: float
    spare: int


IN_A_CHANNEL = Rate(calls=3, seconds=3.0, spare=1)
"""Slack accepts about one message a second in a channel, and short bursts."""

BY_METHOD = {
    "chat.update": Rate(calls=48, seconds=60.0, spare=8),
    "conversations.info": Rate(calls=48, seconds=60.0, spare=8),
    "views.publish": Rate(calls=48, seconds=60.0, spare=0),
}
"""Slack accepts 50 calls a minute of each, and 100 of `views.publish`; the bot has the rest of those."""

MOST_QUEUES = 1000

_Key = tuple[str, str]


class Pacer:
    """One for each process, shared by its threads; it never waits itself.

    A call that is not urgent and comes too early gets a turn after earlier ones. So thousands of them do not
    all return at once. It keeps that turn if it returns too early.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[_Key, deque[float]] = {}
        self._last_turn: dict[_Key, float] = {}
        self._turns = Until[_Key](clock)
        """By method and message."""
        self._blocked = Until[_Key](clock)
        self._lock = threading.Lock()

    def admit(self, method: str, channel: str, *, message: str, urgent: bool) -> None:
        """Count this call, which is made now; raises `SlackFailure` with the time to come back."""
        with self._lock:
            self._forget_old()
            # A call that comes before its turn keeps that turn.
            wait = 0.0 if urgent else self._turns.left((method, message))
            wait = wait or self._wait(method, channel, self._clock(), urgent=urgent)
            if wait <= 0:
                self._turns.drop((method, message))
                return
            if not urgent:
                self._turns.put((method, message), wait)
        raise SlackFailure(f"{method} is paced.", code=PACED, retry_after=wait)

    def has_room(self, method: str, channel: str) -> bool:
        """Return whether a call that is not urgent would be admitted at once; it is not counted."""
        with self._lock:
            rate = _rate(method)
            if rate is None or self._blocked.left((method, channel)) > 0:
                return rate is None
            made = self._made.get(_key(method, channel), ())
            recent = sum(at > self._clock() - rate.seconds for at in made)
            return recent < rate.calls - rate.spare

    def refused(self, method: str, channel: str, *, seconds: float) -> None:
        """Record the wait that Slack requires, for this method in this channel alone."""
        with self._lock:
            self._blocked.put((method, channel), seconds)

    def _wait(self, method: str, channel: str, now: float, *, urgent: bool) -> float:
        blocked = self._blocked.left((method, channel))
        if blocked > 0:
            return blocked
        rate, key = _rate(method), _key(method, channel)
        if rate is None:
            return 0.0
        made = self._made.setdefault(key, deque())
        while made and made[0] <= now - rate.seconds:
            made.popleft()
        allowed = rate.calls if urgent else rate.calls - rate.spare
        if len(made) < allowed:
            made.append(now)
            return 0.0
        free = made[len(made) - allowed] + rate.seconds
        if urgent:
            return free - now
        turn = max(free, self._last_turn.get(key, 0.0) + rate.seconds / (rate.calls - rate.spare))
        self._last_turn[key] = turn
        return turn - now

    def _forget_old(self) -> None:
        """Drop expired entries, because each person's direct messages are a channel of their own."""
        now = self._clock()
        if len(self._made) > MOST_QUEUES:
            recent = {key: made for key, made in self._made.items() if made and made[-1] > now - 60}
            self._made = recent
            self._last_turn = {key: at for key, at in self._last_turn.items() if at > now}


def _rate(method: str) -> Rate | None:
    return IN_A_CHANNEL if method == "chat.postMessage" else BY_METHOD.get(method)


def _key(method: str, channel: str) -> _Key:
    return method, channel if method == "chat.postMessage" else ""
