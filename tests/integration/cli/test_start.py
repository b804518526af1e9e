"""A wrong environment makes each program print one line that names the fault, and no value."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from structlog.testing import capture_logs

from dbaccess.domain.errors import CannotStart
from dbaccess.settings import WorkerSettings
from demo.servers.postgres import Postgres
from tests.databases import ControlDatabase, PostgresServer
from tests.forked import run_forked
from tests.integration.cli.conftest import Run
from tests.read_only import refuses_writes
from tests.sandbox.running import APP_TOKEN, BOT_TOKEN, running
from tests.standby import caught_up
from tests.unit.policy_file.example import EXAMPLE
from workers.start import check_surroundings

BOTH = {
    "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/db",
    "REDIS_URL": "redis://:hunter2@127.0.0.1:1/0",
    "SLACK_BOT_TOKEN": "xoxb-hunter2",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
}
OWN = {
    "bot": {"SLACK_APP_TOKEN": "xapp-hunter2"},
    "workers": {"DBACCESS_CLUSTER_MAIN_URL": "postgresql://u:hunter2@127.0.0.1:1/postgres"},
}
SECRETS = [
    (program, name)
    for program, own in OWN.items()
    for name in ("DATABASE_URL", "REDIS_URL", "SLACK_BOT_TOKEN", *own)
]


def start(home: Path, program: str, **changed: str | None) -> tuple[int, list[str]]:
    """The exit code and what was said; None takes a variable away."""
    config = home / "dbaccess.toml"
    if not config.exists():
        config.write_text(EXAMPLE, encoding="utf-8")
    env = {"PATH": os.defpath, "DBACCESS_CONFIG": str(config), **BOTH, **OWN[program], **changed}
    given = {name: value for name, value in env.items() if value is not None}
    done = run_forked(f"{program}.__main__:main", [], given, home)
    assert done.out == ""
    assert "hunter2" not in done.err
    return done.code, done.err.splitlines()


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(("program", "name"), SECRETS)
def test_a_missing_or_empty_secret_ends_the_start_with_one_line(
    tmp_path: Path, program: str, name: str, value: str | None
) -> None:
    code, said = start(tmp_path, program, **{name: value})
    assert (code, len(said)) == (2, 1), said
    assert said[0].startswith(f"{name} is not set")


@pytest.mark.parametrize(
    ("program", "name", "value"),
    [
        ("bot", "DATABASE_URL", "hunter2"),
        ("bot", "DATABASE_URL", "postgresql://u:p@hunter2:x@127.0.0.1/db"),
        ("bot", "DATABASE_URL", "mysql://hunter2/db"),
        ("bot", "REDIS_URL", "redis://hunter2:port/0"),
        ("workers", "REDIS_URL", "http://hunter2/"),
        ("workers", "DBACCESS_CLUSTER_MAIN_URL", "postgresql://u:hunter2/x@127.0.0.1:5432/postgres"),
        ("workers", "DBACCESS_CLUSTER_MAIN_URL", "hunter2"),
        ("workers", "SLACK_API_URL", "http://hunter2.example/api/"),
        ("workers", "METRICS_PORT", "hunter2"),
    ],
)
def test_a_value_that_cannot_be_ends_the_start_with_one_line(
    tmp_path: Path, program: str, name: str, value: str
) -> None:
    code, said = start(tmp_path, program, **{name: value})
    assert (code, len(said)) == (2, 1), said
    assert said[0].startswith(f"{name}: ")


def test_the_bot_refuses_to_hold_the_credentials_of_a_target(tmp_path: Path) -> None:
    code, said = start(tmp_path, "bot", **OWN["workers"])
    assert (code, len(said)) == (2, 1), said
    assert "DBACCESS_CLUSTER_MAIN_URL" in said[0]


@pytest.mark.parametrize("program", OWN)
def test_a_configuration_that_is_not_there_or_wrong_ends_the_start(tmp_path: Path, program: str) -> None:
    assert start(tmp_path, program, DBACCESS_CONFIG="nowhere.toml") == (
        2,
        ["nowhere.toml:1: no such file. Write it, or set DBACCESS_CONFIG to where it is."],
    )
    (tmp_path / "dbaccess.toml").write_text(EXAMPLE.replace('cluster = "main"', 'cluster = "mian"'))
    code, said = start(tmp_path, program)
    assert (code, 'no cluster "mian". Nearest: main.' in "".join(said)) == (2, True)


def test_workers_without_the_url_of_a_replica_do_not_start(tmp_path: Path) -> None:
    cluster = '[clusters.main]\ndriver = "postgresql"\n'
    text = EXAMPLE.replace(cluster, f'{cluster}replicas = ["standby-a"]\n')
    (tmp_path / "dbaccess.toml").write_text(text, encoding="utf-8")
    code, said = start(tmp_path, "workers")
    assert (code, said) == (2, ["DBACCESS_CLUSTER_MAIN_REPLICA_STANDBY_A_URL is not set: the server's URL"])


@pytest.fixture
def sound(control_database: ControlDatabase, redis_url: str) -> Iterator[Callable[[str], dict[str, str]]]:
    """The environment of each program with everything there; a test spoils one thing."""
    with running() as slack:
        slack.sandbox.person("U0ANN")  # the workspace is up

        def environment(program: str) -> dict[str, str]:
            url = control_database.bot_url if program == "bot" else control_database.worker_url
            own = {"SLACK_APP_TOKEN": APP_TOKEN} if program == "bot" else {}
            api = slack.sandbox.api_url
            found = {"DATABASE_URL": url, "REDIS_URL": redis_url, "SLACK_API_URL": api}
            return found | {"SLACK_BOT_TOKEN": BOT_TOKEN} | own

        yield environment


def with_login(url: str, login: str) -> str:
    """The same address with other user and password."""
    return urlsplit(url)._replace(netloc=f"{login}@{urlsplit(url).netloc.rpartition('@')[2]}").geturl()


def with_host(url: str, host: str) -> str:
    login = urlsplit(url).netloc.rpartition("@")[0]
    return urlsplit(url)._replace(netloc=f"{login}@{host}").geturl()


DATABASE: list[tuple[Callable[[str], str], str]] = [
    (lambda url: with_login(url, "dbaccess_worker:hunter2"), "refuses the password of dbaccess_worker"),
    (lambda url: with_login(url, "stranger:hunter2"), "refuses the password of stranger"),
    (lambda url: urlsplit(url)._replace(path="/nowhere").geturl(), "has no database nowhere"),
    (lambda url: with_host(url, "127.0.0.1:1"), "no server listens at 127.0.0.1:1"),
    (lambda url: with_host(url, "nowhere.invalid:5432"), "the host name nowhere.invalid cannot be resolved"),
    (lambda url: f"{url}?sslmode=require", "does not use TLS"),
    (lambda url: f"{url}?sslmode=verify-full&sslrootcert=system", "does not use TLS"),
    (lambda url: f"{url}?nonsense=hunter2", "parameter that libpq does not take"),
    (lambda url: f"{url}?sslmode=hunter2", "parameter that libpq does not take"),
]
QUEUE: list[tuple[Callable[[str], str], str]] = [
    (lambda url: with_login(url, ":hunter2"), "refuses the password"),
    (lambda url: with_login(url, "").replace("@", ""), "wants a password"),
    (lambda url: with_host(url, "127.0.0.1:1"), "no server listens at 127.0.0.1:1"),
    (lambda url: with_host(url, "nowhere.invalid:6379"), "the host name nowhere.invalid cannot be resolved"),
    (lambda url: urlsplit(url)._replace(path="/99999999").geturl(), "has no database of that number"),
    (lambda url: url.replace("redis://", "rediss://"), "TLS"),
]
SLACK = [
    ("SLACK_BOT_TOKEN", "xapp-1-hunter2", "SLACK_BOT_TOKEN: holds an app-level token"),
    ("SLACK_BOT_TOKEN", "xoxp-hunter2", "SLACK_BOT_TOKEN: holds a user's token"),
    ("SLACK_BOT_TOKEN", "hunter2", "SLACK_BOT_TOKEN: does not begin with xoxb-"),
    ("SLACK_BOT_TOKEN", "xoxb-hunter2", "SLACK_BOT_TOKEN: Slack refuses the token (invalid_auth)"),
]
OF_THE_BOT = [
    ("SLACK_APP_TOKEN", "xoxb-hunter2", "SLACK_APP_TOKEN: holds a bot token"),
    ("SLACK_APP_TOKEN", "xapp-hunter2", "SLACK_APP_TOKEN: Slack refuses the token (invalid_auth)"),
    ("SLACK_APP_TOKEN", "hunter2", "SLACK_APP_TOKEN: does not begin with xapp-"),
    ("SLACK_API_URL", "http://127.0.0.1:1/api/", "Slack did not answer auth.test."),
]


@pytest.mark.parametrize("program", OWN)
def test_first_connection_that_fails_ends_the_start_with_one_line(
    tmp_path: Path, sound: Callable[[str], dict[str, str]], program: str
) -> None:
    given = sound(program)
    faults = [("DATABASE_URL", spoil(given["DATABASE_URL"]), said) for spoil, said in DATABASE]
    faults += [("REDIS_URL", spoil(given["REDIS_URL"]), said) for spoil, said in QUEUE]
    faults += SLACK + (OF_THE_BOT if program == "bot" else [])
    for name, value, expected in faults:
        code, said = start(tmp_path, program, **given | {name: value})
        assert (code, len(said)) == (2, 1), (name, value, said)
        assert expected in said[0], (name, value)
        assert said[0].startswith((name, "Slack")), said


@pytest.mark.parametrize("program", OWN)
def test_process_runs_as_its_own_role_only(
    tmp_path: Path,
    sound: Callable[[str], dict[str, str]],
    control_database: ControlDatabase,
    program: str,
) -> None:
    mine = {"bot": "dbaccess_bot", "workers": "dbaccess_worker"}[program]
    for url in {
        control_database.owner_url,
        control_database.superuser_url,
        control_database.worker_url,
        control_database.bot_url,
    } - {sound(program)["DATABASE_URL"]}:
        code, said = start(tmp_path, program, **sound(program) | {"DATABASE_URL": url})
        login = urlsplit(url).username
        assert (code, len(said)) == (2, 1), said
        assert said[0].startswith(f"DATABASE_URL logs in as {login}: use {mine} here.")


def test_token_of_another_workspace_ends_the_start(
    tmp_path: Path, sound: Callable[[str], dict[str, str]], control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("insert into team (team_id, url, said_at) values ('T0OTHER', 'https://x', now())")
    for program in OWN:
        code, said = start(tmp_path, program, **sound(program))
        assert (code, len(said)) == (2, 1), said
        assert said[0].startswith("SLACK_BOT_TOKEN is of the workspace T0ACME (https://acme.slack.com)")


def test_database_that_was_never_migrated_is_named(
    tmp_path: Path, sound: Callable[[str], dict[str, str]], control_postgres: PostgresServer
) -> None:
    for program in OWN:
        url = urlsplit(sound(program)["DATABASE_URL"])._replace(path="/postgres").geturl()
        code, said = start(tmp_path, program, **sound(program) | {"DATABASE_URL": url})
        assert (code, len(said), "dbaccess migrate" in said[0]) == (2, 1, True), said


def test_standby_in_the_place_of_the_control_database_is_named(
    tmp_path: Path, run: Run, target_postgres: PostgresServer, standby_of_target: Postgres
) -> None:
    with psycopg.connect(target_postgres.url(), autocommit=True) as admin:
        for role in ("dbaccess_bot", "dbaccess_worker"):
            admin.execute(f"create role {role} login password 'hunter2'")
        try:
            caught_up(target_postgres.url(), standby_of_target.url())
            for program, role in (("bot", "dbaccess_bot"), ("workers", "dbaccess_worker")):
                url = with_login(standby_of_target.url(), f"{role}:hunter2")
                code, said = start(tmp_path, program, DATABASE_URL=url)
                assert (code, len(said)) == (2, 1), said
                assert said[0] == "DATABASE_URL leads to a standby: use the primary's address."
        finally:
            admin.execute("drop role dbaccess_bot, dbaccess_worker")
    refused = run("migrate", DBACCESS_MIGRATE_URL=standby_of_target.url())
    assert (refused.code, refused.out) == (2, ""), refused
    assert refused.err.startswith("DBACCESS_MIGRATE_URL leads to a standby: ")


def test_control_database_that_cannot_hold_what_people_write_is_named(
    tmp_path: Path, run: Run, sound: Callable[[str], dict[str, str]], control_postgres: PostgresServer
) -> None:
    """As where the server was made without a locale. Workers start, because they end what is open."""
    named = f"ascii_{secrets.token_hex(4)}"
    with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
        admin.execute(f"create database {named} template template0 encoding 'SQL_ASCII' locale 'C'")
        try:
            said = {}
            for program in OWN:
                url = urlsplit(sound(program)["DATABASE_URL"])._replace(path=f"/{named}").geturl()
                code, (said[program],) = start(tmp_path, program, **sound(program) | {"DATABASE_URL": url})
                assert code == 2
            refused = run("migrate", DBACCESS_MIGRATE_URL=control_postgres.url(database=named))
            checked = run("doctor", "--json", DATABASE_URL=url)
        finally:
            admin.execute(f"drop database {named}")
    leads = "leads to a database in SQL_ASCII, which cannot hold what people write"
    assert said["bot"].startswith(f"DATABASE_URL {leads}: make another one: create database ")
    assert "dbaccess migrate" in said["workers"]
    assert (refused.code, refused.out) == (2, ""), refused
    assert refused.err.startswith(f"DBACCESS_MIGRATE_URL {leads}: ")
    assert (False, f"DATABASE_URL {leads}") in [(one["ok"], one["what"]) for one in checked.json]


def test_control_database_whose_sessions_are_read_only_is_named_by_every_program(
    tmp_path: Path, run: Run, sound: Callable[[str], dict[str, str]], control_database: ControlDatabase
) -> None:
    """As after a full disk, where a service lets no session write; our own setting does not count there."""
    read_only = "leads to a read-only database: look there for a full disk"
    with refuses_writes(control_database, "dbaccess_bot", "dbaccess_worker"):
        for program in OWN:
            code, said = start(tmp_path, program, **sound(program))
            assert (code, len(said)) == (2, 1), said
            assert said[0].startswith(f"DATABASE_URL {read_only}")
        checked = run("doctor", "--json", DATABASE_URL=control_database.worker_url)
        (found,) = [one for one in checked.json if "read-only" in one["what"]]
        assert (found["ok"], found["fix"][:31]) == (False, "Look there for a full disk, or ")
    owner = urlsplit(control_database.owner_url).username or ""
    with refuses_writes(control_database, owner):
        refused = run("migrate", DBACCESS_MIGRATE_URL=control_database.owner_url)
    assert (refused.code, refused.out) == (2, ""), refused
    assert refused.err.startswith(f"DBACCESS_MIGRATE_URL {read_only}")


def test_workers_that_ran_before_start_without_redis(
    sound: Callable[[str], dict[str, str]],
    control_database: ControlDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (sound("workers") | {"REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart, match=r"^REDIS_URL: no server listens at 127\.0\.0\.1:1\."):
        check_surroundings(WorkerSettings.load())
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("insert into policy_versions (hash, writer) values ('a', 'worker')")
    with capture_logs() as logged:
        check_surroundings(WorkerSettings.load())
    assert [line["event"] for line in logged] == ["ledger key missing", "queue unreachable"]
    assert "127.0.0.1:1" in logged[1]["why"]
    assert "hunter2" not in str(logged)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", None])
def test_a_secrets_file_that_is_no_use_is_named(tmp_path: Path, content: bytes | None) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    code, said = start(tmp_path, "bot", SLACK_APP_TOKEN=None, SLACK_APP_TOKEN_FILE=str(secret))
    assert (code, len(said)) == (2, 1), said
    assert said[0].startswith("SLACK_APP_TOKEN")
