"""Statements from the records of sessions: each with values, duration and error, and none forged."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.activity.lines import read_values
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.records import LogRecord
from dbaccess.activity.statements import Sessions
from tests.unit.activity.logged import EXECUTE, FORMATS, SESSION, line, written

PARSE, BIND, RAISE = "exec_parse_message", "exec_bind_message", "exec_stmt_raise"
Told = tuple[str, dict[str, Any]]


def records(lines: Iterable[Told], *, verbose: bool = True) -> list[LogRecord]:
    """Return the records of one session; without `verbose`, as a server without that setting writes them."""
    numbered = [line(message, number, **fields) for number, (message, fields) in enumerate(lines, start=1)]
    for fields in [] if verbose else numbered:
        del fields["func_name"]
    return FORMATS["jsonlog"]().parse(written("jsonlog", *numbered)).records


def statements(lines: Iterable[Told], *, verbose: bool = True) -> list[LoggedStatement]:
    found = list(Sessions().take(records(lines, verbose=verbose)))
    assert not [one for one in found if isinstance(one, LoggedOutcome)]
    return [one for one in found if isinstance(one, LoggedStatement)]


def said(message: str, **fields: Any) -> Told:
    return message, fields


def executed(message: str, **fields: Any) -> Told:
    return message, {"func_name": EXECUTE, "ps": "SELECT", **fields}


def failed(sql: str, *, ps: str = "SELECT", sqlstate: str = "22012") -> Told:
    fields = {
        "error_severity": "ERROR",
        "state_code": sqlstate,
        "statement": sql,
        "ps": ps,
        "func_name": "int4div",
    }
    return "it failed", fields


# The lines of a session, and of each statement: text, milliseconds, values, sqlstate.
CASES: dict[str, tuple[list[Told], list[tuple[Any, ...]]]] = {
    "simple protocol": (
        [said("statement: select 1;\nselect 2"), said("duration: 0.292 ms", ps="SELECT")],
        [("select 1;\nselect 2", 0.292, (), None)],
    ),
    "extended protocol": (
        [
            said("duration: 5.000 ms", func_name=PARSE, ps="PARSE"),
            said("duration: 6.000 ms", func_name=BIND, ps="BIND"),
            executed("execute <unnamed>: select $1, $2", detail="Parameters: $1 = '3', $2 = NULL"),
            executed("duration: 0.100 ms"),
        ],
        [("select $1, $2", 0.1, ("3", None), None)],
    ),
    "named statement and portal": (
        [executed("execute s1/p1: select 1", detail="parameters: $1 = 'it''s, $2 = ''x'''")],
        [("select 1", None, ("it's, $2 = 'x'",), None)],
    ),
    "duration in the same line": (
        [
            said("duration: 7.500 ms  statement: select 1"),
            said("duration: 1.000 ms  parse <unnamed>: select 2", func_name=PARSE, ps="PARSE"),
            said("duration: 1.000 ms  bind <unnamed>: select 2", func_name=BIND, ps="BIND"),
            executed("duration: 8.500 ms  execute <unnamed>: select 2", detail="Parameters: $1 = '1'"),
        ],
        [("select 1", 7.5, (), None), ("select 2", 8.5, ("1",), None)],
    ),
    "failed while it ran": (
        [said("statement: select 1/0"), failed("select 1/0")],
        [("select 1/0", None, (), "22012")],
    ),
    "never ran: cannot be parsed": (
        [failed("selec 1", ps="idle", sqlstate="42601")],
        [("selec 1", None, (), "42601")],
    ),
    "never ran: cannot be bound, after the same ran": (
        [executed("execute s: select 1/$1"), failed("select 1/$1", ps="BIND")],
        [("select 1/$1", None, (), None), ("select 1/$1", None, (), "22012")],
    ),
    "in flight when the session was closed": (
        [said("statement: select pg_sleep(9)"), failed("select pg_sleep(9)", sqlstate="57P01")],
        [("select pg_sleep(9)", None, (), "57P01")],
    ),
    "the empty statement": ([said("statement: "), said("duration: 0.010 ms")], [("", 0.01, (), None)]),
    "function call of the protocol": (
        [said('fastpath function call: "lo_creat" (OID 957)', func_name="HandleFunctionRequest")],
        [('fastpath function call: "lo_creat" (OID 957)', None, (), None)],
    ),
    "text that looks like another line": (
        [
            said("statement: /* duration: 1.000 ms */ select 1"),
            said("statement: select 'AUDIT: SESSION,1,1'"),
        ],
        [
            ("/* duration: 1.000 ms */ select 1", None, (), None),
            ("select 'AUDIT: SESSION,1,1'", None, (), None),
        ],
    ),
    "values that were cut": (
        [executed("execute s: select $1", detail="Parameters: $1 = 'aaa...', $2 = 'b'...")],
        [("select $1", None, ("aaa...", "b"), None)],
    ),
}


@pytest.mark.parametrize("verbose", [True, False])
def test_statements_have_what_the_server_said_of_them(*, verbose: bool) -> None:
    for name, (lines, expected) in CASES.items():
        found = statements(lines, verbose=verbose)
        seen = [
            (s.sql, s.duration and s.duration / timedelta(milliseconds=1), s.bind_values, s.sqlstate)
            for s in found
        ]
        assert seen == expected, name


# Lines that hold what a holder chose, and are no statement, duration or error of the server's.
FORGED = {
    "raised": said(
        "statement: drop table x", func_name=RAISE, statement="do $$…$$", context="PL/pgSQL function"
    ),
    "raised as an audit": said(
        "AUDIT: SESSION,1,1,DDL,DROP,,,drop table x,", func_name=RAISE, context="PL/pgSQL"
    ),
    "raised as a duration": said("duration: 9.000 ms", func_name=RAISE, context="PL/pgSQL function"),
    "raised as an error": said(
        "it failed", func_name=RAISE, state_code="42501", statement="select 1", context="x"
    ),
    "warning": said("statement: x", error_severity="WARNING", func_name=RAISE, context="PL/pgSQL function"),
    "parallel worker": (failed("select 1")[0], {**failed("select 1")[1], "backend_type": "parallel worker"}),
}


@pytest.mark.parametrize("verbose", [True, False])
def test_forged_lines_make_no_statement_and_no_outcome(*, verbose: bool) -> None:
    for name, forged in FORGED.items():
        found = statements([said("statement: select 1"), forged, said("duration: 2.000 ms")], verbose=verbose)
        assert [(s.sql, s.duration, s.sqlstate) for s in found] == [
            ("select 1", timedelta(milliseconds=2), None)
        ], name


def test_outcome_in_a_later_read_names_its_statement_also_after_a_restart() -> None:
    began, failing, ended, broke = (
        said("statement: select 1"),
        said("statement: select 1/0"),
        said("duration: 3.000 ms"),
        failed("select 1/0"),
    )
    for first, last, expected in (
        (began, ended, (timedelta(milliseconds=3), None)),
        (failing, broke, (None, "22012")),
    ):
        of_session = records([first, last])
        for restarts in (False, True):
            reading = Sessions()
            assert len(list(reading.take(of_session[:1]))) == 1
            after = Sessions(json.loads(json.dumps(reading.state()))) if restarts else reading
            (later,) = after.take(of_session[1:])
            assert isinstance(later, LoggedOutcome)
            assert (later.line_num, later.duration, later.sqlstate) == (1, *expected)
            assert (later.login, after.state()) == ("maya", {})


def test_fetch_is_one_only_of_a_portal_that_ran_before() -> None:
    run = executed("execute c: insert into t values ($1) returning 1", detail="Parameters: $1 = '1'")
    more = executed(
        "execute fetch from c: insert into t values ($1) returning 1", detail="Parameters: $1 = '1'"
    )
    named_so = executed(
        "execute fetch from c: insert into t values ($1) returning 1", detail="Parameters: $1 = '2'"
    )
    found = statements([run, more, named_so])
    assert [(s.bind_values, s.is_fetch) for s in found] == [(("1",), False), (("1",), True), (("2",), False)]


def test_name_of_a_statement_hides_nothing_of_its_text() -> None:
    (found,) = statements([executed("execute a: b/c: drop table x")])
    assert "drop table x" in found.sql


def test_statement_that_is_prepared_has_no_values_of_its_execution() -> None:
    (found,) = statements(
        [said("statement: execute p(3)", detail="prepare: prepare p as select $1 = 'hunter2'")]
    )
    assert (found.prepared, found.bind_values) == ("prepare p as select $1 = 'hunter2'", ())


def test_name_that_may_be_longer_than_it_looks_is_marked() -> None:
    named, plain, simple = statements(
        [
            executed("execute x: select 1 --: drop table t"),
            executed("execute <unnamed>: select 1"),
            said("statement: select ': '"),
        ]
    )
    assert [one.has_long_name for one in (named, plain, simple)] == [True, False, False]


def test_audit_has_the_values_that_it_was_told_to_log() -> None:
    found = statements(
        [
            audit(1, "select $1, $2, $3", more='"3,,""a,b"""'),
            audit(1, "select $1", of=2, more="<not logged>"),
            audit(1, "select 4", of=3),
        ]
    )
    assert [one.bind_values for one in found] == [("3", None, "a,b"), (), ()]


