"""Grants that come and go without a break, while faults strike."""

import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.faults.catalog import Fault, draw
from bench.faults.holders import EPHEMERAL_ONLY, Holder, Manner
from bench.faults.site import HOSTS, Place, Site
from sandbox.client import plain
from tests.acceptance import talk
from tests.acceptance.stack import CHANNEL

IN_TURNS = 2
SHORTEST, LONGEST = 4, 12
"""Seconds that a grant lasts."""
SETTLES, BETWEEN = 8.0, 0.5
"""Seconds before the other host is struck, so that one is whole again; and between two faults."""
STAYS = 0.75
"""How likely the next fault of a host strikes the same one."""
LOOK_EVERY = 0.1
START_EVERY = 1.0
"""Seconds after which a process manager starts a host again that has exited."""
CALM = 90.0
"""Seconds after the last fault within which every grant has ended, and its holder knows."""

_GRANTS = """
select g.id, g.holder_slack_id, g.target, g.role, g.state, g.recipe ->> 'login',
       extract(epoch from g.expires_at), extract(epoch from g.activated_at),
       extract(epoch from least(g.expires_at, g.revoking_at)), extract(epoch from g.ended_at),
       extract(epoch from g.created_at), g.request_id, coalesce(g.last_failure, '-')
  from grants g order by g.id"""
_TO_TELL = (
    "select 1 from messages where kind in ('dm.ended', 'dm.never_active') and posted_ts is null limit 1"
)
_PLAIN = "-c client_encoding=UTF8 -c DateStyle=ISO -c IntervalStyle=postgres"


@dataclass(frozen=True, slots=True)
class Row:
    """A grant as the control database has it; times are of the clock."""

    id: int
    holder: str
    target: str
    role: str
    state: str
    login: str | None
    expires_at: float | None
    activated_at: float | None
    due_at: float | None
    ended_at: float | None
    created_at: float
    request_id: int
    last_failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """A fault that was there from `began` to `ended`."""

    fault: Fault
    began: float
    ended: float


