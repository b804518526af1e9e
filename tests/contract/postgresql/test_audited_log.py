"""The lines of pgaudit beside the server's own: each statement once, and those inside it as nested."""

from functools import partial

import psycopg

from tests.contract.postgresql.logging_server import Following, LoggingServer
from tests.contract.postgresql.test_statement_log import FIXED, Step, bound, in_order, named, simple

DO = "do $$ begin for i in 1..3 loop perform 1 from shop.orders where id = i; end loop; end $$"
INSIDE: list[tuple[Step, list[str]]] = [
    (simple(DO), ["SELECT 1 from shop.orders where id = i"] * 3),
    (bound(DO), ["SELECT 1 from shop.orders where id = i"] * 3),
    (simple("do $$ begin execute 'select 7'; end $$"), ["select 7"]),
    (simple("explain analyze select 1 from shop.orders"), []),
    (named("select id from shop.orders where id = $1", ["101"], ["102"]), []),
    (
        in_order(
            simple("begin"),
            simple("declare c cursor for select 1 from shop.orders"),
            simple("fetch 1 from c"),
            simple("fetch 1 from c"),
            simple("commit"),
        ),
        [],
    ),
    (
        in_order(
            simple("create function pg_temp.f() returns int language plpgsql as 'begin return 8; end'"),
            simple("select pg_temp.f(), pg_temp.f()"),
            bound("select pg_temp.f()"),
        ),
        [],
    ),
]


def test_statement_that_both_log_is_read_once(auditing_15: LoggingServer) -> None:
    login, url = auditing_15.login()
    logs = auditing_15.follow(login)
    for number, (step, inside) in enumerate([*((step, None) for step in FIXED), *INSIDE]):
        marker = f"select 'end {number}'"
        with psycopg.connect(url, autocommit=True) as connection:
            ran = [*step(connection.pgconn), *simple(marker)(connection.pgconn)]
        for form, log in logs.items():
            found = log.until(partial(_has_ended, marker))
            own = [(one.sql, one.bind_values, one.sqlstate) for one in found if not one.is_nested]
            assert own == ran, (form, number)
            if inside is not None:
                assert [one.sql for one in found if one.is_nested] == inside, (form, number)
            found.clear()


def _has_ended(marker: str, seen: Following) -> bool:
    found = seen.statements
    return bool(found) and found[-1].sql == marker and found[-1].duration is not None
