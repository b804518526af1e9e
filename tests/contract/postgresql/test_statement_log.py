"""Statements read from the log are those that a client ran, on real servers and in both formats."""

import itertools
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

from dbaccess.activity.logged import LoggedStatement
from dbaccess.domain.capture import CaptureSource
from dbaccess.targets.postgresql.statement_log import SETTINGS
from sandbox.waiting import PATIENCE, wait_for
from tests.contract.postgresql.logging_server import Following, LoggingServer

Ran = tuple[str, tuple[str | None, ...], str | None]
Step = Callable[[PGconn], list[Ran]]
"""Runs something and returns what it ran: text, bind values, SQLSTATE."""

_numbers = itertools.count(1)


def outcome(result: PGresult) -> str | None:
    code = result.error_field(pq.DiagnosticField.SQLSTATE)
    return code.decode() if code else None


def simple(sql: str) -> Step:
    return lambda connection: [(sql, (), outcome(connection.exec_(sql.encode())))]


def bound(sql: str, *values: str | None, at_bind: bool = False) -> Step:
    """The extended protocol, the statement without a name. Where binding fails, the log has no values."""

    def run(connection: PGconn) -> list[Ran]:
        sent = [None if value is None else value.encode() for value in values]
        code = outcome(connection.exec_params(sql.encode(), sent))
        return [(sql, () if at_bind else values, code)]

    return run


def named(sql: str, *runs: Sequence[str | None], name: str = "s") -> Step:
    def run(connection: PGconn) -> list[Ran]:
        number = next(_numbers)
        at = f"{name}{number}".encode()
        if code := outcome(connection.prepare(at, sql.encode())):
            return [(sql, (), code)]
        ran: list[Ran] = []
        for values in runs:
            sent = [None if value is None else value.encode() for value in values]
            result = connection.exec_prepared(at, sent)  # type: ignore[arg-type]  # its type leaves NULL out
            ran.append((sql, tuple(values), outcome(result)))
        return ran

    return run


def copied_in(sql: str, data: bytes) -> Step:
    def run(connection: PGconn) -> list[Ran]:
        begun = connection.exec_(sql.encode())
        if begun.status != pq.ExecStatus.COPY_IN:
            return [(sql, (), outcome(begun))]
        connection.put_copy_data(data)
        connection.put_copy_end()
        ended = connection.get_result()
        while connection.get_result() is not None:
            pass
        return [(sql, (), outcome(ended) if ended else None)]

    return run


def copied_out(sql: str) -> Step:
    def run(connection: PGconn) -> list[Ran]:
        connection.exec_(sql.encode())
        while connection.get_copy_data(0)[0] > 0:
            pass
        while connection.get_result() is not None:
            pass
        return [(sql, (), None)]

    return run


def given_up(sql: str) -> Step:
    """A COPY of which the client says in the middle that it failed."""

    def run(connection: PGconn) -> list[Ran]:
        connection.exec_(sql.encode())
        connection.put_copy_data(b"1\ta\n")
        connection.put_copy_end(b"the client gave up")
        ended = connection.get_result()
        while connection.get_result() is not None:
            pass
        return [(sql, (), outcome(ended) if ended else None)]

    return run


def pipelined(*sqls: str) -> Step:
    """All at once. Nothing behind an error runs."""

    def run(connection: PGconn) -> list[Ran]:
        connection.enter_pipeline_mode()
        for sql in sqls:
            connection.send_query_params(sql.encode(), [])
        connection.pipeline_sync()
        ran: list[Ran] = []
        for sql in sqls:
            while (result := connection.get_result()) is None:
                pass
            if result.status != pq.ExecStatus.PIPELINE_ABORTED:
                ran.append((sql, (), outcome(result)))
        while (ended := connection.get_result()) is None or ended.status != pq.ExecStatus.PIPELINE_SYNC:
            pass
        connection.exit_pipeline_mode()
        return ran

    return run


def in_latin1(sql: str) -> Step:
    return lambda connection: [(sql, (), outcome(connection.exec_(sql.encode("latin1"))))]


def binary(sql: str, sent: Sequence[bytes], types: Sequence[int], read: Sequence[str]) -> Step:
    return lambda connection: [
        (sql, tuple(read), outcome(connection.exec_params(sql.encode(), sent, types, [1] * len(sent))))
    ]


