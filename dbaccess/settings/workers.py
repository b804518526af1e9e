"""The settings of the workers, and the secrets that they must not hold."""

import contextlib
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from dbaccess.domain.target import replica_server
from dbaccess.settings.cluster import cluster_url, cluster_variable
from dbaccess.settings.environment import SettingsError, is_private, refuse
from dbaccess.settings.process import CommonSettings
from dbaccess.settings.syslog import check_syslog
from dbaccess.settings.witnesses import WitnessSettings

Replicas = Mapping[str, Iterable[str]]
"""The names of each cluster's replicas."""

ReplicaUrls = Mapping[str, Mapping[str, SecretStr | None]]
"""By cluster and by replica."""


class WorkerSettings(WitnessSettings, CommonSettings):
    """The workers hold the targets' credentials, but no secret that authenticates Slack's requests."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """The port of `/metrics`; without it nothing is served."""
    metrics_host: str = "127.0.0.1"
    """The address of `/metrics`."""
    dbaccess_directory_every: timedelta = timedelta(seconds=30)
    """Seconds between two readings of people and groups."""
    dbaccess_break_glass_syslog: str | None = None
    """A socket such as `/dev/log`, or `tcp://host:port`; required with `second_sink = "syslog"`."""
    dbaccess_break_glass_webhook: SecretStr | None = None
    """An `https://` URL; required with `second_sink = "webhook"`."""

    dbaccess_ledger_key: SecretStr | None = None
    """The private key of the ledger, from `dbaccess ledger keygen`; without it there are no checkpoints."""

    @field_validator("dbaccess_break_glass_syslog")
    @classmethod
    def _syslog(cls, value: str | None) -> str | None:
        return check_syslog(value)

    @field_validator("dbaccess_break_glass_webhook")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value is not None else None
        if parts is not None and not is_private(parts.scheme, parts.hostname):
            raise ValueError("must begin with https:// unless it is on this machine")
        return value

    @property
    def directory_every(self) -> timedelta:
        return self.dbaccess_directory_every

    def cluster_urls(self, clusters: Iterable[str]) -> Mapping[str, SecretStr]:
        """Return the URL of each cluster; raises `SettingsError` naming every missing variable."""
        urls = {name: cluster_url(name) for name in clusters}
        missing = [cluster_variable(name) for name, url in urls.items() if url is None]
        if missing:
            raise SettingsError("\n".join(f"{name} is not set: the server's URL" for name in missing))
        return {name: url for name, url in urls.items() if url is not None}

    def replica_urls(self, replicas: Replicas) -> ReplicaUrls:
        """Return the URL of each replica; raises `SettingsError` naming every missing variable."""
        return _by_cluster(replicas, self.cluster_urls(_servers(replicas)))

    def replicas_in_reach(self, replicas: Replicas) -> ReplicaUrls:
        """Return the same, with None for a replica without a valid URL: no end is proved on it."""
        return _by_cluster(replicas, self.urls_in_reach(_servers(replicas)))

    def urls_in_reach(self, clusters: Iterable[str]) -> Mapping[str, SecretStr]:
        """Return the URL of each cluster that has a valid one."""
        urls = {}
        for name in clusters:
            with contextlib.suppress(SettingsError):
                if (url := cluster_url(name)) is not None:
                    urls[name] = url
        return urls

    def refuse_foreign_secrets(self) -> None:
        foreign = ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DBACCESS_MIGRATE_URL")
        held = [name for name in foreign if name in os.environ or f"{name}_FILE" in os.environ]
        refuse(held, "the workers must not hold the bot's or the owner's secrets")


def _servers(replicas: Replicas) -> list[str]:
    return [replica_server(cluster, name) for cluster, names in sorted(replicas.items()) for name in names]


def _by_cluster(replicas: Replicas, urls: Mapping[str, SecretStr]) -> ReplicaUrls:
    return {
        cluster: {name: urls.get(replica_server(cluster, name)) for name in names}
        for cluster, names in replicas.items()
    }
