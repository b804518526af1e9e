"""The form in which a statement is stored: no secret in any part, and as a shape no person's value either."""

from datetime import UTC, datetime
from typing import Any

from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.prepare import prepare, prepare_outcome
from dbaccess.domain.activity import GrantLogin, Statement, StatementKind
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.grant import GrantId

AT = datetime(2026, 11, 30, 13, 7, tzinfo=UTC)
ADA = 'invalid input syntax for type integer: "ada@example.com"'


def prepared(sql: str, mode: CaptureMode = CaptureMode.FULL, **known: Any) -> Statement:
    logged = LoggedStatement(
        session_id="6b0d74e5.75d9",
        line_num=7,
        at=AT,
        login="jit_a",
        database="orders",
        client="10.0.0.7",
        sql=sql,
        **known,
    )
    of = GrantLogin(grant_id=GrantId(42), login="jit_a", database="orders", access="read", mode=mode)
    return prepare(logged, of, "main")


def test_secrets_are_gone_from_text_values_and_error() -> None:
    url = "postgres://maya:s3cret@db/orders"
    said = f'could not connect to "{url}"'
    found = prepared("alter role maya password $1", bind_values=("s3cret", url), message=said)
    assert "s3cret" not in repr(found)
    assert (found.kind, found.grant_id, found.client) == (StatementKind.DDL, 42, "10.0.0.7")
    outcome = LoggedOutcome("6b0d74e5.75d9", 7, login="jit_a", message=said)
    assert "s3cret" not in repr(prepare_outcome(outcome, CaptureMode.FULL))


def test_shape_has_no_literal_no_value_and_no_message() -> None:
    sql = "select * from shop.customers where email = 'ada@example.com' and id = 4711 and name = $1"
    found = prepared(sql, CaptureMode.SHAPE, bind_values=("Ada Holm",), sqlstate="22P02", message=ADA)
    for value in ("ada@example.com", "4711", "Ada Holm"):
        assert value not in repr(found)
    assert (found.reads, found.sqlstate, found.error) == (("shop.customers",), "22P02", None)
    outcome = LoggedOutcome("6b0d74e5.75d9", 7, login="jit_a", sqlstate="22P02", message=ADA)
    assert prepare_outcome(outcome, CaptureMode.SHAPE).error is None


def test_execute_counts_as_what_it_runs_and_a_fetch_as_a_move() -> None:
    executed = prepared("execute p(3)", prepared="prepare p as delete from shop.orders")
    assert (executed.kind, executed.writes) == (StatementKind.WRITE, ("shop.orders",))
    assert executed.text == "execute p(3)"
    fetched = prepared("select * from shop.orders", is_fetch=True)
    assert (fetched.kind, fetched.reads) == (StatementKind.SESSION, ())


def test_tables_that_the_server_named_are_added() -> None:
    found = prepared("select * from v", reads=("shop.orders",), writes=("shop.log",))
    assert (found.reads, found.writes) == (("shop.orders", "v"), ("shop.log",))


def test_execute_hides_what_it_passes_to_a_statement_with_a_secret() -> None:
    secret = "prepare p as select pgp_sym_decrypt(data, $1) from t"
    assert "s3cret" not in repr(prepared("execute p('s3cret')", prepared=secret))
    assert prepared("execute p('x')", prepared="prepare p as select $1").text == "execute p('x')"


def test_message_does_not_quote_a_value_that_is_hidden() -> None:
    said = 'invalid input syntax for type integer: "s3cret"'
    sql = "insert into settings values ($1, $2::int)"
    assert "s3cret" not in repr(prepared(sql, bind_values=("api_key", "s3cret"), message=said))
    assert prepared("select $1::int", bind_values=("x",), message=ADA).error == ADA
    later = LoggedOutcome("6b0d74e5.75d9", 7, login="jit_a", message=said, sql=sql)
    assert "s3cret" not in repr(prepare_outcome(later, CaptureMode.FULL))
    plain = LoggedOutcome("6b0d74e5.75d9", 7, login="jit_a", message=ADA, sql="select 'ada@example.com'::int")
    assert prepare_outcome(plain, CaptureMode.FULL).error == ADA
    hidden = "prepare p as select 's3cret'::int from t where password = 's3cret'"
    assert "s3cret" not in repr(prepared("execute p", prepared=hidden, message=said))


def test_statement_that_was_cut_for_its_secret_counts_as_not_parsed() -> None:
    found = prepared("update t set a = 'x\\', password = s3cret where b = ' and c = 1")
    assert "s3cret" not in repr(found)
    assert (found.kind, found.is_parsed) == (StatementKind.OPAQUE, False)


def test_name_of_a_prepared_statement_hides_no_write() -> None:
    found = prepared("select 1 --: delete from shop.orders", has_long_name=True)
    assert (found.kind, found.writes, found.is_parsed) == (StatementKind.WRITE, ("shop.orders",), False)


def test_message_that_quotes_a_statement_with_a_secret_is_hidden_when_it_comes_later() -> None:
    said = 'syntax error at or near "s3cret"'
    outcome = LoggedOutcome(
        "6b0d74e5.75d9", 7, login="jit_a", message=said, sql="alter role x password s3cret"
    )
    assert "s3cret" not in repr(prepare_outcome(outcome, CaptureMode.FULL))
    assert "s3cret" not in repr(outcome)
