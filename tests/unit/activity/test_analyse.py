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
    update t set a = 1 where current of c                                       | write | | t
    delete from t where current of "C"                                          | write | | t
    insert into t overriding system value values (1)                            | write | | t
    insert into t (a) overriding user value select b from u                     | write | u | t
    insert into s.t (a[1], b.c) values (1, 2)                                   | write | | s.t
    select * from s.t x join u on true for no key update of x skip locked       | read | s.t u |
    create policy p on s.t as restrictive for select to x using (a = 1)         | ddl | | s.t
    alter policy p on s.t rename to q                                           | ddl | | s.t
    drop policy if exists p on t                                                | ddl | | t
    create rule r as on insert to s.t do instead nothing                        | ddl | | s.t
    create rule r as on update to t do (insert into u values (1); delete from x) | ddl | | t
    create trigger g before insert or update of a on s.t execute function f()   | ddl | | s.t
    create constraint trigger g after insert on t from u execute function f()   | ddl | | t
    drop trigger if exists g on s.t                                             | ddl | | s.t
    alter table s.t enable row level security                                   | ddl | | s.t
    alter table only t owner to x                                               | ddl | | t
    alter table s.t attach partition s.p for values from (1) to (2)             | ddl | | s.p s.t
    alter table t add foreign key (a) references s.u (id)                       | ddl | s.u | t
    alter materialized view v rename to w                                       | ddl | | v
    alter sequence s.q owned by s.t.a                                           | ddl | |
    create table a (b int references c (d))                                     | ddl | c | a
    create table a (like b including all)                                       | ddl | b | a
    create temp table a on commit drop as select * from b                       | ddl | b | a
    create materialized view v as select * from t with no data                  | ddl | t | v
    create view v as select * from t with local check option                    | ddl | t | v
    create index on only t using gin (a gin_trgm_ops)                           | ddl | | t
    create statistics s on a, b from t                                          | ddl | | t
    create foreign table f (a int) server s                                     | ddl | | f
    comment on column s.t.a is 'x'                                              | ddl | | s.t
    comment on policy p on s.t is 'x'                                           | ddl | | s.t
    comment on function f() is 'x'                                              | ddl | |
    security label on table s.t is 'x'                                          | ddl | | s.t
    grant select (a), update on s.t, u to x with grant option                   | ddl | | s.t u
    grant usage on schema s to x                                                | ddl | |
    grant a to b with admin option                                              | ddl | |
    revoke all on table t from public cascade                                   | ddl | | t
    vacuum (full, analyze) s.a (x, y), b                                        | ddl | | b s.a
    reindex (verbose) schema s                                                  | ddl | |
    create role x login                                                         | ddl | |
    create publication p for table t                                            | ddl | |
    lock table only s.t, u in share mode nowait                                 | session | |
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
    for sql in ("drop owned by x", "grant select on all tables in schema s to x", "create extension y"):
        assert analyse(sql) == Analysis(kind=StatementKind.DDL, is_parsed=False), sql


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
