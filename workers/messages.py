"""The part that updates Slack, in a process of its own, so that no message delays an end."""

import time
from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from pydantic import SecretStr

from dbaccess.domain.message import FIRST, URGENT, Lane, MessageKind, Stream
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.expiring_keys import Until
from dbaccess.log import describe
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.claim import FEW
from dbaccess.operations.home_tabs import renew_homes
from dbaccess.ports import UnitOfWork
from dbaccess.storage.leader import SPEAKER, Leader
from workers.heartbeat import STUCK_AFTER
from workers.loop_threads import Tasks
from workers.wiring import Wiring

log = structlog.get_logger()

IDLE = 1.0
"""Seconds between two rounds; a commit with a message to post wakes it at once."""

BACKLOG = 0.1
"""The same while something that is due had to wait for a free thread."""

BREATH, LONGEST_BREATH = 0.05, 0.25
"""Seconds after a round, because in a storm commits would wake it all the time: as long as the round took.

No longer than that: each round begins a few deliveries only, and a busy host needs many rounds.
"""

A_ROUND = 40
"""The most streams of each kind that a round looks at."""

SLOWLY, SLOW_FOR = 0.2, 2.0
"""Seconds between two edits in one lane, for so long after Slack's pace delayed a message there.

To find that a message has to wait costs as much as to send it. In a storm that work would delay ends.
"""

YIELDS_FOR: Final = timedelta(minutes=1)
"""So long after their ends, grants that still have access go before messages that no person waits for.

A storm shares the processors with these messages. Ends that no worker begins hold them up no longer.
"""

THREADS: Final = {Lane.DIRECT: 7, Lane.CHANNEL: 7, Lane.OPERATORS: 2}
NOTICE_THREADS = 3
"""Each thread holds a connection during a call to Slack; all together leave some for the rounds."""

IN_ONE_PLACE = 2
"""The most calls at once for one channel or person, so that silence there keeps no other place waiting."""

HOMES_EVERY, HOMES_BESIDE = 2.0, 10.0
"""Seconds between two rounds over the Home tabs; beside messages that wait for a thread they are rarer.

A lane can be full for hours, while Slack does not answer in one channel.
"""

_KINDS: Final[tuple[tuple[str, Collection[MessageKind] | None, int], ...]] = (
    ("first", FIRST, 0),
    ("urgent", URGENT, 1),
    ("new", frozenset(MessageKind), 2),
    ("edit", None, 3),
)
"""In order of urgency: what has to be posted, and how many of a lane's threads are left to those before."""

_PEOPLE_WAIT: Final = _KINDS[:2]


