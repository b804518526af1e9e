"""The rows of standing access: who held a role without a grant, and when that is unknown."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row, yes_no
from dbaccess.audit.report.values import moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.recorded_facts import Fact

ROLES: Final = (E.STANDING_FOUND, E.STANDING_GONE)
READINGS: Final = (E.STANDING_READ, E.STANDING_UNREAD)
NEVER_READ: Final = "never_read"
NO_WORKER: Final = "no_reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTime:
    """A time without a reading. `begin` is None if none was before, `end` is None if none was since."""

    cluster: str
    begin: datetime | None
    end: datetime | None
    why: str
    sequences: tuple[int, ...]

    def includes(self, at: datetime) -> bool:
        return (self.begin is None or self.begin <= at) and (self.end is None or at < self.end)

    def overlaps(self, since: datetime, until: datetime) -> bool:
        return (self.begin is None or self.begin < until) and (self.end is None or self.end > since)


@dataclass(slots=True)
class UnknownTimes:
    """The times in which each cluster was not read, as the ledger has them."""

    closed: list[UnknownTime] = field(default_factory=list)
    _open: dict[str, UnknownTime] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def take(self, fact: Fact) -> None:
        cluster, recorded = str(of(fact, "cluster")), moment(fact.at)
        before = self._open.pop(cluster, None)
        if fact.kind == E.STANDING_UNREAD:
            begin = moment(of(fact, "since")) if cluster in self._read else None
            code = str(of(fact, "code"))
            self._open[cluster] = UnknownTime(
                cluster=cluster, begin=begin, end=None, why=code, sequences=(fact.seq,)
            )
            return
        begin = moment(of(fact, "unknown_since")) if cluster in self._read else None
        if begin is not None or cluster not in self._read:
            self.closed.append(
                UnknownTime(
                    cluster=cluster,
                    begin=before.begin if before else begin,
                    end=recorded,
                    why=before.why if before else NEVER_READ if begin is None else NO_WORKER,
                    sequences=(*(before.sequences if before else ()), fact.seq),
                )
            )
        self._read.add(cluster)

    def all(self) -> list[UnknownTime]:
        return [*self.closed, *self._open.values()]

    def includes(self, cluster: str, at: datetime) -> bool:
        """Return whether it is unknown what stood on the cluster then; a cluster that was never read is."""
        known = cluster in self._read
        return not known or any(one.cluster == cluster and one.includes(at) for one in self.all())


def unknown_times(facts: Iterable[Fact]) -> UnknownTimes:
    times = UnknownTimes()
    for fact in facts:
        times.take(fact)
    return times


def unknown_rows(times: UnknownTimes, *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield the times of the period in which a cluster was not read."""
    for one in times.all():
        if one.overlaps(since, until):
            yield {
                "what": "unknown",
                "cluster": one.cluster,
                **dict.fromkeys(("login", "how", "role", "database", "path", "usable")),
                "found_at": values.written(one.begin),
                "gone_at": values.written(one.end),
                "why": one.why,
                "at_begin": UNKNOWN if one.includes(since) else None,
                "at_end": UNKNOWN if one.includes(until) else None,
                "sequences": list(one.sequences),
            }


def role_rows(
    facts: Iterable[Fact], times: UnknownTimes, *, since: datetime, until: datetime
) -> Iterator[Row]:
    """Yield each role that was held without a grant at any moment of the period, as far as it was read."""
    open_: dict[tuple[Any, ...], list[Fact]] = {}
    state = _state_of(times, since=since, until=until)
    for fact in facts:
        recorded = moment(fact.at)
        if recorded is not None and recorded >= until:
            continue
        key = tuple(str(of(fact, name)) for name in ("cluster", "server", "login_identity", "role_identity"))
        if fact.kind == E.STANDING_FOUND:
            open_.setdefault(key, []).append(fact)
        elif (found := open_.pop(key, None)) is not None and not (recorded and recorded <= since):
            yield _row(found, fact, state)
    for found in open_.values():
        yield _row(found, None, state)


State = Callable[[str, datetime | None, datetime | None], tuple[str, str]]


def _state_of(times: UnknownTimes, *, since: datetime, until: datetime) -> State:
    def state(cluster: str, begin: datetime | None, end: datetime | None) -> tuple[str, str]:
        begun = begin is None or begin <= since
        at_begin = YES if begun and (end is None or end > since) else NO
        at_end = YES if end is None else NO
        return (
            UNKNOWN if times.includes(cluster, since) else at_begin,
            UNKNOWN if times.includes(cluster, until) else at_end,
        )

    return state


def _row(found: list[Fact], gone: Fact | None, state: State) -> Row:
    first, last = found[0], found[-1]
    cluster = str(of(last, "cluster"))
    at_begin, at_end = state(cluster, moment(first.at), moment(gone.at) if gone else None)
    return {
        "what": E.STANDING_FOUND.value,
        "cluster": cluster,
        "login": of(last, "login"),
        "how": of(last, "how"),
        "role": of(last, "role"),
        "database": of(last, "database"),
        "path": values.texts(of(last, "path")),
        "usable": yes_no(of(last, "usable")),
        "found_at": first.at,
        "gone_at": gone.at if gone else None,
        "why": of(gone, "why") if gone else None,
        "at_begin": at_begin,
        "at_end": at_end,
        "sequences": [fact.seq for fact in (*found, *([gone] if gone else []))],
    }
