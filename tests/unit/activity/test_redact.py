"""Secrets never leave the reader, and the rest of a statement stays as it was typed."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.activity.redact import redact, redact_message, redact_values
from dbaccess.activity.secret_text import REDACTED
from tests.unit.activity.secret_statements import (
    APART,
    NESTED,
    OTHER_SPELLINGS,
    SECRET,
    SPELLED,
    STATEMENTS,
    UNCHANGED,
)

# In parts, because no token may stand in the repository, not even a false one.
_DASH = "-"

EVERY = (*STATEMENTS, *OTHER_SPELLINGS, *NESTED, *APART, *SPELLED)

TOKENS = (
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_0123456789abcdefghij0123456789abcdef",
    f"xoxb{_DASH}123456789012{_DASH}abcdef",
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
    "SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5",
    "md5" + "0123456789abcdef" * 2,
    "$2b$12$" + "abcdefghijklmnopqrstuv" * 2 + "012345678",
)


def test_no_secret_of_a_statement_is_kept() -> None:
    kept = [sql for sql in EVERY if SECRET in redact(sql).text]

    assert kept == []


def test_a_redacted_statement_says_so_and_stays_the_same_when_redacted_again() -> None:
    for sql in EVERY:
        once = redact(sql).text
        assert REDACTED in once, sql
        assert redact(once).text == once, sql


def test_statements_without_a_secret_are_kept_as_typed() -> None:
    assert [redact(sql).text for sql in UNCHANGED] == list(UNCHANGED)


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_are_known_by_their_form(token: str) -> None:
    assert token not in redact(f"select '{token}'").text
    assert token not in redact_message(f'invalid input syntax: "{token}"')
    assert redact_values([token, "plain", None], frozenset()) == (REDACTED, "plain", None)


def test_bind_values_beside_a_secret_name_are_hidden_by_their_number() -> None:
    found = redact("select pgp_sym_encrypt($1, $2::text) from t where password = $4 and id = $3")

    assert found.parameters == {1, 2, 4}
    assert redact_values(["a", "b", "c", "d"], found.parameters) == (REDACTED, REDACTED, "c", REDACTED)


@given(st.text(alphabet="'\"$\\-/*();,=eEuU& \n aapassword01", max_size=200))
def test_any_text_can_be_redacted(text: str) -> None:
    once = redact(text).text

    assert redact(once).text == once


@given(st.text(alphabet=st.characters(exclude_characters="'\\\0"), min_size=8, max_size=40))
def test_any_password_literal_is_hidden(password: str) -> None:
    assert redact(f"alter role x password '{password}'").text == f"alter role x password '{REDACTED}'"


def test_each_form_of_a_token_is_found_without_any_other_word_of_a_secret() -> None:
    for start in ("github_pat_", "ghp_", "glpat-", "xoxb-", "xapp-", "sk_live_", "sk-", "AIza"):
        made = start + "11ABCDEFG0" * 4
        assert made not in redact(f"select '{made}'").text, start
        assert made not in repr(redact_values([made], frozenset())), start


def test_program_of_a_copy_keeps_its_name_alone() -> None:
    for sql, kept in (
        ("copy t from program 'curl -d x=hunter2 https://h'", "copy t from program 'curl [redacted]'"),
        ("copy t to program $$/usr/bin/gzip$$", "copy t to program '[redacted]'"),
        ("copy t to program 'gzip'", "copy t to program 'gzip'"),
        ("copy t to program 'X=hunter2 sh'", "copy t to program '[redacted]'"),
    ):
        assert redact(sql).text == kept


def test_options_beside_a_password_are_hidden_except_the_end_time() -> None:
    found = redact("alter role x password $1 valid until '2026-01-01'")
    assert found.parameters == {1}
    assert "2026-01-01" in found.text


def test_bind_values_are_hidden_where_a_name_cannot_be_told_from_its_value() -> None:
    for sql, hidden in (
        ("insert into settings (key, value) values ('api_key', $1)", {1}),
        ("select set_config('app.password', $1, $2)", {1, 2}),
        ("create user mapping for x server s options (user $1, password $2)", {1, 2}),
        ("select pgp_sym_decrypt(x, current_setting('a.key')) from t where id = $1", {1}),
        ("update users set (name, password) = ($1, $2) where id = $3", {1, 2}),
    ):
        assert hidden <= redact(sql).parameters, sql


def test_message_about_a_statement_with_a_secret_quotes_nothing() -> None:
    for message in (
        'syntax error at or near "hunter2"',
        "Syntaxfehler bei »hunter2«",
        "erreur sur « hunter2 »",
    ):
        assert SECRET not in redact_message(message, is_secret=True), message
        assert redact_message(message) == message


def test_bind_values_are_hidden_by_what_they_hold_and_by_what_stands_beside_them() -> None:
    for values in (
        ["api_key", "hunter2"],
        ["x", "smtp_password2", "hunter2"],
        ['{"secrets": {"a": ["hunter2"]}}'],
        ["host=a password=hunter2"],
        ["alter role x password 'hunter2'"],
        ['{"pin_code": "hunter2"}'],
        ["pin2", "hunter2"],
        ["https://hunter2@h"],
    ):
        assert SECRET not in repr(redact_values(values, frozenset())), values
    assert redact_values(['{"a": 1.50, "token": [1]}'], frozenset()) == (
        '{"a": 1.50, "token": "[redacted]"}',
    )
    assert redact_values(["api_key", None, "x"], frozenset()) == ("api_key", None, REDACTED)


def test_secret_that_looks_like_a_name_is_hidden_where_a_secret_is_expected() -> None:
    for sql in (
        "alter role x password 'secret'",
        "create user mapping for x server s options (password 'my_password')",
        "update users set password = 'my_secret' where id = 5",
        "insert into users (name, password) values ('a', 'my_secret')",
        "select pgp_sym_encrypt('a', 'my_secret')",
        "insert into settings values ('password', 'Secret1')",
    ):
        assert not re.search("'(secret|my_password|my_secret|Secret1)'", redact(sql).text), sql


def test_values_of_a_statement_that_can_be_read_in_two_ways_are_hidden_with_its_secret() -> None:
    found = redact("update t set a = 'x\\', password = $1 where b = ' and c = $2")
    assert found.parameters == {1, 2}
    assert found.is_cut
    assert not redact("update t set a = 'x\\', b = ' and c = $2").is_cut


def test_no_number_is_too_long_to_be_redacted() -> None:
    assert redact(f"alter role x password ${'9' * 5000}").parameters == {999999999}


@given(st.recursive(st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_below_a_secret_key_is_kept_however_deep(value: object) -> None:
    for made in ({"a": {"clientSecret": [SECRET, value]}}, [{"passwords": {"x": value, "y": SECRET}}]):
        text = json.dumps(made)
        for sql in (f"select '{text.replace(chr(39), chr(39) * 2)}'", f"select $json${text}$json$::jsonb"):
            assert SECRET not in redact(sql).text
        assert SECRET not in repr(redact_values([text], frozenset()))


def test_long_texts_are_redacted_in_a_time_that_grows_with_their_length() -> None:
    begun = time.process_time()
    for text in ("a1" * 150_000, "(" * 20_000 + "password" + ")" * 20_000, "--" * 50_000, "a[b]" * 60_000):
        redact(text)
        redact_values([text], frozenset())
    assert time.process_time() - begun < 60  # one step for each pair of letters would take hours


def test_whatever_stands_around_it_a_password_of_a_role_is_hidden() -> None:
    for begin in (
        "alter role x",
        "ALTER USER x WITH",
        "create/**/role x login -- c\n",
        "create user x\tsuperuser",
    ):
        for quoted in (
            "'hunter2'",
            "E'hun\\x74er2 hunter2'",
            "$a$hunter2$a$",
            "U&'hunter2'",
            "N'hunter2'",
            "'hunter2",
        ):
            for word in (" password ", " encrypted/* */password\n", " PassWord"):
                sql = f"{begin}{word}{quoted}"
                once = redact(sql).text
                assert SECRET not in once, sql
                assert redact(once).text == once, sql


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "account_key", "shared-key"])
def test_argument_after_the_name_of_a_secret_is_hidden(name: str) -> None:
    found = redact(f"select http_header('{name}', 'Basic dXNlcjpwYXNz')").text

    assert "dXNlcjpwYXNz" not in found
    assert name in found
