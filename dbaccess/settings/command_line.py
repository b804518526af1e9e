"""The settings of each command."""

from pathlib import Path

from pydantic import Field, SecretStr

from dbaccess.settings.environment import Settings
from dbaccess.settings.process import SLACK_API


class DatabaseSettings(Settings):
    """The settings for reading the control database."""

    database_url: SecretStr = Field(min_length=1)


class DoctorSettings(Settings):
    """All that `doctor` can check; missing settings are reported, not guessed."""

    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API


class LedgerKeySettings(Settings):
    """The private key of the ledger; only the workers' environment has it."""

    dbaccess_ledger_key: SecretStr | None = None


class ConfigSettings(Settings):
    """The path of the policy file."""

    dbaccess_config: Path = Path("dbaccess.toml")


class MigrateSettings(Settings):
    """The settings of `dbaccess migrate`; the passwords are optional."""

    dbaccess_migrate_url: SecretStr = Field(min_length=1)
    """`postgresql://…`, the control database as `dbaccess_owner`."""
    dbaccess_bot_password: SecretStr | None = None
    """The password to set for `dbaccess_bot`; without it, set one with `\\password` in psql."""
    dbaccess_worker_password: SecretStr | None = None
    """The password to set for `dbaccess_worker`; without it, set one with `\\password` in psql."""
    dbaccess_auditor_password: SecretStr | None = None
    """The password to set for `dbaccess_auditor`; without it, the role cannot log in."""
