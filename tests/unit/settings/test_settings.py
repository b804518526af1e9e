"""A process starts with what it needs, and not with what it must not hold."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from dbaccess.settings import (
    BotSettings,
    HttpMode,
    MigrateSettings,
    SettingsError,
    SocketMode,
    WorkerSettings,
)

COMMON = {
    "DATABASE_URL": "postgresql://dbaccess_bot:hunter2@db/dbaccess",
    "REDIS_URL": "redis://:hunter2@cache:6379/0",
    "SLACK_BOT_TOKEN": "xoxb-hunter2",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (
        "SLACK_API_URL",
        "DBACCESS_CONFIG",
        "METRICS_PORT",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "PORT",
        "HOST",
        "DBACCESS_MIGRATE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    for name, value in COMMON.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_bot_starts_with_its_own_secrets(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_APP_TOKEN", "xapp-1")
    settings = BotSettings.load()
    assert settings.mode == SocketMode(SecretStr("xapp-1"))
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.config == Path("dbaccess.toml")
    assert settings.snapshot_max_age == timedelta(seconds=120)


def test_a_signing_secret_and_a_port_mean_http(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_SIGNING_SECRET", "hunter2")
    environment.setenv("PORT", "3000")
    assert BotSettings.load().mode == HttpMode(SecretStr("hunter2"), "127.0.0.1", 3000)
    environment.setenv("HOST", "0.0.0.0")  # noqa: S104 what a container needs
    assert BotSettings.load().mode == HttpMode(SecretStr("hunter2"), "0.0.0.0", 3000)  # noqa: S104


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "SLACK_APP_TOKEN is not set"),
        (["PORT"], "SLACK_APP_TOKEN is not set"),
        (["SLACK_SIGNING_SECRET"], "PORT is not set"),
        (["SLACK_APP_TOKEN", "PORT"], "take one of the two out"),
        (["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"], "take one of the two out"),
        (["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "PORT"], "take one of the two out"),
    ],
)
def test_half_a_mode_or_two_are_refused_in_one_line(
    environment: pytest.MonkeyPatch, given: list[str], told: str
) -> None:
    for name in given:
        environment.setenv(name, "xapp-1" if name == "SLACK_APP_TOKEN" else "3000")
    with pytest.raises(SettingsError, match=told) as raised:
        _ = BotSettings.load().mode
    assert len(str(raised.value).splitlines()) == 1


def test_a_missing_secret_is_one_line_that_names_it(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DATABASE_URL")
    environment.setenv("REDIS_URL", "")
    with pytest.raises(SettingsError) as raised:
        WorkerSettings.load()
    lines = str(raised.value).splitlines()
    assert [line.split()[0] for line in lines] == ["DATABASE_URL", "REDIS_URL"]
    assert "DATABASE_URL_FILE" in lines[0]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-from-a-file"),
        ("DATABASE_URL", "postgresql://from-a-file/db"),
        ("REDIS_URL", "redis://from-a-file/0"),
    ],
)
def test_every_secret_may_be_a_file(
    environment: pytest.MonkeyPatch, tmp_path: Path, name: str, given: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{given}\n", encoding="utf-8")
    environment.delenv(name)
    environment.setenv(f"{name}_FILE", str(secret))
    value = getattr(WorkerSettings.load(), name.lower())
    assert value.get_secret_value() == given


def test_key_of_the_ledger_is_the_workers_alone(environment: pytest.MonkeyPatch) -> None:
    key = "ed25519-private:" + "A" * 43 + "="
    environment.setenv("DBACCESS_LEDGER_KEY", key)
    given = WorkerSettings.load()
    assert given.dbaccess_ledger_key == SecretStr(key)
    assert key not in repr(given)
    with pytest.raises(SettingsError, match="DBACCESS_LEDGER_KEY: the bot must not hold"):
        BotSettings.load()


def test_bot_starts_with_no_secret_of_the_workers(environment: pytest.MonkeyPatch) -> None:
    """Each secret that workers read and the bot does not, and those of the bucket that botocore reads."""
    fields = {
        name.upper()
        for name, field in WorkerSettings.model_fields.items()
        if "Secret" in str(field.annotation) and name not in BotSettings.model_fields
    }
    assert {"DBACCESS_LEDGER_KEY", "DBACCESS_STREAM_SECRET", "DBACCESS_STREAM_URL"} < fields
    for name in fields | {
        "DBACCESS_CLUSTER_MAIN_URL",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SHARED_CREDENTIALS_FILE",
    }:
        for spelled in (name, f"{name}_FILE"):
            with environment.context() as given:
                given.setenv(spelled, "/run/secrets/none")
                with pytest.raises(SettingsError, match=f"^{spelled}: the bot must not hold"):
                    BotSettings.load()


@pytest.mark.parametrize("given", ["hunter2", "ed25519-private:hunter2", "ed25519:" + "A" * 43 + "="])
def test_malformed_key_of_the_ledger_stops_the_start_with_one_line(
    environment: pytest.MonkeyPatch, given: str
) -> None:
    environment.setenv("DBACCESS_LEDGER_KEY", given)
    with pytest.raises(SettingsError) as raised:
        WorkerSettings.load()
    assert str(raised.value).startswith("DBACCESS_LEDGER_KEY: is ")
    assert len(str(raised.value).splitlines()) == 1
    assert given[-20:] not in str(raised.value)


@pytest.mark.parametrize("content", ["", "  \n", None])
def test_an_empty_or_missing_file_stops_the_start(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    environment.delenv("SLACK_BOT_TOKEN")
    environment.setenv("SLACK_BOT_TOKEN_FILE", str(secret))
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        WorkerSettings.load()


@pytest.mark.parametrize(
    "name", ["DBACCESS_CLUSTER_MAIN_URL", "DBACCESS_CLUSTER_MAIN_URL_FILE", "DBACCESS_MIGRATE_URL",
             "DBACCESS_MIGRATE_URL_FILE"],
)  # fmt: skip
def test_the_bot_refuses_what_opens_a_target(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv("SLACK_APP_TOKEN", "xapp-1")
    environment.setenv(name, "hunter2")
    with pytest.raises(SettingsError, match=name) as raised:
        BotSettings.load()
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("name", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DBACCESS_MIGRATE_URL"])
def test_the_workers_refuse_what_opens_the_bot(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "hunter2")
    with pytest.raises(SettingsError, match=name):
        WorkerSettings.load()


def test_each_cluster_of_the_policy_needs_its_url(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://b\n", encoding="utf-8")
    environment.setenv("DBACCESS_CLUSTER_MAIN_URL", "postgresql://a")
    environment.setenv("DBACCESS_CLUSTER_EU_WEST_1_URL_FILE", str(secret))
    urls = WorkerSettings.load().cluster_urls(["main", "eu-west-1"])
    assert {name: url.get_secret_value() for name, url in urls.items()} == {
        "main": "postgresql://a",
        "eu-west-1": "postgresql://b",
    }
    with pytest.raises(SettingsError, match="DBACCESS_CLUSTER_OTHER_URL is not set"):
        WorkerSettings.load().cluster_urls(["main", "other"])


def test_each_replica_of_the_policy_needs_its_url(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://b\n", encoding="utf-8")
    environment.setenv("DBACCESS_CLUSTER_MAIN_REPLICA_STANDBY_A_URL_FILE", str(secret))
    settings = WorkerSettings.load()
    found = settings.replica_urls({"main": ["standby-a"], "legacy": []})
    assert {cluster: list(urls) for cluster, urls in found.items()} == {"main": ["standby-a"], "legacy": []}
    url = found["main"]["standby-a"]
    assert url is not None
    assert url.get_secret_value() == "postgresql://b"
    with pytest.raises(SettingsError, match=r"^DBACCESS_CLUSTER_MAIN_REPLICA_B_URL is not set"):
        settings.replica_urls({"main": ["standby-a", "b"]})
    assert settings.replicas_in_reach({"main": ["b"]}) == {"main": {"b": None}}


def test_for_ends_the_clusters_that_are_in_reach_will_do(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DBACCESS_CLUSTER_MAIN_URL", "postgresql://a")
    environment.setenv("DBACCESS_CLUSTER_WRONG_URL", "db.example.com")
    environment.setenv("DBACCESS_CLUSTER_UNREAD_URL_FILE", "/nowhere/secret")
    urls = WorkerSettings.load().urls_in_reach(["main", "wrong", "unread", "missing"])
    assert {name: url.get_secret_value() for name, url in urls.items()} == {"main": "postgresql://a"}


def test_no_secret_is_in_the_text_of_settings() -> None:
    assert "hunter2" not in repr(WorkerSettings.load())


@pytest.mark.parametrize("url", ["http://slack.com/api/", "ftp://127.0.0.1/", "slack.com"])
def test_the_token_goes_nowhere_in_clear(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("SLACK_API_URL", url)
    with pytest.raises(SettingsError, match="SLACK_API_URL: must begin with https"):
        WorkerSettings.load()


def test_a_stand_in_on_this_machine_is_taken(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_API_URL", "http://127.0.0.1:8080/api")
    assert WorkerSettings.load().slack_api_url == "http://127.0.0.1:8080/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [("METRICS_PORT", "0"), ("METRICS_PORT", "http"),
     ("DBACCESS_SNAPSHOT_MAX_AGE", "0"), ("DBACCESS_DIRECTORY_EVERY", "-5")],
)  # fmt: skip
def test_a_bad_number_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        WorkerSettings.load()


def test_seconds_are_written_as_a_number(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DBACCESS_DIRECTORY_EVERY", "1.5")
    environment.setenv("DBACCESS_SNAPSHOT_MAX_AGE", "300")
    settings = WorkerSettings.load()
    assert settings.directory_every == timedelta(seconds=1.5)
    assert settings.snapshot_max_age == timedelta(minutes=5)


def test_migrate_needs_the_owner_and_nothing_else(environment: pytest.MonkeyPatch) -> None:
    for name in COMMON:
        environment.delenv(name)
    with pytest.raises(SettingsError, match="DBACCESS_MIGRATE_URL is not set"):
        MigrateSettings.load()
    environment.setenv("DBACCESS_MIGRATE_URL", "postgresql://dbaccess_owner@db/dbaccess")
    assert MigrateSettings.load().dbaccess_bot_password is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-hunter2", "an app-level token, which belongs in SLACK_APP_TOKEN"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-hunter2", "a token that rotates"),
        ("SLACK_BOT_TOKEN", "hunter2", "does not begin with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-hunter2", "a bot token, which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "xoxb-hunter2", "a bot token, which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "xapp-hunter2", "an app-level token, which belongs in SLACK_APP_TOKEN"),
    ],
)
def test_slack_secret_in_the_variable_of_another_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        BotSettings.load()
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert told in line
    assert "hunter2" not in line
