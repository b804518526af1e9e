"""Reading of settings from the environment, with reports of missing or wrong ones."""

import os
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dbaccess.domain.address import check_postgresql, check_redis
from dbaccess.domain.ledger_key import read_private_key
from dbaccess.settings.slack_secrets import check_app_token, check_bot_token, check_signing_secret

_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_SLACK = {
    "slack_bot_token": check_bot_token,
    "slack_app_token": check_app_token,
    "slack_signing_secret": check_signing_secret,
}


class SettingsError(Exception):
    """The missing or wrong variables of the environment, one line each; never a value."""


class _FromFiles(PydanticBaseSettingsSource):
    """`<NAME>_FILE` names a file that holds the value of `<NAME>`."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        del field
        path = os.environ.get(f"{field_name.upper()}_FILE")
        # An empty file counts as none, as an empty variable does.
        return (read_file(path, field_name) or None if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
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

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", check_fields=False)
    @classmethod
    def _slack(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and value.get_secret_value():
            _SLACK[str(info.field_name)](value.get_secret_value())
        return value

    @field_validator("dbaccess_ledger_key", check_fields=False)
    @classmethod
    def _ledger_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_private_key(value.get_secret_value())
        return value

    @field_validator("slack_api_url", check_fields=False)
    @classmethod
    def _private(cls, value: str) -> str:
        # The token goes there, so an unencrypted connection must stay on this machine.
        parts = urlsplit(value)
        if not is_private(parts.scheme, parts.hostname):
            raise ValueError("must begin with https:// unless it is on this machine")
        return value if value.endswith("/") else f"{value}/"

    @classmethod
    def load(cls) -> Self:
        """Read the settings from the environment; raises `SettingsError`."""
        return cls()

    def refuse_foreign_secrets(self) -> None:
        """Raise `SettingsError` if the environment holds a secret that this process must not hold."""

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


def read_file(path: str, name: str) -> str:
    """Return the content of the file of `<NAME>_FILE`; raises `SettingsError`."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name.upper()}_FILE cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name.upper()}_FILE cannot be read: it is not UTF-8") from None


def refuse(held: list[str], why: str) -> None:
    """Raise `SettingsError` if any is held."""
    if held:
        raise SettingsError(f"{', '.join(sorted(held))}: {why}; take it out of this environment")


def is_private(scheme: str, host: str | None) -> bool:
    """Return whether the connection cannot be read on its way."""
    return scheme == "https" or (scheme == "http" and host in _THIS_MACHINE)


def _lines(error: ValidationError) -> str:
    return "\n".join(_line(dict(problem)) for problem in error.errors(include_input=False, include_url=False))


def _line(problem: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] in {"missing", "too_short", "string_too_short"}:
        return _unset(name)
    said = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name}: {said}" if name else said


def _unset(name: str) -> str:
    return f"{name} is not set: put it into the environment, or a file's path into {name}_FILE"
