"""The settings that bot and workers share."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator

from dbaccess.settings.environment import Settings

SLACK_API = "https://slack.com/api/"


class SnapshotSettings(Settings):
    """The age limit of the snapshot of people and groups."""

    dbaccess_snapshot_max_age: timedelta = timedelta(seconds=120)
    """Seconds that one reading of people and groups is valid."""

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
    """The settings that bot and workers share."""

    database_url: SecretStr = Field(min_length=1)
    """`postgresql://…`, the control database, as `dbaccess_bot` or `dbaccess_worker`; the server itself,
    never a pooler.
    """
    redis_url: SecretStr = Field(min_length=1)
    """`redis://…`, `rediss://…` or `unix://…`."""
    slack_bot_token: SecretStr = Field(min_length=1)
    """`xoxb-…`, the bot token of the Slack app."""
    slack_api_url: str = SLACK_API
    """The address of Slack's Web API."""
    dbaccess_config: Path = Path("dbaccess.toml")
    """The path of the policy file."""

    @property
    def config(self) -> Path:
        return self.dbaccess_config

    @property
    def directory_every(self) -> timedelta:
        return timedelta(seconds=30)
