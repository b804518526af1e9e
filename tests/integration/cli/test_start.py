"""What the two programs say when their environment is not right: one line that names it, and no value."""

import os
from pathlib import Path

import pytest

from tests.forked import run_forked
from tests.unit.policy_file.example import EXAMPLE

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


def test_a_slack_that_does_not_answer_ends_the_bot_with_one_line(tmp_path: Path) -> None:
    assert start(tmp_path, "bot") == (2, ["Slack did not answer auth.test."])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", None])
def test_a_secrets_file_that_is_no_use_is_named(tmp_path: Path, content: bytes | None) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    code, said = start(tmp_path, "bot", SLACK_APP_TOKEN=None, SLACK_APP_TOKEN_FILE=str(secret))
    assert (code, len(said)) == (2, 1), said
    assert said[0].startswith("SLACK_APP_TOKEN")
