"""Secrets never leave the reader, and the rest of a statement stays as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.activity.redact import REDACTED, redact, redact_message, redact_values

SECRET = "hunter2"

# In parts, because no key and no token may stand in the repository, not even a false one.
_BLANK = " "
_KEY = f"RSA{_BLANK}PRIVATE{_BLANK}KEY"
_DASH = "-"

STATEMENTS = (
    "alter role maya password 'hunter2'",
    r"ALTER USER x WITH ENCRYPTED PASSWORD E'hun\'hunter2' VALID UNTIL '2026-01-01'",
    "create role x password $$hunter2$$",
    "create role x password $a$hunter2$a$ login",
    "alter role x password 'hunter2",
    "alter role x password /* to */ -- this\n 'hunter2'",
    "do $$ begin execute 'alter role x password ''hunter2'''; end $$",
    "do $$ begin execute format('alter role %I password %L', 'x', 'hunter2'); end $$",
    "do $$ begin execute 'alter role x password ' || quote_literal('hunter2'); end $$",
    "do $$ begin perform set_config('a.token', 'hunter2', true); end $$",
    "select dblink('x', 'alter role a password ''hunter2''')",
    "select pgp_sym_decrypt(data, 'hunter2') from t where id = 5",
    "select public.pgp_sym_encrypt('hunter2', ('hunter2'), 'cipher-algo=aes256')",
    "select encode(hmac('text', 'hunter2', 'sha256'), 'hex')",
    "select crypt('hunter2', hash) = hash from users",
    "insert into users (name, password, age) values ('m', 'hunter2', 3), ('n', upper('hunter2'), 4)",
    "insert into s.users as u (name, \"API_Key\") values ('m', $q$hunter2$q$) on conflict do nothing",
    "update users set password = 'hunter2' where name = 'm'",
    "select * from users where 'hunter2' = password",
    "select * from users where password in ('hunter2', 'hunter2')",
    "select * from users where access_token like 'hunter2%'",
    "select dblink_connect('host=a password=hunter2 user=x')",
    "select dblink_connect('host=a password=''hunter2 hunter2'' user=x')",
    "create subscription s connection 'postgresql://u:hunter2@h/db' publication p",
    "create user mapping for x server s options (user 'u', password 'hunter2')",
    "alter user mapping for x server s options (set password 'hunter2')",
    "select set_config('app.secret', 'hunter2', false)",
    "set app.token = 'hunter2'",
    "select 1 -- password=hunter2",
    "select 1 /* postgresql://u:hunter2@h */",
    f"select '-----BEGIN {_KEY}-----\nhunter2\nhunter2\n-----END {_KEY}-----'",
    "copy t from program 'curl -u u:hunter2 https://u:hunter2@h'",
)

UNCHANGED = (
    "select * from tokens where id = 'hunter2'",
    "select author from books where author = 'hunter2'",
    "select password from users where name = 'hunter2'",
    "insert into t values ('hunter2')",
    "select 'O''Brien', $$it's$$, U&'d\\0061t', 1.5e3, \"Weird \"\"Name\" from t -- done",
    "select E'\\\\', 'x'",
)

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
    kept = [sql for sql in STATEMENTS if SECRET in redact(sql).text]

    assert kept == []


def test_a_redacted_statement_says_so_and_stays_the_same_when_redacted_again() -> None:
    for sql in STATEMENTS:
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
