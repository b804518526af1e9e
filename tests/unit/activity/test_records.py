"""Records of a server's log: each is read once, whatever stands beside it and wherever a read ends."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.records import LONGEST, LogRecord, Parsed
from tests.unit.activity.logged import FORMATS, SESSION, line, written

formats = pytest.mark.parametrize("form", FORMATS)
# As servers write them: no NUL, and half of a character where a database has another encoding.
texts = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from('"\n\r,\\\udcfc')
)


def parse_in_pieces(form: str, data: bytes, size: int) -> Parsed:
    """Parse as a reader does: `size` bytes more each time, from the place that the last call left."""
    log, begin, end = FORMATS[form](), 0, 0
    records: list[LogRecord] = []
    damaged, last_at = 0, None
    while end < len(data):
        end = min(end + size, len(data))
        found = log.parse(data[begin:end])
        records += found.records
        begin, damaged, last_at = begin + found.consumed, damaged + found.damaged, found.last_at or last_at
    return Parsed(records, begin, damaged, last_at)


@formats
@given(messages=st.lists(texts, min_size=1, max_size=6), size=st.integers(1, 400))
def test_each_record_is_read_once_wherever_a_read_ends(form: str, messages: list[str], size: int) -> None:
    lines = [
        line(f"statement: {text}", number, statement=text) for number, text in enumerate(messages, start=1)
    ]
    data = written(form, *lines)
    found = parse_in_pieces(form, data, size)
    expected = [text.replace("\udcfc", "\\xfc") for text in messages]
    assert [(r.message, r.statement) for r in found.records] == [(f"statement: {t}", t) for t in expected]
    assert (found.consumed, found.damaged) == (len(data), 0)


@formats
def test_record_has_the_fields_that_the_server_wrote(form: str) -> None:
    fields: dict[str, Any] = {
        "detail": "d",
        "context": "c",
        "statement": "s",
        "state_code": "42501",
        "ps": "SELECT",
    }
    (record,) = FORMATS[form]().parse(written(form, line("m", 7, error_severity="ERROR", **fields))).records
    assert record == LogRecord(
        at=datetime(2026, 11, 30, 13, 7, 7, 479000, UTC),
        user="maya",
        database="orders",
        client="127.0.0.1",
        session_id=SESSION,
        line_num=7,
        tag="SELECT",
        severity="ERROR",
        sqlstate="42501",
        message="m",
        detail="d",
        context="c",
        statement="s",
        function="exec_simple_query",
        backend="client backend",
    )


@formats
def test_background_process_moves_the_time_alone(form: str) -> None:
    own = line(
        "checkpoint starting",
        3,
        user="",
        dbname="",
        remote_host="",
        func_name="",
        backend_type="checkpointer",
    )
    found = FORMATS[form]().parse(written(form, own))
    assert (found.records, found.last_at) == ([], datetime(2026, 11, 30, 13, 7, 3, 479000, UTC))


LOCAL = [
    ("2026-11-30 14:07:09.479 CET", "2026-11-30 14:06:45 CET", datetime(2026, 11, 30, 13, 7, 9, 479000, UTC)),
    (
        "2026-11-30 18:52:09.479 +0545",
        "2026-11-30 18:51:45 +0545",
        datetime(2026, 11, 30, 13, 7, 9, 479000, UTC),
    ),
    ("2026-11-30 08:07:09.479 EST", "2026-11-30 08:06:45 EST", datetime(2026, 11, 30, 13, 7, 9, 479000, UTC)),
    (
        "2026-11-30 03:37:09.479 -0930",
        "2026-11-30 03:36:45 -0930",
        datetime(2026, 11, 30, 13, 7, 9, 479000, UTC),
    ),
]


@formats
def test_local_times_become_utc_by_the_start_of_the_session(form: str) -> None:
    for stamp, started, expected in LOCAL:
        data = written(form, line("m", 1, timestamp=stamp, session_start=started))
        assert [record.at for record in FORMATS[form]().parse(data).records] == [expected]


RUBBISH = {
    "binary": bytes(range(1, 256)) + b"\n",
    "an odd quote": b'2026-11-30 13:06:45.479 UTC,"maya","orders",1,"x\n',
    "half of a character": b"\xe2\x82\n",
    "no record": b"[]\n{}\n17\n,,,\n",
    "deep": b"[" * 100_000 + b"\n",
    "a long number": b'{"line_num":' + b"9" * 10_000 + b"}\n",
    "NUL": b"\0" * 5_000 + b"\n",
    "fields of another kind": b'{"timestamp":3,"session_start":[],"session_id":{}}\n',
}


@formats
def test_rubbish_is_counted_and_hides_no_record_after_it(form: str) -> None:
    before, after = line("statement: select 1", 1), line("statement: select\n'\"2\"'", 2)
    for name, rubbish in RUBBISH.items():
        data = written(form, before) + rubbish + written(form, after)
        for size in (len(data), 97):
            found = parse_in_pieces(form, data, size)
            assert [record.line_num for record in found.records] == [1, 2], name
            assert (found.damaged, found.consumed) == (len(rubbish), len(data)), name


@formats
def test_line_that_a_crash_cut_is_lost_alone(form: str) -> None:
    whole = written(form, line("statement: select 'a\nb'", 1))
    cut = written(form, line("statement: select 'c\nd'", 2))[:-30]
    later = written(form, *(line(f"statement: select {n}", n) for n in (3, 4, 5)))
    found = parse_in_pieces(form, whole + cut + b"\n" + later, 61)
    assert [record.line_num for record in found.records] == [1, 3, 4, 5]
    assert found.damaged == len(cut) + 1


def test_text_that_looks_like_a_record_begins_none() -> None:
    forged = written("csvlog", line("statement: drop table x", 9)).decode()
    data = written("csvlog", line(f"statement: select '\n{forged}'", 1))
    found = parse_in_pieces("csvlog", data, 50)
    assert [(record.line_num, record.message) for record in found.records] == [
        (1, f"statement: select '\n{forged}'")
    ]


@formats
def test_long_statement_is_read_and_one_beyond_the_limit_is_skipped(form: str) -> None:
    long = line("statement: select '" + "x" * 300_000 + "'", 1)
    (record,) = FORMATS[form]().parse(written(form, long)).records
    assert record.message == long["message"]
    endless = written(form, line("x" * LONGEST, 1))[:LONGEST]
    found = FORMATS[form]().parse(endless)
    assert (found.records, found.consumed, found.damaged) == ([], LONGEST, LONGEST)


class PlainJsonLog(JsonLog):
    """One that reads each line as a line that may hold anything."""

    def _read(self, line: bytes) -> tuple[datetime, LogRecord | None]:
        return self._any(line.decode("utf-8", "surrogateescape"))


values = st.one_of(
    st.text(max_size=20),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(st.text(max_size=3), max_size=2),
)
fields_of_a_line = st.dictionaries(st.sampled_from([*line("m", 1), "detail", "context", "statement"]), values)
spoilt = st.sampled_from([b"", b" ", b"\r", b"}", b"\xff", b"\0", b"\x01", b'{"user":"x"}'])


@given(
    lines=st.lists(
        st.tuples(fields_of_a_line, st.booleans(), spoilt, spoilt, st.integers(0, 400)), max_size=5
    )
)
def test_line_of_jsonlog_is_read_alike_whichever_way_it_is_read(
    lines: list[tuple[dict[str, Any], bool, bytes, bytes, int]],
) -> None:
    data = b""
    for number, (fields, is_ascii, before, inside, place) in enumerate(lines, start=1):
        text = json.dumps(line("statement: select 1", number) | fields, ensure_ascii=is_ascii)
        made = text.encode("utf-8", "surrogatepass")
        data += before + made[:place] + inside + made[place:] + b"\n"
    assert JsonLog().parse(data) == PlainJsonLog().parse(data)


def test_json_that_spells_what_no_text_may_hold_is_read_as_such_text() -> None:
    data = written("jsonlog", line("@", 1)).replace(b"@", rb"a\u0000b\ud800")
    assert [record.message for record in FORMATS["jsonlog"]().parse(data).records] == [r"a\x00b\ud800"]


@formats
@given(
    texts=st.lists(texts.filter(lambda text: "\r" not in text), min_size=1, max_size=4),
    size=st.integers(1, 400),
)
def test_log_of_windows_is_read_as_any_other(form: str, texts: list[str], size: int) -> None:
    data = written(
        form, *(line(f"statement: {text}", n, detail=text) for n, text in enumerate(texts, start=1))
    )
    plain, returned = parse_in_pieces(form, data, len(data)), data.replace(b"\n", b"\r\n")
    for step in (size, len(returned)):
        found = parse_in_pieces(form, returned, step)
        assert (found.records, found.damaged, found.consumed) == (plain.records, 0, len(returned))


def test_line_end_that_a_client_wrote_stays() -> None:
    data = written("csvlog", line("statement: select 1\r\nfrom t", 1))
    assert FORMATS["csvlog"]().parse(data).records[0].message == "statement: select 1\r\nfrom t"
