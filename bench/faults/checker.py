"""An independent process that looks at the targets every 50 ms, and writes down who had access when.

It knows nothing of dbaccess but how logins are named, and reaches the servers directly, as a superuser.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

PAUSE = 0.05
_PINNED = "-c client_encoding=UTF8 -c DateStyle=ISO -c IntervalStyle=postgres -c statement_timeout=0"
"""Against hostile defaults that a fault has set."""

_LOGINS = """
select r.rolname::text, r.oid::bigint,
       r.rolcanlogin and exists (select from pg_auth_members m where m.member = r.oid
                                    and m.roleid in (select oid from pg_roles where rolname = any(%s)))
  from pg_roles r where r.rolname like any(%s)"""
_SESSIONS = """
select usesysid::bigint, pid || '@' || extract(epoch from backend_start), extract(epoch from backend_start)
  from pg_stat_activity where usesysid is not null and backend_type = 'client backend'"""


@dataclass(slots=True)
class Seen:
    """The observations of one login. Times are of the clock; `spans` are those in which it could be used.

    A span ends with the last look that saw access, and `gone` has the first look after it that did not.
    """

    oid: int
    spans: list[list[float]] = field(default_factory=list)
    gone: list[float] = field(default_factory=list)
    sessions: dict[str, list[float]] = field(default_factory=dict)
    """By backend: when it began, and the last look that saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A target: its superuser's URL, the roles that are given there, and how logins are named (LIKE)."""

    url: str
    roles: list[str]
    logins: list[str]


class Checker:
    """The process; at the end `path` has what it saw, by target and login."""

    def __init__(self, path: Path, watched: dict[str, Watched]) -> None:
        self.path = path
        told = json.dumps({name: asdict(one) for name, one in watched.items()})
        self._process = subprocess.Popen(  # noqa: S603 our own
            [sys.executable, "-m", "bench.faults.checker", str(path)], stdin=subprocess.PIPE, text=True
        )
        if self._process.stdin is None:
            raise AssertionError("it was asked for")
        self._process.stdin.write(f"{told}\n")  # not an argument: every account of the machine reads those
        self._process.stdin.flush()

    def stop(self) -> dict[str, dict[str, Seen]]:
        self._process.terminate()
        self._process.wait(30)
        found = json.loads(self.path.read_text())
        return {
            place: {login: Seen(**seen) for login, seen in logins.items()} for place, logins in found.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(10)


def _watch(watched: Watched, seen: dict[str, Seen], stop: threading.Event) -> None:
    while not stop.is_set():
        with (
            suppress(psycopg.Error),
            psycopg.connect(watched.url, autocommit=True, connect_timeout=3, options=_PINNED) as dba,
        ):
            while not stop.is_set():
                began = time.time()
                logins = dba.execute(_LOGINS, [watched.roles, watched.logins]).fetchall()
                sessions = dba.execute(_SESSIONS).fetchall()
                _note(seen, logins, sessions, began, time.time())
                time.sleep(PAUSE)
        time.sleep(PAUSE)  # the server is down


def _note(
    seen: dict[str, Seen],
    logins: Sequence[tuple[Any, ...]],
    sessions: Sequence[tuple[Any, ...]],
    began: float,
    done: float,
) -> None:
    usable = set()
    for name, oid, is_usable in logins:
        one = seen.setdefault(name, Seen(oid))
        if is_usable:
            usable.add(name)
            if len(one.gone) == len(one.spans):
                one.spans.append([began, began])
            one.spans[-1][1] = began
    for name, one in seen.items():
        if name not in usable and len(one.gone) < len(one.spans):
            one.gone.append(done)
    by_oid = {one.oid: one for one in seen.values()}
    for oid, backend, since in sessions:
        if oid in by_oid:
            by_oid[oid].sessions.setdefault(backend, [float(since), began])[1] = began


def _run(path: Path) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    watched = {name: Watched(**one) for name, one in json.loads(sys.stdin.readline()).items()}
    seen: dict[str, dict[str, Seen]] = {name: {} for name in watched}
    threads = [
        threading.Thread(target=_watch, args=(one, seen[name], stop), daemon=True)
        for name, one in watched.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(0.2):
        pass
    for thread in threads:
        thread.join(5)
    found = {place: {name: asdict(one) for name, one in logins.items()} for place, logins in seen.items()}
    path.write_text(json.dumps(found))


if __name__ == "__main__":
    _run(Path(sys.argv[1]))