@dataclass(slots=True)
class Campaign:
    """`asked` counts what was asked for; `refused` what the bot or Slack did not take."""

    site: Site
    chance: random.Random
    say: Callable[[str], None]
    struck: list[Struck] = field(default_factory=list)
    holders: dict[int, Holder] = field(default_factory=dict)
    asked: int = 0
    refused: int = 0
    not_struck: int = 0
    grants: dict[int, Row] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> None:
        """Afterwards no fault is left, and every grant had its time to end."""
        talk.until_ready(self.site)
        threading.Thread(target=self._start_again, daemon=True).start()
        threads = [threading.Thread(target=self._look, daemon=True)]
        chances = (random.Random(self.chance.random()) for _ in itertools.count())  # noqa: S311 repeatable
        threads += [
            threading.Thread(target=self._ask, args=(place, people, next(chances)))
            for place in self.site.places
            for people in _in_turns(place.people)
        ]
        threads += [
            threading.Thread(target=self._strike, args=(next(chances), lane)) for lane in ("host", "rest")
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            self._over.wait(min(10.0, left))
            self.say(f"{time.monotonic() - began:.0f} s: {self.state}")
        self._over.set()
        for thread in threads[1:]:
            thread.join(60)
        self._calm()

    @property
    def state(self) -> str:
        ended = sum(row.state == "ended" for row in self.grants.values())
        return f"{len(self.struck)} faults, {len(self.grants)} grants, {ended} ended"

    def _calm(self) -> None:
        until = time.monotonic() + CALM
        while time.monotonic() < until and any(row.state != "ended" for row in self.grants.values()):
            time.sleep(1)
        self.say(f"calm: {self.state}")
        with self._control() as control:
            while time.monotonic() < until and control.execute(_TO_TELL).fetchall():
                time.sleep(1)
        for holder in self.holders.values():
            holder.stop.set()

    def _strike(self, chance: random.Random, lane: str) -> None:
        """One lane strikes one host at a time, so that the other is whole; the others strike all the rest."""
        host = chance.choice(HOSTS)
        while not self._over.is_set():
            fault = draw(self.site, chance, host)
            if bool(fault.host) != (lane == "host"):
                continue
            began = time.time()
            try:
                fault.apply()
            except Exception as error:  # noqa: BLE001 whatever it was, the campaign goes on and says so
                self.not_struck += 1
                self.say(f"not struck: {fault.name}: {type(error).__name__} {error}")
            self._over.wait(fault.seconds)
            _insist(fault.lift)
            with self._lock:
                self.struck.append(Struck(fault=fault, began=began, ended=time.time()))
            self._over.wait(BETWEEN)
            if lane == "host" and chance.random() > STAYS:
                host = HOSTS[1 - HOSTS.index(host)]
                self._over.wait(SETTLES)

    def _start_again(self) -> None:
        while True:
            time.sleep(START_EVERY)
            self.site.restart_exited()

    def _ask(self, place: Place, people: Sequence[str], chance: random.Random) -> None:
        """One grant after the other, of these people in turns."""
        for person in itertools.cycle(people):
            if self._over.is_set():
                return
            self._over.wait(chance.uniform(0.1, 1.5))
            manner = chance.choice(
                [m for m in Manner if place.login == "ephemeral" or m not in EPHEMERAL_ONLY]
            )
            role = "migrate" if manner is Manner.MAKER else "read"
            seconds = chance.randint(SHORTEST, LONGEST)
            known = self._last_of(person)
            try:
                said = self._say_to_bot(person, f"{place.name} {role} {seconds}s a campaign of faults, #4512")
                if manner is Manner.MAKER:
                    self._approve(said)
            except Exception:  # noqa: BLE001 the bot is frozen, or Slack waited in vain: that is no grant
                self.refused += 1
                continue
            self._hold(place, person, manner, known)

    def _say_to_bot(self, person: str, text: str) -> str:
        self.asked += 1
        someone = self.site.person(person)
        result = someone.command("/dbaccess", text, channel=CHANNEL)
        said = [plain(m) for m in someone.ephemerals(CHANNEL) if m.ts == result.ts]
        if result.error is not None or not any("Sent: R-" in each for each in said):
            raise AssertionError(said)
        return said[0]

    def _approve(self, said: str) -> None:
        """Approve changes of a schema as soon as the request is visible."""
        found = re.search(r"R-(\d+)", said)
        if found is None:
            raise AssertionError(said)
        message = talk.waiting(self.site, int(found[1]))
        self.site.person("U0PRIYA").click(message, action_id="request.approve", confirmed=True)

    def _hold(self, place: Place, person: str, manner: Manner, known: int) -> None:
        """From the activation until it has ended, whatever happens between."""
        row = self._await(person, known, lambda row: row.state != "provisioning")
        if row is None or row.login is None or row.expires_at is None or row.state != "active":
            return
        holder = Holder(place, row.login, row.expires_at, manner)
        self.holders[row.id] = holder
        holder.start()
        self._await(person, known, lambda row: row.state == "ended")
        # A little longer, to see what a session that was overlooked can still do.
        self._over.wait(1.5)
        holder.stop.set()

    def _await(self, person: str, known: int, when: Callable[[Row], bool]) -> Row | None:
        while not self._over.is_set():
            row = next(
                (r for r in reversed(self.grants.values()) if r.holder == person and r.id > known), None
            )
            if row is not None and when(row):
                return row
            time.sleep(LOOK_EVERY)
        return None

    def _last_of(self, person: str) -> int:
        return max((row.id for row in self.grants.values() if row.holder == person), default=0)

    def _look(self) -> None:
        """The grants as they are, ten times a second; past every link."""
        while True:
            with suppress(psycopg.Error), self._control() as control:
                while True:
                    rows = [Row(*_numbers(row)) for row in control.execute(_GRANTS).fetchall()]
                    self.grants = {row.id: row for row in rows}
                    time.sleep(LOOK_EVERY)
            time.sleep(LOOK_EVERY)

    @contextmanager
    def _control(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        url = self.site.control.superuser_url
        with psycopg.connect(url, autocommit=True, options=_PLAIN, connect_timeout=3) as connection:
            yield connection


def _in_turns(people: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield people who ask in turns: one alone would reach the limit of requests an hour before the end."""
    for first in range(0, len(people), IN_TURNS):
        yield people[first : first + IN_TURNS]


def _insist(lift: Callable[[], object]) -> None:
    """A fault that stays would make every promise void: another one may be in the way for a while."""
    for _ in range(20):
        try:
            lift()
        except psycopg.Error:
            time.sleep(0.5)
        else:
            return
    lift()


def _numbers(row: tuple[Any, ...]) -> list[Any]:
    return [*row[:6], *(None if value is None else float(value) for value in row[6:11]), *row[11:]]
