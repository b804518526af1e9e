"""A statement that is read by its outline is stored as one that is read token by token."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dbaccess.activity import outline
from dbaccess.activity.analyse import analyse
from dbaccess.activity.outline import outlined
from dbaccess.activity.read_text import read_text, read_whole
from dbaccess.domain.activity import Analysis
from dbaccess.domain.capture import CaptureMode
from tests.unit.activity.secret_statements import (
    APART,
    NESTED,
    OTHER_SPELLINGS,
    SPELLED,
    STATEMENTS,
    UNCHANGED,
)

SECRET = "hunter2"
CORPUS = (*STATEMENTS, *OTHER_SPELLINGS, *NESTED, *APART, *SPELLED, *UNCHANGED)

# `@` stands for a literal.
OUTLINES = (
    "update pgbench_accounts set abalance = abalance + -@ where aid = @;",
    'select "o"."id", count(*) from "shop"."orders" "o" where "o"."state" = @ and "o"."total" > @ limit @',
    "insert into shop.orders (id, state, note) values (@, @, @), (@, @, @)",
    "insert into users values (@, @)",
    "insert into settings (name, value) values (@, @)",
    "select * from t where a in (@, @, @) and b like @ or c between @ and @",
    "update users set pin_code = @, name = @ where id = @",
    "update people set pin2 = @ where id = @",
    "update people set userPin=@ where id=@",
    "select set_config(@, @, false)",
    "select @ || @, concat(@, @), @\n@, @ @",
    "select dblink_connect(@), t.@, a[@], @::text, x.y@, $1, -@",
    "do @",
    "create table a (b text default @)",
    "comment on table x is @",
    "begin; select @; delete from t where id=@; commit",
    "prepare p as select @; execute p(@)",
    "select @ /* @ */ -- @\n, @",
)
LITERALS = st.one_of(
    st.integers(-9, 10**24).map(str),
    st.sampled_from(
        [
            "1.5",
            "1e5",
            "1_000",
            ".5",
            "0x1F",
            "1.",
            "null",
            "$1",
            "e'a\\'b'",
            "U&'d\\0061'",
            "$$a$$",
            "$x$a",
            "x'1f'",
        ]
    ),
    st.sampled_from(
        [
            "hunter2",
            "pin2",
            "pinCode",
            "password=",
            "passw",
            "ord=hunter2",
            "api_key",
            "a\\",
            "it''s",
            "",
            " -u x:y",
            "host=a password=hunter2",
            '{"pin": "hunter2"}',
            "https://u:hunter2@h",
            "$2a$",
            "a;b",
            "create role x",
        ]
    ).map(lambda text: f"'{text}'"),
    st.text(max_size=30).map(lambda text: "'" + text.replace("'", "''") + "'"),
)
FRAGMENTS = st.sampled_from(
    [
        "€",
        "\xa0",
        "٣",
        "2",
        "'",
        "''",
        '"',
        "$",
        "$1",
        "$a$",
        "\\",
        "--",
        "/*",
        "*/",
        "|",
        "||",
        "e",
        "U&",
        ".",
        "1",
        "1e5",
        " ",
        "\n",
        ";",
        "(",
        ")",
        ",",
        "=",
        "select",
        "from",
        "t",
        "pin",
        "password",
        "insert into users values",
        "ä",
        "'a'",
        "-",
        "/",
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    parts = draw(st.sampled_from(OUTLINES)).split("@")
    return "".join([parts[0], *(draw(LITERALS) + part for part in parts[1:])])


def each_mode(sql: str) -> Iterator[tuple[object, object]]:
    return ((read_text(sql, mode), read_whole(sql, mode)) for mode in CaptureMode)


@example(["select €1", "select €2", "select t\xa03", "select t\xa04"])
@given(
    st.lists(st.one_of(statements(), st.lists(FRAGMENTS, max_size=20).map("".join)), min_size=1, max_size=6)
)
def test_what_is_kept_of_earlier_statements_changes_nothing(several: list[str]) -> None:
    for sql in several:
        for fast, whole in each_mode(sql):
            assert fast == whole, sql


def test_each_secret_is_gone_after_a_statement_of_the_same_outline_without_one() -> None:
    for sql in CORPUS:
        for text in (sql.replace(SECRET, "4711"), sql.replace(SECRET, "x"), sql):
            for fast, whole in each_mode(text):
                assert fast == whole, text


@pytest.mark.parametrize(
    "sql",
    [
        "update pgbench_accounts set abalance = abalance + -{} where aid = {};",
        'select "o"."id" from "shop"."orders" "o" where "o"."state" = \'ready {}\' and "o"."total" > {}.5',
        "insert into shop.lines (id, note) values ({}, 'it''s {}')",
        "select password from users where customer_order_line_number > '2026-01-{}' and id <> {}",
        "delete from t where a = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd{}' or a = '0f8fad5b-d9cb-469f-a165-70867{}'",
    ],
)
def test_statements_of_one_outline_are_analysed_once(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []

    def counted(text: str) -> Analysis:
        found.append(text)
        return analyse(text)

    outline._of_outline.cache_clear()
    monkeypatch.setattr(outline, "analyse", counted)
    ran = [sql.format(number, number * 7) for number in range(1, 50)]
    assert [read_text(one, CaptureMode.FULL).text for one in ran] == ran
    assert len(found) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 -- a",
        "select /* */ 1",
        "select $$a$$",
        "select e'a'",
        "select 'a",
        "select 1e5",
        "select 'a' 'b'",
        "select 'a\\'",
        "update t set password = 'x'",
        "select 'passw' || 'ord'",
        "do 'x'",
        "update t set pin2 = 'x'",
        "insert into users values ('a', 'x')",
        "select 'password', 'x'",
        "select 'the pin', 'x'",
    ],
)
def test_text_that_has_to_be_split_with_care_has_no_outline(sql: str) -> None:
    assert outlined(sql) is None
