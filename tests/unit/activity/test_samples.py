"""Logs that real servers wrote, in every language and format, show what was run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbaccess.activity import server_words
from dbaccess.activity.exports import ExportFormat, build_format, detect
from dbaccess.activity.logged import LoggedStatement
from dbaccess.activity.records import LogRecord
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import LANGUAGES, is_known_language
from tests.samples.server_words import MESSAGES
from tests.samples.write_logs import AUDITED, ENDINGS, LOCALES, LOGS, RAN

TIMED = "_timed"


def records(name: str) -> list[LogRecord]:
    data = (LOGS / name).read_bytes()
    parsed = build_format(detect(data, prefix=None), data, prefix=None, zone=None)().finish(data)
    assert parsed.damaged <= 1, name  # the blank line that the end of a file adds
    return parsed.records


def by_login(name: str) -> dict[str, list[LoggedStatement]]:
    found: dict[str, list[LoggedStatement]] = {}
    for one in Sessions().take(records(name)):
        if isinstance(one, LoggedStatement):
            found.setdefault(one.login, []).append(one)
    return found


def files() -> Iterator[str]:
    for version in ("15", "18"):
        yield from (f"{version}.{ending}" for ending in ENDINGS)


@pytest.mark.parametrize("name", list(files()))
def test_statements_are_read_in_each_language_and_none_that_is_forged(name: str) -> None:
    ran = [(text, values or (), sqlstate) for text, values, sqlstate in RAN]
    found = by_login(name)
    languages = LOCALES if name.startswith("15") else ["en"]
    assert found.keys() == {user for one in languages for user in (one, f"{one}{TIMED}")}
    for login, statements in found.items():
        assert [(s.sql, s.bind_values, s.sqlstate) for s in statements] == ran, (name, login)
        assert [s.duration is None for s in statements] == [s.sqlstate is not None for s in statements], login
        (executed,) = [s for s in statements if s.sql == "execute p"]
        assert executed.prepared == "prepare p as select 2", (name, login)


def test_each_format_of_one_log_says_the_same() -> None:
    said = [
        [(s.login, s.sql, s.duration, s.client) for several in by_login(name).values() for s in several]
        for name in ("15.json", "15.csv", "15.log")
    ]
    assert said[0] == said[1] == said[2]


def test_audit_beside_the_servers_own_lines_shows_what_ran_inside_and_nothing_twice() -> None:
    found = by_login("15-pgaudit.json")["plain"]
    ran = [*AUDITED, "select a from t where a = $1"]
    assert [s.sql for s in found if not s.is_nested] == ran
    inside = [s.sql for s in found if s.is_nested]
    assert inside.count("(select count(*) from t where a < x)") == 3
    assert inside.count("SELECT 1 from t where a = i") == 2
    assert inside.count("delete from u") == 1
    assert [s for s in inside if not s.startswith("SELECT 1 FROM ONLY")] == inside[:6]
    of = {s.sql: s for s in found}
    assert of["insert into t values (1), (2), (3)"].rows == 3
    assert of["select 1; select 2"].rows == 2
    assert of["select a from t where a = $1"].rows == 1
    assert of["select * from t join u using (a)"].reads == ("plain.t", "plain.u")


def test_audit_alone_shows_each_run_once_without_the_secrets_that_it_leaves_out() -> None:
    found = by_login("15-pgaudit.json")["alone"]
    assert not any("geheim" in s.sql for s in found)
    texts = [s.sql for s in found]
    for text in AUDITED:
        if "password" in text or text.startswith(("execute", "create table u", "select 1;")):
            continue
        assert texts.count(text) == 1 + (text.startswith("prepare")), text
    assert texts.count("(select count(*) from t where a < x)") == 3
    nested = {s.sql for s in found if s.is_nested}
    assert {"SELECT 1 from t where a = i", "delete from u"} <= nested


def test_words_are_those_of_the_catalogues() -> None:
    """Each message is known in each language, and no word means two things."""
    languages = server_words._LANGUAGES
    assert {name.lower() for name in languages} == LOCALES.keys()
    for language, words in languages.items():
        assert words.keys() == MESSAGES.keys(), language
    ambiguous = server_words.ERRORS & {
        words[level] for words in languages.values() for level in server_words._OTHER_LEVELS
    }
    assert ambiguous == set()
    assert {name.lower() for name in languages} | {"c", "posix"} == LANGUAGES
    assert all(is_known_language(locale) for locale in (*LOCALES.values(), "de", "en_GB.UTF-8", "zh_CN.utf8"))
    assert not any(map(is_known_language, ("pl_PL.UTF-8", "tr_TR", "pt_BR.UTF-8", "zh_TW", "")))


def test_samples_hold_no_password_of_the_server() -> None:
    for path in Path(LOGS).iterdir():
        assert not re.search(rb"SCRAM-SHA-256\$", path.read_bytes()), path.name
    assert ExportFormat.STDERR is detect((LOGS / "15.log").read_bytes(), prefix=None)