def in_order(*steps: Step) -> Step:
    return lambda connection: [ran for step in steps for ran in step(connection)]


texts = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from("'\"\n\r,\\$")
)
literals = texts.map(lambda text: "'" + text.replace("'", "''") + "'")
values = st.none() | texts

FORGED = "do $$ begin raise log 'statement: drop table x'; raise log 'duration: 5.000 ms'; end $$"
FORGED_WITH_DETAIL = """do $$ begin
    raise log 'execute s: drop table x' using detail = 'parameters: $1 = ''1''';
    raise log 'duration: 1.000 ms  statement: drop table y';
    raise log 'AUDIT: SESSION,1,1,WRITE,DELETE,TABLE,shop.x,delete from x,<none>';
end $$"""
FIXED: list[Step] = [
    simple(""),
    simple("/* nothing */"),
    simple("select 1; select 2;\n update shop.orders set state = state where id = 101"),
    simple("select 1; select 1/0; select 2"),
    simple("selec 1"),
    simple("select * from pg_authid"),
    simple("select nothing from nowhere"),
    simple(FORGED),
    simple("do $$ begin perform 1/0; end $$"),
    bound("select 1/$1::int", "0", at_bind=True),
    bound("select 1/(g - $1::int) from generate_series(1, 3) g", "2"),
    bound("select $1::int", "abc", at_bind=True),
    bound("select $1", None),
    named("selec 1", []),
    named("select $1::text, $2::int", ["a", "1"], ["it's", None], ["c", "3"]),
    in_order(simple("begin"), simple("select 1/0"), simple("select 1"), simple("rollback")),
    in_order(
        simple("begin"),
        bound("declare c cursor for select generate_series(1, 10)"),
        simple("fetch 3 from c"),
        simple("move 2 from c"),
        simple("close c"),
        simple("commit"),
    ),
    in_order(
        simple("prepare p (int) as select $1 + 1"),
        simple("execute p (3)"),
        simple("execute p ('x')"),
        simple("deallocate p"),
    ),
    in_order(
        simple("create temp table t (a int, b text)"),
        copied_in("copy t from stdin", b"1\ta\n2\tb\n"),
        copied_in("copy t from stdin", b"x\ta\n"),
        copied_out("copy t to stdout"),
        copied_out("copy (select * from t where a = 1) to stdout"),
        simple("drop table t"),
    ),
    in_order(
        bound("declare c cursor with hold for select generate_series(1, 5)"),
        simple("fetch 2 from c"),
        bound("fetch backward 1 from c"),
        simple("close c"),
    ),
    in_order(
        simple("prepare p (text, int) as select $1, $2"),
        simple("execute p (null, 3)"),
        simple("execute p ('it''s', null)"),
        simple("explain analyze execute p ('x', 1)"),
        simple("create temp table made as execute p ('y', 2)"),
        simple("drop table made"),
        simple("deallocate all"),
        simple("execute p (1, 2)"),
    ),
    in_order(
        simple("create temp table t (a int, b text)"),
        given_up("copy t from stdin"),
        simple("copy t to '/nowhere'"),
        simple("copy nowhere from stdin"),
        simple("drop table t"),
    ),
    in_order(simple("begin; select 1; select 1/0; select 2; commit"), simple("rollback")),
    in_order(
        simple("begin"),
        simple("savepoint a"),
        simple("select 1/0"),
        simple("rollback to a"),
        simple("prepare transaction 'x'"),
        simple("rollback prepared 'x'"),
    ),
    in_order(
        simple("set statement_timeout = 20"),
        simple("select pg_sleep(3600)"),
        simple("reset statement_timeout"),
    ),
    in_order(
        simple("set client_encoding = 'LATIN1'"),
        in_latin1("select 'grün'"),
        simple("set client_encoding = 'UTF8'"),
    ),
    in_order(
        simple("create procedure pg_temp.p() language plpgsql as $$ begin commit; perform 2; end $$"),
        simple("call pg_temp.p()"),
    ),
    simple("do $a$ begin execute $b$ select 'x''y' $b$; execute format('select %L', 'q''q'); end $a$"),
    simple("do 'begin perform ''a''; raise exception ''statement: select 9''; end'"),
    simple(FORGED_WITH_DETAIL),
    pipelined("select 1", "select 1/(g - 2) from generate_series(1, 3) g", "select 3"),
    pipelined("select 1", "selec 2", "select 3"),
    binary("select $1, $2::text", [b"\0\0\0\x2a", b"a\nb'c"], [23, 25], ["42", "a\nb'c"]),
    bound("select $1::text[], $2::jsonb", '{a,"b,c",NULL}', '{"a": [1, "x"]}'),
    in_order(
        simple("set application_name = 'LOG:  statement: x'"), simple("reset all"), simple("discard all")
    ),
]
steps = st.one_of(
    st.sampled_from(FIXED),
    literals.map(lambda text: simple(f"select {text}")),
    st.builds(lambda first, second: bound("select $1::text, $2::text", first, second), values, values),
    st.builds(lambda first, second: named("select $1::text", [first], [second]), values, values),
)