def test_execute_brings_the_statement_that_it_runs() -> None:
    (found,) = statements([said("statement: execute p(3)", detail="prepare: prepare p as delete from t")])
    assert (found.sql, found.prepared) == ("execute p(3)", "prepare p as delete from t")


AUDIT = {"func_name": "log_audit_event", "ps": "DO"}


def audit(sub: int, text: str, *, of: int = 1, kind: str = "READ,SELECT,,", more: str = "<none>") -> Told:
    quoted = '"' + text.replace('"', '""') + '"'
    return f"AUDIT: SESSION,{of},{sub},{kind},{quoted},{more}", AUDIT


CALL = "FUNCTION,EXECUTE,FUNCTION,public.f"


@pytest.mark.parametrize("verbose", [True, False])
def test_audit_shows_what_ran_inside_and_repeats_nothing(*, verbose: bool) -> None:
    do = "do $$ begin insert into t values (1); end $$"
    lines = [
        said(f"statement: {do}"),
        audit(1, do, kind="FUNCTION,DO,,"),
        audit(2, "insert into t values (1)", kind="WRITE,INSERT,TABLE,shop.t"),
        audit(2, "insert into t values (1)", kind="READ,SELECT,TABLE,shop.u"),
        audit(3, "insert into t values (1)", kind="WRITE,INSERT,TABLE,shop.t"),
        said("duration: 1.000 ms"),
        said("statement: alter role r password 'x'"),
        audit(1, "alter role r password <REDACTED>", of=2, kind="ROLE,ALTER ROLE,,"),
        said("duration: 1.000 ms"),
        said("statement: execute p", detail="prepare: prepare p as select 1"),
        audit(1, "prepare p as select 1", of=3, more="<none>,7"),
        audit(2, "execute p", of=3, kind="MISC,EXECUTE,,", more="<none>,0"),
    ]
    found = statements(lines, verbose=verbose)
    assert [(s.sql, s.is_nested, s.line_num) for s in found] == [
        (do, False, 1),
        ("insert into t values (1)", True, 3),
        ("insert into t values (1)", True, 5),
        ("alter role r password 'x'", False, 7),
        ("execute p", False, 10),
    ]
    assert (found[1].writes, found[1].reads, found[4].rows) == (("shop.t",), ("shop.u",), 7)


