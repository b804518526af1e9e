"""Settings from the environment: what a process needs, and nothing that it must not hold."""

import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dbaccess.domain.address import check_postgresql, check_redis

SLACK_API = "https://slack.com/api/"
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Exception):
    """What is missing or wrong in the environment, one line each; never a value."""


class _FromFiles(PydanticBaseSettingsSource):
    """`<NAME>_FILE` names a file that holds the value of `<NAME>`."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        del field
        path = os.environ.get(f"{field_name.upper()}_FILE")
        # An empty file is as good as none, as an empty variable is.
        return (_read(path, field_name) or None if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields}
        return {name: value for name, value in values.items() if value is not None}


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_lines(error)) from None
        self.refuse_foreign_secrets()

    @field_validator("database_url", "dbaccess_migrate_url", check_fields=False)
    @classmethod
    def _postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_postgresql(value.get_secret_value())
        return value

    @field_validator("redis_url", check_fields=False)
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_redis(value.get_secret_value())
        return value

    @field_validator("slack_api_url", check_fields=False)
    @classmethod
    def _private(cls, value: str) -> str:
        # The token goes there: in clear only to a stand-in on this very machine.
        parts = urlsplit(value)
        if not _is_private(parts.scheme, parts.hostname):
            raise ValueError("must begin with https:// unless it is on this machine")
        return value if value.endswith("/") else f"{value}/"

    @classmethod
    def load(cls) -> Self:
        """From the environment; raises `SettingsError`."""
        return cls()

    def refuse_foreign_secrets(self) -> None:
        """Raises `SettingsError` where the environment holds what this process must never hold."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _FromFiles(settings_cls)