def until_marked(following: Following, marker: str) -> list[LoggedStatement]:
    return following.until(lambda log: log.statements and log.statements[-1].sql == marker)


def test_read_is_what_ran(logging: LoggingServer) -> None:
    login, url = logging.login()
    logs = logging.follow(login)

    def check(session: Sequence[Step]) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            ran = [one for step in session for one in step(connection.pgconn)]
            marker = f"select 'end {next(_numbers)}'"
            ran += simple(marker)(connection.pgconn)
        for form, log in logs.items():
            found = until_marked(log, marker)
            assert [(one.sql, one.bind_values, one.sqlstate) for one in found] == ran, form
            assert all(one.sqlstate or one.duration is not None for one in found)
            found.clear()

    for step in FIXED:
        check([step])
    given(st.lists(steps, min_size=2, max_size=8))(check)()


def test_session_that_is_terminated_leaves_the_statement_in_flight(logging: LoggingServer) -> None:
    login, url = logging.login()
    log = logging.follow(login)[CaptureSource.JSONLOG]
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        pid = connection.info.backend_pid
        connection.pgconn.send_query(b"select pg_sleep(3600)")
        connection.pgconn.flush()
        log.until(lambda seen: seen.statements)
        logging.target.look("select pg_terminate_backend(%s)", pid)
        (found,) = log.until(lambda seen: seen.statements[0].sqlstate)
    assert (found.sql, found.sqlstate, found.client) == ("select pg_sleep(3600)", "57P01", "127.0.0.1")


def test_long_statement_comes_back_whole(logging: LoggingServer) -> None:
    login, url = logging.login()
    logs = logging.follow(login)
    statement = "select length('" + "\n\"x\",'',grün" * 25_000 + "')"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
    for log in logs.values():
        (found,) = log.until(lambda seen: seen.statements)
        assert found.sql == statement


def test_name_of_a_statement_hides_nothing(logging: LoggingServer) -> None:
    login, url = logging.login()
    log = logging.follow(login)[CaptureSource.JSONLOG]
    with psycopg.connect(url, autocommit=True) as connection:
        named("select 'hidden'", [], [], name="fetch from x: drop table y")(connection.pgconn)
    found = log.until(lambda seen: len(seen.statements) > 1)
    assert [one.sql.endswith("select 'hidden'") for one in found] == [True, True]


def test_pgbench_in_each_mode_runs_what_is_read(logging: LoggingServer, tmp_path: Path) -> None:
    login, url = logging.login()
    logs = logging.follow(login)
    script = tmp_path / "script.sql"
    script.write_text("\\set id random(101, 103)\nselect state from shop.orders where id = :id;\n")
    pgbench = logging.server.binaries.program("pgbench")
    for mode in ("simple", "extended", "prepared"):
        run = [pgbench, "-n", "-M", mode, "-c", "2", "-t", "5", "-f", str(script), url]
        subprocess.run(run, check=True, capture_output=True, timeout=PATIENCE)
        for form, log in logs.items():
            log.until(
                lambda seen: len(seen.statements) >= 10 and all(one.duration for one in seen.statements)
            )
            found = [one.sql for one in log.statements]
            assert len(found) == 10, (mode, form, found)
            wanted = "where id = 1" if mode == "simple" else "where id = $1"
            assert all(wanted in sql for sql in found)
            assert mode == "simple" or all(
                one.bind_values[0] in {"101", "102", "103"} for one in log.statements
            )
            log.statements.clear()


