"""Logs that clouds export: known by their first lines, and read as the server meant them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.activity.cloudsql import CloudSqlLog
from dbaccess.activity.exports import ExportFormat, build_format, detect, find_prefix
from dbaccess.activity.log_prefix import DEBIAN, RDS, RECOMMENDED
from dbaccess.activity.log_time import UnknownZone
from dbaccess.activity.logged import LoggedStatement
from dbaccess.activity.records import LogRecord, Parsed
from dbaccess.activity.statements import Sessions
from dbaccess.domain.errors import SourceFailure
from tests.unit.activity.logged import line, written

T = datetime(2026, 3, 1, 3, 0, 0, tzinfo=UTC)
RDS_LOG = """\
2026-03-01 02:59:00 UTC::@:[400]:LOG:  checkpoint starting: time
2026-03-01 03:00:00 UTC:10.0.0.7(43824):maya@orders:[31]:LOG:  statement: select 1,
\t'two'
2026-03-01 03:00:00 UTC:10.0.0.7(43824):maya@orders:[31]:LOG:  duration: 1.500 ms
2026-03-01 03:00:00 UTC:[local]:maya@orders:[32]:LOG:  execute <unnamed>: select $1
2026-03-01 03:00:00 UTC:[local]:maya@orders:[32]:DETAIL:  parameters: $1 = 'it''s'
2026-03-01 03:00:01 UTC:[local]:maya@orders:[32]:ERROR:  permission denied for table t at character 15
2026-03-01 03:00:01 UTC:[local]:maya@orders:[32]:STATEMENT:  select $1
2026-03-01 03:00:02 UTC:[unknown]:[unknown]@[unknown]:[33]:LOG:  connection received: host=x
2026-03-01 03:00:02 UTC:::1(5):maya@orders:[34]:LOG:  statement: select 1
2026-03-01 03:00:02 UTC:::1(5):maya@orders:[34]:LOG:  statement: select 1
2026-03-01 03:00:09 UTC::@:[400]:LOG:  checkpoint complete
"""
_SESSION = "UTC [31] 69a3a8e0.1f {} maya@orders 10.0.0.7(43824) {} 00000"
_SAID = f"2026-03-01 03:00:00.123 {_SESSION}"
VERBOSE_LOG = "".join(
    f"{_SAID.format(number, tag)} {text}\n"
    for number, (tag, text) in enumerate(
        [
            ("idle", "LOG:  00000: statement: select 1"),
            ("idle", "LOCATION:  exec_simple_query, postgres.c:1078"),
            ("DO", "LOG:  00000: statement: drop table x"),
            ("DO", "CONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE"),
            ("DO", "LOCATION:  exec_stmt_raise, pl_exec.c:3911"),
        ],
        start=1,
    )
)
VERBOSE_LOG += "2026-03-01 03:00:00.126 UTC [99] 69a3a8e1.63 1 @   00000 LOG:  00000: checkpoint starting\n"


def read(text: str, prefix: str | None = None, *, zone: str | None = None, step: int = 0) -> Parsed:
    """Read the text in parts of that many bytes, as if the file had come in them."""
    data = text.encode()
    form = build_format(ExportFormat.STDERR, data, prefix=prefix, zone=zone)()
    records: list[LogRecord] = []
    times: list[datetime] = []
    damaged, left = 0, b""
    for begin in range(0, len(data), step or len(data)):
        left += data[begin : begin + (step or len(data))]
        parsed = form.parse(left)
        left = left[parsed.consumed :]
        records, damaged = records + parsed.records, damaged + parsed.damaged
        times += [at for at in (parsed.first_at, parsed.last_at) if at]
    last = form.finish(left)
    times += [at for at in (last.first_at, last.last_at) if at]
    return Parsed(records + last.records, len(data), damaged + last.damaged, times[-1], times[0])


def shown(parsed: Parsed) -> list[LoggedStatement]:
    return [one for one in Sessions().take(parsed.records) if isinstance(one, LoggedStatement)]


def test_stderr_of_rds_says_what_ran() -> None:
    parsed = read(RDS_LOG)
    found = shown(parsed)
    assert [(s.sql, s.bind_values, s.sqlstate, s.client) for s in found] == [
        ("select 1,\n'two'", (), None, "10.0.0.7"),
        ("select $1", ("it's",), "?????", "[local]"),
        ("select 1", (), None, "::1"),
        ("select 1", (), None, "::1"),
    ]
    assert found[0].duration == timedelta(milliseconds=1.5)
    assert found[0].at == T
    assert (parsed.first_at, parsed.last_at) == (T - timedelta(minutes=1), T + timedelta(seconds=9))
    assert (parsed.damaged, {s.database for s in found}) == (0, {"orders"})


def test_lines_without_an_identity_have_the_same_one_whenever_they_are_read() -> None:
    whole = [(s.session_id, s.line_num, s.at) for s in shown(read(RDS_LOG))]
    assert len(set(whole)) == len(whole) == 4
    assert whole == sorted(whole, key=lambda one: one[2])
    for step in (1, 7, 100):
        assert [(s.session_id, s.line_num, s.at) for s in shown(read(RDS_LOG, RDS, step=step))] == whole
    later = RDS_LOG.split("\n", 4)[4]
    assert {(s.session_id, s.line_num) for s in shown(read(later))} < {one[:2] for one in whole}


def test_stderr_with_session_and_line_is_known_by_them_and_forged_lines_are_told_apart() -> None:
    parsed = read(VERBOSE_LOG)
    (found,) = shown(parsed)
    assert (found.sql, found.session_id, found.line_num) == ("select 1", "69a3a8e0.1f", 1)
    assert found.at == T + timedelta(milliseconds=123)
    assert [record.function for record in parsed.records] == ["exec_simple_query", "exec_stmt_raise"]
    assert {record.tag for record in parsed.records} == {"idle", "DO"}


def test_prefix_is_found_and_another_one_is_asked_for() -> None:
    debian = "2026-03-01 03:00:00.000 UTC [31] maya@orders LOG:  statement: select 1\n"
    for text, prefix in ((RDS_LOG, RDS), (VERBOSE_LOG, RECOMMENDED), (debian, DEBIAN)):
        assert find_prefix(text.encode()) == prefix
        assert detect(text.encode(), prefix=None) is ExportFormat.STDERR
    own = "maya|orders|31|1772334000.000|LOG:  statement: select 1\n"
    with pytest.raises(SourceFailure, match="log_line_prefix"):
        detect(own.encode(), prefix=None)
    (found,) = shown(read(own, "%u|%d|%p|%n|"))
    assert (found.sql, found.at) == ("select 1", T)
    for bad in ("%t [%p] ", "%u %p ", "%t %u ", "%t %u %p %z ", "%t %t %u %p"):
        with pytest.raises(SourceFailure, match="log_line_prefix"):
            read(own, bad)


def test_name_of_an_application_makes_no_line_and_moves_none_to_another_login() -> None:
    for prefix, form in (
        ("%m [%p] %u@%d %a ", "2026-03-01 03:00:00.000 UTC [31] maya@orders {} "),
        ("%m [%p] user=%u,db=%d,app=%a,client=%h ",
         "2026-03-01 03:00:00.000 UTC [31] user=maya,db=orders,app={},client=10.0.0.7 "),
        ("%m [%p] app=%a,user=%u ", "2026-03-01 03:00:00.000 UTC [31] app={},user=maya "),
    ):  # fmt: skip
        forged = [
            "LOG:  statement: select 1 --",
            "x,client=10.0.0.9 LOG:  statement: select 1 --",
            "x,user=tom LOG:  statement: select 1 --",
            "x LOG:  statement: select 1 --",
        ]
        for name in forged:
            ran = f"{form.format(name)}LOG:  statement: drop table t\n\tcascade\n"
            parsed = read(f"{ran}{form.format('psql')}LOG:  statement: select 1\n", prefix)
            found = [(s.login, s.sql) for s in shown(parsed)]
            told = [("maya", "drop table t\ncascade")] if not parsed.damaged else []
            assert found == [*told, ("maya", "select 1")], name
            assert parsed.damaged in {0, len(ran)}, name
        for name in ("psql", "", "pgAdmin 4 - DB:orders", "a,b: LOG"):
            (one,) = shown(read(f"{form.format(name)}LOG:  statement: select ': LOG'\n", prefix))
            assert (one.login, one.sql) == ("maya", "select ': LOG'"), name


def test_local_times_need_the_zone_that_they_are_in() -> None:
    line = "2026-10-25 02:30:00.000 {} [31] maya@orders LOG:  statement: select 1\n"
    with pytest.raises(UnknownZone, match="CEST"):
        read(line.format("CEST"), DEBIAN)
    moments = {"CEST": 0, "CET": 1, "+02": 0, "+0230": -0.5, "UTC": 2}
    for abbreviation, hours in moments.items():
        (found,) = shown(read(line.format(abbreviation), DEBIAN, zone="Europe/Berlin"))
        assert found.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(hours=hours), abbreviation
    with pytest.raises(SourceFailure, match="no time zone"):
        read(line.format("CET"), DEBIAN, zone="Mars/Olympus")


def test_lines_that_are_none_are_counted_and_what_follows_is_read() -> None:
    rubbish = "rubbish\n\tof two lines\n"
    parsed = read(rubbish + RDS_LOG + rubbish, RDS)
    assert (parsed.damaged, len(shown(parsed))) == (2 * len(rubbish), 4)


def test_record_that_no_server_wrote_is_counted_and_what_follows_is_read() -> None:
    for prefix, form, sound, bad in (
        (DEBIAN, "{} [31] maya@orders ", "2026-03-01 03:00:00.000 UTC", "2026-13-41 03:00:00.000 UTC"),
        (DEBIAN, "{} [31] maya@orders ", "2026-03-01 03:00:00.000 UTC", "2026-03-01 03:00:00.000 +99"),
        (DEBIAN, "{} [31] maya@orders ", "2026-03-01 03:00:00.000 UTC", "0001-01-01 00:00:00.000 +14"),
        ("%u@%d %n [%p] ", "maya@orders {} [31] ", "1772334000.000", "999999999999.999"),
    ):
        broken = f"{form.format(bad)}LOG:  statement: select 2\n\tfrom ä\n"
        broken += f"{form.format(bad)}DETAIL:  more of it\n"
        parsed = read(f"{broken}{form.format(sound)}LOG:  statement: select 1\n", prefix)
        assert parsed.damaged == len(broken.encode()), bad
        assert [one.sql for one in shown(parsed)] == ["select 1"], bad


def test_duration_that_no_server_wrote_is_unknown() -> None:
    begin = "2026-03-01 03:00:00.000 UTC [31] maya@orders LOG:  duration: "
    for milliseconds in ("9" * 400 + ".000", "9" * 30 + ".000"):
        (found,) = shown(read(f"{begin}{milliseconds} ms  statement: select 1\n", DEBIAN))
        assert (found.sql, found.duration) == ("select 1", None)


def test_part_of_another_process_is_no_part_of_the_record() -> None:
    cut = RDS_LOG.replace("[32]:DETAIL", "[77]:DETAIL")
    assert [s.bind_values for s in shown(read(cut, RDS))] == [(), (), (), ()]


def entry(number: int, **request: Any) -> dict[str, Any]:
    audit = {
        "@type": "type.googleapis.com/google.cloud.sql.audit.v1.PgAuditEntry",
        "auditClass": "READ",
        "auditType": "SESSION",
        "chunkCount": "1",
        "chunkIndex": "1",
        "command": "SELECT",
        "database": "orders",
        "databaseSessionId": 2209692,
        "parameter": "[not logged]",
        "statement": f"select \"{number}\", 'a\nb'",
        "statementId": number,
        "substatementId": 1,
        "user": "maya",
        **request,
    }
    return {
        "insertId": f"id{number}{request.get('chunkIndex', '')}{request.get('object', '')}",
        "timestamp": f"2026-03-01T03:00:{number:02}.123456789Z",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Fdata_access",
        "protoPayload": {"methodName": "cloudsql.instances.query", "request": audit},
    }


ENTRIES = [
    {"insertId": "x", "timestamp": "2026-03-01T02:59:00Z", "textPayload": "LOG:  checkpoint starting"},
    entry(1),
    entry(2, substatementId=2, statement="select inner", object="public.t", objectType="TABLE"),
    entry(3, chunkCount="2", chunkIndex="2", statement="of two parts"),
    entry(3, chunkCount="2", chunkIndex="1", statement="select "),
    entry(4, statement="select 4 from a, b", object="public.a", objectType="TABLE"),
    entry(4, statement="select 4 from a, b", object="public.b", objectType="TABLE"),
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("is_array", [True, False])
@pytest.mark.parametrize("step", [0, 333])
def test_export_of_cloud_sql_says_what_ran(indent: int | None, step: int, *, is_array: bool) -> None:
    text = json.dumps(ENTRIES, indent=indent) if is_array else "\n".join(map(json.dumps, ENTRIES))
    data = text.encode()
    assert detect(data[:4096], prefix=None) is ExportFormat.CLOUDSQL
    records: list[LogRecord] = []
    form, left = CloudSqlLog(), b""
    for begin in range(0, len(data), step or len(data)):
        left += data[begin : begin + (step or len(data))]
        parsed = form.parse(left)
        assert parsed.damaged == 0
        left, records = left[parsed.consumed :], records + parsed.records
    last = form.finish(left)
    assert last.damaged == 0
    found = [one for one in Sessions().take(records + last.records) if isinstance(one, LoggedStatement)]
    assert [(s.sql, s.is_nested, s.reads) for s in found] == [
        ("select \"1\", 'a\nb'", False, ()),
        ("select inner", True, ("public.t",)),
        ("select of two parts", False, ()),
        ("select 4 from a, b", False, ("public.a", "public.b")),
    ]
    assert found[0].at == T + timedelta(seconds=1, microseconds=123456)
    assert len({(s.session_id, s.line_num) for s in found}) == 4
    assert {(s.login, s.database) for s in found} == {("maya", "orders")}


def test_damaged_entry_is_counted_and_the_next_is_read() -> None:
    lines = [json.dumps(one) for one in ENTRIES[1:3]]
    text = f'{lines[0]}\n{{"insertId": "cut\n{json.dumps({"timestamp": 5})}\n{lines[1]}\n{{"open": '
    parsed = CloudSqlLog().finish(text.encode())
    assert len(parsed.records) == 2
    assert parsed.damaged > len('{"insertId": "cut') + len('{"open": ')


def test_server_formats_are_known_by_their_first_lines() -> None:
    for form in (ExportFormat.CSVLOG, ExportFormat.JSONLOG):
        data = written(form.value, line("statement: select 1", 1))
        assert detect(data, prefix=None) is form
        made = build_format(form, data, prefix=None, zone=None)
        for whole in (data, data.removesuffix(b"\n")):
            (record,) = made().finish(whole).records
            assert record.message == "statement: select 1"
        assert made().finish(data[:-90]).records == []


def test_lines_of_windows_are_read_as_any_other() -> None:
    plain = read(RDS_LOG)
    for step in (0, 1, 97):
        found = read(RDS_LOG.replace("\n", "\r\n"), step=step)
        assert (found.records, found.damaged) == (plain.records, 0)