class SnapshotSettings(_Settings):
    """How old what is known of people and groups may be."""

    dbaccess_snapshot_max_age: timedelta = timedelta(seconds=120)

    @field_validator(
        "dbaccess_snapshot_max_age", "dbaccess_directory_every", mode="before", check_fields=False
    )
    @classmethod
    def _seconds(cls, value: Any) -> Any:
        return float(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value

    @field_validator("dbaccess_snapshot_max_age", "dbaccess_directory_every", check_fields=False)
    @classmethod
    def _some_time(cls, value: timedelta) -> timedelta:
        if value <= timedelta(0):
            raise ValueError("is no time at all: write seconds, like 30")
        return value

    @property
    def snapshot_max_age(self) -> timedelta:
        return self.dbaccess_snapshot_max_age


class CommonSettings(SnapshotSettings):
    """What bot and workers both need."""

    database_url: SecretStr = Field(min_length=1)
    redis_url: SecretStr = Field(min_length=1)
    slack_bot_token: SecretStr = Field(min_length=1)
    slack_api_url: str = SLACK_API
    dbaccess_config: Path = Path("dbaccess.toml")

    @property
    def config(self) -> Path:
        return self.dbaccess_config

    @property
    def directory_every(self) -> timedelta:
        return timedelta(seconds=30)


class SocketMode(NamedTuple):
    """The bot calls Slack and keeps the connection: no address of its own."""

    app_token: SecretStr


class HttpMode(NamedTuple):
    """Slack calls the bot: a port behind a proxy that ends TLS."""

    signing_secret: SecretStr
    host: str
    port: int


class BotSettings(CommonSettings):
    """The bot faces Slack, so it must not hold what opens a target."""

    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    host: str = "127.0.0.1"

    @property
    def mode(self) -> SocketMode | HttpMode:
        """How the bot hears of Slack: one way, all of it set. Raises `SettingsError`."""
        token, secret, port = self.slack_app_token, self.slack_signing_secret, self.port
        if token is not None and secret is None and port is None:
            return SocketMode(token)
        if token is None and secret is not None and port is not None:
            return HttpMode(secret, self.host, port)
        raise SettingsError(_no_mode(token is not None, secret is not None))

    def refuse_foreign_secrets(self) -> None:
        held = [name for name in os.environ if name.startswith(("DBACCESS_CLUSTER_", "DBACCESS_MIGRATE_URL"))]
        _refuse(held, "the bot must not hold a target's or the owner's credentials")


class WorkerSettings(CommonSettings):
    """The workers hold the targets' credentials, and none that Slack's requests are trusted by."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"
    dbaccess_directory_every: timedelta = timedelta(seconds=30)
    dbaccess_provision_tries: int = Field(default=5, ge=1, le=100)
    dbaccess_break_glass_syslog: str | None = None
    dbaccess_break_glass_webhook: SecretStr | None = None

    @field_validator("dbaccess_break_glass_syslog")
    @classmethod
    def _syslog(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("/") and not _is_tcp(value):
            raise ValueError(
                "is a socket's path like /dev/log, or tcp://host:port: UDP tells nobody of a loss"
            )
        return value

    @field_validator("dbaccess_break_glass_webhook")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value is not None else None
        if parts is not None and not _is_private(parts.scheme, parts.hostname):
            raise ValueError("must begin with https:// unless it is on this machine")
        return value

    @property
    def directory_every(self) -> timedelta:
        return self.dbaccess_directory_every

    @property
    def provision_tries(self) -> int:
        return self.dbaccess_provision_tries

    def cluster_urls(self, clusters: Iterable[str]) -> Mapping[str, SecretStr]:
        """The URL of each cluster; raises `SettingsError` naming every variable that is missing."""
        urls = {name: cluster_url(name) for name in clusters}
        missing = [_variable(name) for name, url in urls.items() if url is None]
        if missing:
            raise SettingsError("\n".join(f"{name} is not set: the cluster's URL" for name in missing))
        return {name: url for name, url in urls.items() if url is not None}

    def refuse_foreign_secrets(self) -> None:
        foreign = ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DBACCESS_MIGRATE_URL")
        held = [name for name in foreign if name in os.environ or f"{name}_FILE" in os.environ]
        _refuse(held, "the workers must not hold the bot's or the owner's secrets")


class DatabaseSettings(_Settings):
    """What reading the control database needs."""

    database_url: SecretStr = Field(min_length=1)


class DoctorSettings(_Settings):
    """Everything a check can look at; what is not set is said, not guessed."""

    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_api_url: str = SLACK_API


class ConfigSettings(_Settings):
    """Where the policy file is."""

    dbaccess_config: Path = Path("dbaccess.toml")


class MigrateSettings(_Settings):
    """What `dbaccess migrate` needs; the two passwords are optional."""

    dbaccess_migrate_url: SecretStr = Field(min_length=1)
    dbaccess_bot_password: SecretStr | None = None
    dbaccess_worker_password: SecretStr | None = None


def cluster_url(name: str) -> SecretStr | None:
    """The URL of one cluster from the environment or the file it names; None where there is none.

    Raises `SettingsError` for what is no address.
    """
    variable = _variable(name)
    path = os.environ.get(f"{variable}_FILE")
    url = os.environ.get(variable) or (_read(path, variable) if path else "")
    if not url:
        return None
    try:
        check_postgresql(url, keywords=True)
    except ValueError as error:
        raise SettingsError(f"{variable}: {error}") from None
    return SecretStr(url)


def _is_tcp(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "tcp" and bool(parts.hostname) and parts.port is not None
    except ValueError:  # a port that is no number
        return False


def _is_private(scheme: str, host: str | None) -> bool:
    return scheme == "https" or (scheme == "http" and host in _THIS_MACHINE)


def _variable(cluster: str) -> str:
    return f"DBACCESS_CLUSTER_{cluster.upper().replace('-', '_')}_URL"


def _read(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name.upper()}_FILE cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name.upper()}_FILE cannot be read: it is not UTF-8") from None


def _refuse(held: list[str], why: str) -> None:
    if held:
        raise SettingsError(f"{', '.join(sorted(held))}: {why}; take it out of this environment")


def _no_mode(token: bool, secret: bool) -> str:  # noqa: FBT001 two facts
    if token:
        return (
            "SLACK_APP_TOKEN is for Socket Mode, SLACK_SIGNING_SECRET and PORT are for HTTP mode: "
            "take one of the two out of this environment"
        )
    if secret:
        return "PORT is not set: HTTP mode needs it beside SLACK_SIGNING_SECRET"
    return (
        "SLACK_APP_TOKEN is not set: Socket Mode needs it, or a file's path in SLACK_APP_TOKEN_FILE; "
        "HTTP mode needs SLACK_SIGNING_SECRET and PORT instead"
    )


def _lines(error: ValidationError) -> str:
    return "\n".join(_line(dict(problem)) for problem in error.errors(include_input=False, include_url=False))


def _line(problem: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] in {"missing", "too_short", "string_too_short"}:
        return _unset(name)
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}"


def _unset(name: str) -> str:
    return f"{name} is not set: put it into the environment, or a file's path into {name}_FILE"
