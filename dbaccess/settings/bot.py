"""The settings of the bot, and the secrets that it must not hold."""

import os
from typing import Final, NamedTuple

from pydantic import Field, SecretStr

from dbaccess.settings.environment import SettingsError, refuse
from dbaccess.settings.process import CommonSettings

_FOREIGN: Final = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SHARED_CREDENTIALS_FILE",
    "DBACCESS_BREAK_GLASS_WEBHOOK",
    "DBACCESS_CLUSTER_",
    "DBACCESS_LEDGER_KEY",
    "DBACCESS_MIGRATE_URL",
    "DBACCESS_STREAM_SECRET",
    "DBACCESS_STREAM_URL",
)
"""How the names of the secrets of workers and owner begin. Those of AWS open the bucket of a witness."""


class SocketMode(NamedTuple):
    """The bot calls Slack and keeps the connection, without an address of its own."""

    app_token: SecretStr


class HttpMode(NamedTuple):
    """Slack calls the bot, on a port behind a proxy that ends TLS."""

    signing_secret: SecretStr
    host: str
    port: int


class BotSettings(CommonSettings):
    """The bot faces Slack, so it must not hold credentials of a target."""

    slack_app_token: SecretStr | None = None
    """`xapp-…`, for Socket Mode."""
    slack_signing_secret: SecretStr | None = None
    """The app's signing secret, for HTTP mode."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """The port that the bot listens on, for HTTP mode."""
    host: str = "127.0.0.1"
    """The address that the bot listens on, for HTTP mode."""

    @property
    def mode(self) -> SocketMode | HttpMode:
        """Return how the bot receives from Slack: one way, completely set. Raises `SettingsError`."""
        token, secret, port = self.slack_app_token, self.slack_signing_secret, self.port
        if token is not None and secret is None and port is None:
            return SocketMode(token)
        if token is None and secret is not None and port is not None:
            return HttpMode(secret, self.host, port)
        raise SettingsError(_no_mode(token is not None, secret is not None))

    def refuse_foreign_secrets(self) -> None:
        held = [name for name in os.environ if name.startswith(_FOREIGN)]
        refuse(held, "the bot must not hold secrets of the workers or of the owner")


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
