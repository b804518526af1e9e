"""How long a report over many grants takes, and how much memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.crowd_entries import CrowdTerms
from bench.crowd_logins import CrowdLogin
from bench.crowd_records import append, record_grants, reserve_ids, unguarded
from bench.figures import Figure
from dbaccess.domain.events import BY_SYSTEM, BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import Posted
from tests.databases import ControlDatabase

FORMATS = ("html", "csv", "json", "xlsx")
HOLDERS = tuple(SlackId(f"U0E{number:03}") for number in range(100))
_NOWHERE = Posted(channel="C0APPROVALS", ts="1700000000.000100")
_END = """update grants
             set state = 'ended', revoking_at = expires_at, ended_at = expires_at, end_cause = 'expired',
                 ended_by = 'system', receipt = '{}' where id = any(%s)"""


def measure(
    control: ControlDatabase, policy: Policy, *, size: int, runs: int, progress: Callable[[str], None]
) -> list[Figure]:
    """Every format, by command line and with the login of an auditor."""
    progress(f"report: {size:,} grants are written")
    _write(control, policy, size)
    return [_figure(control, form, size, runs, progress) for form in FORMATS]


def _figure(
    control: ControlDatabase, form: str, size: int, times: int, progress: Callable[[str], None]
) -> Figure:
    runs = [_run(control, form, size) for _ in range(times)]
    seconds, memory = [one for one, _, _ in runs], max(used for *_, used in runs)
    processor = min(one for _, one, _ in runs)
    progress(f"report: {form} {min(seconds):.1f} s, {processor:.1f} s of a core, at most {memory} MB")
    name = f"`audit report` of {size:,} grants as {form}, the whole command"
    name += f" ({processor:.1f} s of a core, {memory} MB)"
    return Figure(name=name, seconds=seconds, aim="< 10 s for 10,000, memory bounded")


def _run(control: ControlDatabase, form: str, size: int) -> tuple[float, float, int]:
    """Return the seconds, those of the command's own processor, and the most memory in MB."""
    with tempfile.TemporaryDirectory() as place:
        options = ["--from", "1d", "--format", form, "--out", str(Path(place) / "report")]
        environment = {**os.environ, "DATABASE_URL": control.auditor_url}
        began = time.perf_counter()
        command = [sys.executable, "-m", "dbaccess.cli", "audit", "report", *options]
        program = subprocess.Popen(  # noqa: S603 this Python
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert program.stdout is not None  # noqa: S101 it is a pipe
        said = program.stdout.read().decode()
        _, status, used = os.wait4(program.pid, 0)
        seconds = time.perf_counter() - began
    if status or f"{size} grants" not in said:
        raise AssertionError(f"the report was not made: {said}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def _write(control: ControlDatabase, policy: Policy, size: int) -> None:
    terms = CrowdTerms(
        policy=policy,
        target="orders-prod",
        role="read",
        holders=HOLDERS,
        expires_at=datetime.now(UTC) - timedelta(minutes=1),
    )
    ids = reserve_ids(control, size)
    logins = [
        CrowdLogin(
            name=f"jit_acme_{grant}", oid=grant, tag=f"dbaccess acme G-{grant}", identity="7", role_oids={}
        )
        for _, grant in ids
    ]
    grants = record_grants(control, terms, ids=ids, logins=logins, posted=_NOWHERE, queued=False)
    with psycopg.connect(control.superuser_url) as owner:
        with unguarded(owner):
            owner.execute(_END, [[grant.id for grant in grants]])
            append(owner, [event for grant in grants for event in _ended(grant)])
        owner.commit()
        owner.execute("analyze")


def _ended(grant: Grant) -> Iterator[Event]:
    """Yield how each of them ended, and what it ran."""
    assert grant.expires_at is not None  # noqa: S101 a crowd has an end
    seen = grant.expires_at.isoformat()
    told: list[tuple[EventKind, str, dict[str, Any]]] = [
        (EventKind.CREDENTIALS_SET, BY_WORKER, {}),
        (EventKind.GRANT_EXPIRED, BY_SYSTEM, {"cause": "expired"}),
        (EventKind.GRANT_ENDED, BY_WORKER, {"cause": "expired", "receipt": {
            "seen_at": seen, "roles": [{"name": "orders_read", "identity": None, "state": "removed"}],
            "login_removed": True, "sessions": [{"server": "primary", "closed": 1, "left": 0}],
            "handed_over": [], "rolled_back": [], "left": [], "objects_removed": []}}),
        (EventKind.ACTIVITY_SUMMARIZED, BY_WORKER, {
            "statements": 40, "by_kind": {"read": 40}, "errors": 0, "not_parsed": 0, "sessions": 1,
            "first_at": seen, "last_at": seen, "digest": "d" * 64, "coverage": "full", "gaps": 0}),
    ]  # fmt: skip
    for kind, actor, data in told:
        yield Event(kind=kind, actor=actor, request_id=grant.request_id, grant_id=grant.id, data=data)