def test_psql_runs_what_is_read(logging: LoggingServer) -> None:
    login, url = logging.login()
    logs = logging.follow(login)
    script = "select 1;\nselect 'a'\\; select 'b';\nselect 1/0;\n\\copy (select 7) to '/dev/null'\n"
    run = [logging.server.binaries.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=0", url]
    subprocess.run(run, input=script.encode(), check=True, capture_output=True, timeout=PATIENCE)
    subprocess.run([*run, "-c", "select 2; select 3"], check=True, capture_output=True, timeout=PATIENCE)
    for form, log in logs.items():
        found = log.until(lambda seen: seen.statements and seen.statements[-1].sql == "select 2; select 3")
        ran = [(" ".join(one.sql.split()), one.sqlstate) for one in found]
        assert ran == [
            ("select 1;", None),
            ("select 'a'; select 'b';", None),
            ("select 1/0;", "22012"),
            ("COPY ( select 7 ) TO STDOUT", None),
            ("select 2; select 3", None),
        ], form


EVASIONS = [
    "set log_statement = 'none'",
    "set local log_statement = 'none'",
    "select set_config('log_statement', 'none', false)",
    "update pg_settings set setting = 'none' where name = 'log_statement'",
    "reset log_statement",
    "reset all",
    "discard all",
    "set session authorization default",
    "set role none",
    "alter role current_user set log_statement = 'none'",
    "alter role current_user reset log_statement",
    "alter role current_user reset all",
    "alter role current_user in database {database} set log_statement = 'none'",
    "alter database {database} set log_statement = 'none'",
    "alter role all set log_statement = 'none'",
    "alter system set log_statement = 'none'",
    "set log_duration = off",
    "set log_error_verbosity = 'terse'",
    "set lc_messages = 'de_DE.UTF-8'",
    "set log_min_messages = 'panic'",
    "set log_min_error_statement = 'panic'",
    "set log_parameter_max_length = 0",
    "set log_destination = 'stderr'",
    "select pg_rotate_logfile()",
    "create function pg_temp.f() returns int language sql set log_statement = 'none' as 'select 1'",
    "select pg_temp.f()",
    "do $$ begin set log_statement = 'none'; end $$",
]


def test_holder_cannot_stop_the_log(logging: LoggingServer) -> None:
    login, url = logging.login()
    log = logging.follow(login)[CaptureSource.JSONLOG]
    database = logging.target.database_name
    marker = "select 'still logged'"
    for evasion in EVASIONS:
        sql = evasion.format(database=database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.pgconn.exec_(sql.encode())
            connection.pgconn.exec_(marker.encode())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.pgconn.exec_params(b"select $1::text", [b"bound"])
        found = log.until(lambda seen: len(seen.statements) >= 3)
        assert [one.sql for one in found] == [sql, marker, "select $1::text"]
        assert (found[2].bind_values, found[2].duration is not None) == (("bound",), True), sql
        found.clear()


def test_connection_cannot_be_begun_with_another_setting(logging: LoggingServer) -> None:
    _, url = logging.login()
    for name, value in (*SETTINGS.items(), ("log_min_messages", "panic"), ("log_parameter_max_length", "0")):
        with pytest.raises(psycopg.OperationalError, match="permission denied to set parameter"):
            psycopg.connect(url, options=f"-c {name}={'none' if name == 'log_statement' else value}").close()


def test_rotation_loses_and_repeats_nothing(logging: LoggingServer) -> None:
    login, url = logging.login()
    logs = logging.follow(login)
    before = {form: {file.name for file in source.files()} for form, source in logging.sources.items()}
    ran: list[str] = []

    def is_rotated() -> bool:
        """A file's name has the second, so more than one rotation may be needed for a new name."""
        logging.target.look("select pg_rotate_logfile()")
        ran.append(f"select {len(ran)}")
        connection.execute(ran[-1].encode())
        return all({f.name for f in logging.sources[form].files()} > before[form] for form in before)

    with psycopg.connect(url, autocommit=True) as connection:
        wait_for(is_rotated)
        ran.append("select 'in the new file'")
        connection.execute(ran[-1].encode())
    for form, log in logs.items():
        log.until(lambda seen: seen.statements and seen.statements[-1].sql == ran[-1])
        assert [one.sql for one in log.statements] == ran, form