def test_statement_inside_is_nested_where_audit_leaves_out_the_one_around_it() -> None:
    do = "do $$ begin perform 1 from t; end $$"
    found = statements([said(f"statement: {do}"), audit(1, "SELECT 1 from t")])
    assert [(s.sql, s.is_nested) for s in found] == [(do, False), ("SELECT 1 from t", True)]


def test_audit_that_comes_after_the_duration_adds_to_the_statement_that_ended() -> None:
    """With `pgaudit.log_rows` it does in the extended protocol."""
    told = [
        executed("execute s: select a from t where a = $1"),
        said("duration: 0.059 ms", func_name=EXECUTE, ps="SELECT"),
        audit(1, "select a from t where a = $1", kind="READ,SELECT,TABLE,public.t", more="1,4"),
    ]
    of_session = records(told)
    (whole,) = Sessions().take(of_session)
    assert isinstance(whole, LoggedStatement)
    assert (whole.rows, whole.reads) == (4, ("public.t",))
    reading = Sessions({"audited": [[SESSION, "0.1"]]})
    assert len(list(reading.take(of_session[:2]))) == 1
    (later,) = Sessions(json.loads(json.dumps(reading.state()))).take(of_session[2:])
    assert isinstance(later, LoggedOutcome)
    assert (later.line_num, later.rows) == (1, 4)


def test_audit_alone_shows_statements_too() -> None:
    found = statements(
        [
            audit(1, "select f(1)", kind=CALL),
            audit(2, "(select count(*) from t)", kind="READ,SELECT,TABLE,public.t", more="<none>,1"),
            audit(3, "select f(1)", more="<none>,5"),
            audit(1, "prepare p as select 1", of=2),
            audit(2, "execute p", of=2, kind="MISC,EXECUTE,,"),
            audit(1, "select * from t, u", of=3, kind="READ,SELECT,TABLE,public.t"),
            audit(1, "select * from t, u", of=3, kind="READ,SELECT,TABLE,public.u"),
        ]
    )
    assert [(s.sql, s.is_nested, s.rows, s.reads) for s in found] == [
        ("select f(1)", False, 5, ()),
        ("(select count(*) from t)", True, 1, ("public.t",)),
        ("prepare p as select 1", False, None, ()),
        ("select * from t, u", False, None, ("public.t", "public.u")),
    ]


def test_duration_that_comes_with_its_statement_repeats_no_audit() -> None:
    """As `log_min_duration_statement` writes it, when the statement has ended."""
    (found,) = statements(
        [
            audit(1, "select 1 from t", kind="READ,SELECT,TABLE,public.t"),
            said("duration: 1.500 ms  statement: select 1 from t"),
        ]
    )
    assert (found.sql, found.duration, found.reads) == (
        "select 1 from t",
        timedelta(milliseconds=1.5),
        ("public.t",),
    )


def test_state_stays_small_whatever_sessions_do() -> None:
    reading = Sessions()
    for number in range(1_500):
        lines = [line(f"execute s{at}: select {at}", at + 1, func_name=EXECUTE) for at in range(6)]
        for fields in lines:
            fields["session_id"] = f"{number:x}.1"
        list(reading.take(FORMATS["jsonlog"]().parse(written("jsonlog", *lines)).records))
    assert len(json.dumps(reading.state())) < 100_000


def test_no_text_of_a_statement_is_shown_by_its_name_alone() -> None:
    (found,) = statements([executed("execute s: select 'secret'", detail="Parameters: $1 = 'secret'")])
    assert "secret" not in repr(found)


def test_damaged_details_give_no_values() -> None:
    for detail in ("", "Parameters: ", "Parameters: $1 = ", "Parameters: $1 = 'open", "$1 = x"):
        assert read_values(detail) == ()
