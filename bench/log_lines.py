"""How fast a server's log becomes statements, beside a parser of its format alone over the same bytes."""

import csv
import io
import json
import statistics
import time
from collections.abc import Callable, Mapping

from bench.figures import Figure
from dbaccess.activity.formats import FORMATS
from dbaccess.activity.logged import LoggedStatement
from dbaccess.activity.prepare import prepare
from dbaccess.activity.statements import Sessions
from dbaccess.domain.activity import GrantLogin
from dbaccess.domain.capture import CaptureMode, CaptureSource
from dbaccess.domain.grant import GrantId
from tests.unit.activity.logged import EXECUTE, line, written

Lines = list[dict[str, object]]
LINES = 2_000
SESSIONS = 20
_OF = GrantLogin(grant_id=GrantId(1), login="maya", database="orders", access="read", mode=CaptureMode.FULL)
_TYPED = (
    "update pgbench_accounts set abalance = abalance + -{amount} where aid = {account};",
    "select abalance from pgbench_accounts where aid = {account};",
    "insert into pgbench_history (tid, aid, delta, mtime) values (1, {account}, {amount}, localtimestamp);",
    'select "o"."state" from "shop"."orders" "o" where "o"."number" = \'{account}-{amount}\' limit 21',
)
_STATEMENTS = 200
"""Different statements in a chunk; each runs with other values."""


def measure(rounds: int) -> list[Figure]:
    """Each round takes a chunk of the log from its bytes to statements as they are stored."""
    kinds = {"values bound": chunk, "literals in the text": typed}
    return [
        _figure(f"{source}, {kind}", source, made, rounds) for source in ALONE for kind, made in kinds.items()
    ]


def _figure(name: str, source: CaptureSource, made: Callable[[int], Lines], rounds: int) -> Figure:
    ours: list[float] = []
    beside: list[float] = []
    for number in range(rounds):
        data = written(source.value, *made(number))
        text = data.decode()
        ours.append(_seconds(lambda data=data: _read(source, data)))  # type: ignore[misc]
        beside.append(_seconds(lambda text=text: ALONE[source](text)))  # type: ignore[misc]
    a_second = LINES / statistics.median(ours)
    return Figure(
        name=f"{LINES:,} lines of {name}, to statements ({a_second:,.0f} lines a second)",
        seconds=ours,
        beside="the parser alone",
        beside_seconds=beside,
        aim="30,000 lines a second, ratio 4",
    )


def chunk(number: int) -> Lines:
    """Return lines of some sessions in turn: of each statement one line, and one of its duration."""
    lines = []
    for at in range(0, LINES, 2):
        session = {
            "session_id": f"{number:x}.{at // 2 % SESSIONS + 1:x}",
            "func_name": EXECUTE,
            "ps": "SELECT",
        }
        sql = "select state from shop.orders where id = $1 and part = $2 /* @ */"
        sql = sql.replace("@", str(at % _STATEMENTS))
        values = f"Parameters: $1 = '{number}', $2 = 'article {at}'"
        lines.append(line(f"execute <unnamed>: {sql}", at + 1, detail=values, **session))
        lines.append(line("duration: 0.292 ms", at + 2, **session))
    return lines


def typed(number: int) -> Lines:
    """Return lines as of `chunk`, of clients that put other values into the text of each statement."""
    lines = []
    for at in range(0, LINES, 2):
        session = {"session_id": f"{number:x}.{at // 2 % SESSIONS + 1:x}"}
        sql = _TYPED[at // 2 % len(_TYPED)].format(amount=at, account=number * LINES + at)
        lines.append(line(f"statement: {sql}", at + 1, **session))
        lines.append(line("duration: 0.292 ms", at + 2, **session))
    return lines


def _read(source: CaptureSource, data: bytes) -> None:
    parsed = FORMATS[source]().parse(data)
    found = [one for one in Sessions().take(parsed.records) if isinstance(one, LoggedStatement)]
    stored = [prepare(one, _OF, "main") for one in found]
    if len(stored) != LINES // 2 or parsed.damaged:
        raise AssertionError("the chunk was not read as it was written")


def _json_alone(text: str) -> list[object]:
    return [json.loads(record) for record in text.split("\n") if record]


def _csv_alone(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="\n")))


ALONE: Mapping[CaptureSource, Callable[[str], object]] = {
    CaptureSource.JSONLOG: _json_alone,
    CaptureSource.CSVLOG: _csv_alone,
}


def _seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that it takes: nothing here waits, and other processes do not count."""
    began = time.process_time()
    work()
    return time.process_time() - began
