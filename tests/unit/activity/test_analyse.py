"""The tables that a statement reads and writes, as far as its text shows them."""

from hypothesis import example, given
from hypothesis import strategies as st

from dbaccess.activity.analyse import LONGEST, analyse, analyse_named
from dbaccess.activity.shape import shape
from dbaccess.domain.activity import NOT_PARSED, Analysis, StatementKind

CASES = """
    select * from shop.orders o join x using (a) where b = 1                    | read | shop.orders x |
    select * from T for update                                                  | read | t |
    with d as (delete from shop.o returning *) insert into a.b select * from d  | write | | a.b shop.o
    with t as (select 1) select * from t, s.t                                   | read | s.t |
    select * into newt from t                                                   | write | t | newt
    insert into t (a) select b from u on conflict do nothing                    | write | u | t
    update only t set a = (select max(b) from u)                                | write | u | t
    delete from t using u where t.a = u.a                                       | write | u | t
    merge into t using s on t.a = s.a when matched then update set b = 1        | write | s | t
    truncate t, u                                                               | write | | t u
    copy x (a) from stdin                                                       | write | | x
    copy "Xy".Z to stdout                                                       | read | Xy.z |
    copy (select * from q) to stdout                                            | read | q |
    select * from generate_series(1, 3)                                         | read | |
    declare c cursor with hold for select * from t                              | read | t |
    prepare q(int) as select * from z where a = $1                              | read | z |
    explain analyze delete from t                                               | write | | t
    explain (analyze off) delete from t                                         | session | |
    explain delete from t                                                       | session | |
    alter table t add column x int                                              | ddl | | t
    alter table t rename to u                                                   | ddl | | t
    create table a as select * from b                                           | ddl | b | a
    create index i on s.t (a)                                                   | ddl | | s.t
    drop table a, b                                                             | ddl | | a b
    drop schema s cascade                                                       | ddl | |
    grant select on t to x                                                      | ddl | | t
    vacuum (full) t                                                             | ddl | | t
    refresh materialized view mv                                                | ddl | | mv
    do $$ begin end $$                                                          | opaque | |
    call p(1)                                                                   | opaque | |
    begin                                                                       | session | |
    prepare transaction 'x'                                                     | session | |
    set role x                                                                  | session | |
    fetch all from c                                                            | session | |
    lock table t                                                                | session | |
    explain (analyze 1) delete from t                                           | write | | t
    explain (analyze 'on', costs off) delete from t                             | write | | t
    explain ("analyze" true) delete from t                                      | write | | t
    explain (verbose, analyze false) delete from t                              | session | |
    set application_name to atomic; delete from t                               | write | | t
    with t as (select * from t) select * from t                                 | read | t |
    with a as (select * from b), b as (select 1) select * from a, b             | read | b |
    with recursive t as (select 1 union select * from t) select * from t        | read | |
    select (with t as (select 1) select 2 from t), (select 3 from t)            | read | t |
    with "T" as (select 1) select * from t                                      | read | t |
    with t as (select 1) select * from (select * from t) x                      | read | |
    select * from U&"s\\0061les"                                               | read | sales |
    delete from U&"s!0061les" uescape '!'                                       | write | | sales
    select 1; delete from x; commit                                             | write | | x
"""


def test_kind_and_tables_of_each_statement() -> None:
    wrong = []
    for line in CASES.strip().splitlines():
        sql, kind, reads, writes = (part.strip() for part in line.split("|"))
        tables = [
            tuple(names.split(" ")) if names and '"' not in sql else (names,) * bool(names)
            for names in (reads, writes)
        ]
        meant = Analysis(kind=StatementKind(kind), reads=tables[0], writes=tables[1])
        if analyse(sql) != meant:
            wrong.append((sql, analyse(sql)))

    assert wrong == []


def test_statement_behind_a_backslash_is_not_hidden_by_the_setting_of_its_session() -> None:
    for sql in ("select 'a\\' ; --' ; delete from t", "select 'C:\\' ; delete from t; --'"):
        found = analyse(sql)
        assert (found.kind, found.writes, found.is_parsed) == (StatementKind.WRITE, ("t",), False), sql
    assert analyse("select 'C:\\' from t") == Analysis(kind=StatementKind.READ, reads=("t",), is_parsed=False)
    assert analyse("select 'it\\'s'").is_parsed is False


def test_name_of_a_statement_hides_nothing_that_it_does() -> None:
    for sql in (
        "select 1 --: drop table t",
        "select 1 /*: drop table t",
        "select ': drop table t",
        "select $$: /* a */ drop table t",
        "begin; select $a$: -- b\ndrop table t",
    ):
        found = analyse_named(sql)
        assert (found.kind, found.writes, found.is_parsed) == (StatementKind.DDL, ("t",), False), sql
    for sql in ("select '{\"a\": 1}' from t", "select a[1: 2], 'note: select' from t"):
        assert analyse_named(sql) == analyse(sql), sql
    assert analyse_named("x: select 1 " * 40) == NOT_PARSED


@given(st.text(alphabet="(){}[],.;:'\"$*+-/\\ \nselectfromwhrupdaintov1&|%?<>=", max_size=60))
@example("select ((((((1")
def test_no_text_stops_the_reader(text: str) -> None:
    analyse(text)
    analyse_named(text)


def test_text_that_cannot_be_parsed_is_said_to_be_unknown() -> None:
    assert analyse("selec 1") == NOT_PARSED
    assert analyse("select " + "(" * 3000 + "1" + ")" * 3000) == NOT_PARSED
    assert analyse("select a" + ", a" * LONGEST) == NOT_PARSED
    for depth in (30, 900):  # each level takes the parser twice as long
        assert analyse("select " + "array[" * depth + "1" + "]" * depth) == NOT_PARSED
    assert analyse("select array[array[array[array[array[array[a]]]]]] from t").reads == ("t",)
    assert analyse("alter role x createdb") == Analysis(kind=StatementKind.DDL, is_parsed=False)


def test_semicolons_of_a_function_body_end_no_statement() -> None:
    found = analyse("create function f() returns int begin atomic select 1; select 2; end; delete from t")

    assert found.writes == ("t",)


def test_statements_that_differ_in_values_have_one_shape() -> None:
    assert shape("select * from t where a in (1, 2,3) and b = 'x' -- note") == (
        "select * from t where a in (0) and b = '?'"
    )
    assert shape("insert into t values (1,'x'),(2,'y');") == "insert into t values (0)"
    assert (
        shape("select\n $1,  E'\\'', $$a$$ /* c /* d */ e */ from \"A b\"")
        == "select $1, '?', '?' from \"A b\""
    )


def test_shape_has_no_literal_however_it_is_spelled() -> None:
    for sql in (
        "select 0x2F3A, 0b101, 1_000.5e3 from t",
        "select $ł$ann@acme.example$ł$, $😀$ann@acme.example$😀$",
        "select 'it\\'s ann@acme.example' from t",
        "select U&'ann@acme.example' uescape '!'",
    ):
        shaped = shape(sql)
        assert not any(part in shaped for part in ("2F3A", "101", "1_0", "ann", "acme", "!")), shaped
        assert shape(shaped) == shaped
    assert shape('select U&"d!0061t" uescape \'!\', "x""y"') == 'select "dat" , "x""y"'


def test_a_shape_is_its_own_shape() -> None:
    for line in CASES.strip().splitlines():
        once = shape(line.split("|", 1)[0])
        assert shape(once) == once