@dataclass(slots=True)
class Messages:
    """Delivers each stream in a thread of its own. Streams of one place share a few threads of their lane."""

    wiring: Wiring
    tasks: Tasks = field(default_factory=lambda: Tasks(_threads))
    _places: dict[str, tuple[Lane, str]] = field(default_factory=dict)
    """Of every running task, by its name."""
    _slow_until: dict[Lane, float] = field(default_factory=dict)
    _took_up: Until[Lane] = field(default_factory=Until)
    _changed: deque[RequestId] = field(default_factory=deque)
    """The people with messages that were updated since the last round over the Home tabs.

    They are not in the database, so that a message never waits for a row of a tab. After a restart every tab
    is compared with the present state.
    """
    _round_at: float | None = None

    def run(self, database_url: SecretStr) -> None:
        """Post what is due while no other host does, else wait to take over. Runs for ever."""
        while True:
            try:
                with Leader(database_url, SPEAKER) as lead:
                    log.info("message lead taken")
                    self.take_up()
                    self.lead(lead)
            except Exception as error:  # noqa: BLE001 a process loop: whatever it was, begin again
                log.error("message lead lost", **describe(error))  # noqa: TRY400 its text could quote a URL
                self._round_at = None
                time.sleep(1)

    def makes_progress(self) -> bool:
        """Return whether it made a round lately, or waits for another host to stop."""
        return self._round_at is None or time.monotonic() - self._round_at < STUCK_AFTER

    def lead(self, lead: Leader) -> None:
        """Make rounds until the lead is lost, which `lead` raises."""
        while True:
            self._round_at = began = time.monotonic()
            waits = self.round()
            time.sleep(min(max(BREATH, time.monotonic() - began), LONGEST_BREATH))
            lead.wait(BACKLOG if waits else IDLE)

    def round(self) -> bool:
        """Begin what is due, the most urgent first; return whether some of it has to wait for a thread."""
        self._places = {name: place for name, place in self._places.items() if self.tasks.runs(name)}
        context, waits = self.wiring.context, False
        with context.begin() as uow:
            notices = uow.notices.due(uow.now, limit=A_ROUND)
            yields = uow.grants.many_wait(uow.now, since=uow.now - YIELDS_FOR, more_than=FEW)
            if uow.messages.due(uow.now, limit=1):  # mostly there is none, and one question is enough
                for _, kinds, spare in _PEOPLE_WAIT if yields else _KINDS:
                    waits = self._begin_kind(uow, kinds, spare) or waits
        for notice_id in notices:
            self.tasks.start(f"notice {notice_id}", partial(post_notice, context, notice_id))
        if not yields:
            self.tasks.every(HOMES_BESIDE if waits else HOMES_EVERY, "homes", self._renew_homes)
        return waits

    def take_up(self) -> None:
        """Make every Home tab due: what changed under the lead of before is not known."""
        with self.wiring.context.begin() as uow:
            uow.homes.touch_all(at=uow.now)
            uow.commit()

    def _renew_homes(self) -> None:
        changed = {self._changed.popleft() for _ in range(len(self._changed))}
        try:
            renew_homes(self.wiring.context, changed)
        except BaseException:
            self._changed.extend(changed)
            raise

    def _begin_kind(self, uow: UnitOfWork, kinds: Collection[MessageKind] | None, spare: int) -> bool:
        lanes = [lane for lane in Lane if self._room(lane, spare)]
        if kinds is None:
            lanes = [lane for lane in lanes if self._may_edit(lane)]
        full = {place for place, count in Counter(self._places.values()).items() if count >= IN_ONE_PLACE}
        due = uow.messages.due(
            uow.now,
            limit=A_ROUND,
            to_post=kinds,
            lanes=lanes,
            without_targets=[
                target.name
                for target in self.wiring.context.policy.targets.values()
                if (Lane.CHANNEL, target.channel) in full
            ],
            without_people=[SlackId(place) for lane, place in full if lane is Lane.DIRECT],
        )
        begun = [self._begin(stream, spare, edits=kinds is None) for stream in due]
        return len(lanes) < len(Lane) or not all(begun)

    def _begin(self, stream: Stream, spare: int, *, edits: bool) -> bool:
        """Begin the delivery unless it runs, or its lane or place is full; return whether it runs."""
        name, place = f"{stream.lane} {stream.request_id}", (stream.lane, self._place(stream))
        if name in self._places:
            return True
        if list(self._places.values()).count(place) >= IN_ONE_PLACE or not self._room(stream.lane, spare):
            return False
        if edits and not self._may_edit(stream.lane):
            return False
        if edits:
            self._took_up.put(stream.lane, SLOWLY)
        self._places[name] = place
        self.tasks.start(name, partial(self._deliver, stream.request_id, stream.lane))
        return True

    def _deliver(self, request_id: RequestId, lane: Lane) -> None:
        self._changed.append(
            request_id
        )  # before its messages: a tab does not wait for Slack's pace in a channel
        if not update_messages(self.wiring.context, request_id, lane):
            self._slow_until[lane] = time.monotonic() + SLOW_FOR

    def _room(self, lane: Lane, spare: int) -> bool:
        running = sum(of is lane for of, _ in self._places.values())
        return running < max(1, THREADS[lane] - spare)

    def _may_edit(self, lane: Lane) -> bool:
        is_slow = time.monotonic() < self._slow_until.get(lane, 0.0)
        return not (is_slow and self._took_up.left(lane))

    def _place(self, stream: Stream) -> str:
        policy = self.wiring.context.policy
        if stream.lane is Lane.CHANNEL:
            target = policy.targets.get(stream.target)
            return target.channel if target else stream.target
        return stream.requester if stream.lane is Lane.DIRECT else policy.ops_channel


def _threads(kind: str) -> int:
    if kind == "homes":
        return 1
    return THREADS[Lane(kind)] if kind in set(Lane) else NOTICE_THREADS
