"""The part that updates Slack, in a process of its own, so that no message delays an end."""

import time
from dataclasses import dataclass, field
from functools import partial

import structlog
from pydantic import SecretStr

from dbaccess.domain.message import FIRST, URGENT
from dbaccess.domain.request import RequestId
from dbaccess.log import describe
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.storage.leader import SPEAKER, Leader
from workers.heartbeat import STUCK_AFTER
from workers.loop_threads import Tasks
from workers.wiring import Wiring

log = structlog.get_logger()

IDLE = 1.0
"""Seconds between two rounds; a commit with a message to post wakes it at once."""

BREATH = 0.05
"""Seconds after a round, because in a storm commits would wake it all the time."""

A_ROUND = 40
"""The most requests of a round besides urgent ones; newly urgent ones go before the rest."""

SLOWLY, SLOW_FOR = 0.2, 2.0
"""Seconds between two requests that are not urgent, for so long after Slack's pace delayed a message.

To find that a message has to wait costs as much as to send it. In a storm that work would delay ends.
"""

THREADS = 5
"""For each kind. Each thread holds a connection during a call to Slack; all together leave one for the next
round.
"""


@dataclass(slots=True)
class Messages:
    """Starts due work in threads, each kind in threads of its own, and keeps Slack's pace."""

    wiring: Wiring
    tasks: Tasks = field(default_factory=lambda: Tasks(lambda _: THREADS))
    _round_at: float | None = None
    _slow_until: float = 0.0
    _took_up_at: float = 0.0

    def run(self, database_url: SecretStr) -> None:
        """Post what is due while no other host does, else wait to take over. Runs for ever."""
        while True:
            try:
                with Leader(database_url, SPEAKER) as lead:
                    log.info("message lead taken")
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
            self._round_at = time.monotonic()
            self.round()
            time.sleep(BREATH)
            lead.wait(SLOWLY if self._is_slow else IDLE)

    def round(self) -> None:
        """Begin some of each kind: messages that only workers plan, other urgent ones, and the rest."""
        context = self.wiring.context
        with context.begin() as uow:
            kinds = {
                "first": uow.messages.due(uow.now, limit=A_ROUND, to_post=FIRST),
                "urgent": uow.messages.due(uow.now, limit=A_ROUND, to_post=URGENT),
                "notify": uow.messages.due(uow.now, limit=self._room()),
            }
            notices = uow.notices.due(uow.now, limit=A_ROUND)
        begun: set[RequestId] = set()
        for kind, due in kinds.items():
            for request_id in due:
                if request_id not in begun:
                    self.tasks.start(f"{kind} {request_id}", partial(self._notify, request_id))
            begun.update(due)
        for notice_id in notices:
            self.tasks.start(f"notice {notice_id}", partial(post_notice, context, notice_id))

    def _notify(self, request_id: RequestId) -> None:
        if not update_messages(self.wiring.context, request_id):
            self._slow_until = time.monotonic() + SLOW_FOR

    @property
    def _is_slow(self) -> bool:
        return time.monotonic() < self._slow_until

    def _room(self) -> int:
        """Return how many requests that are not urgent may begin now."""
        now = time.monotonic()
        if not self._is_slow:
            return A_ROUND
        if now - self._took_up_at < SLOWLY:
            return 0
        self._took_up_at = now
        return 1
