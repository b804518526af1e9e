"""Settings from the environment: what a process needs, without what it must not hold."""

from dbaccess.settings.bot import BotSettings, HttpMode, SocketMode
from dbaccess.settings.cluster import cluster_url, cluster_variable
from dbaccess.settings.command_line import (
    ConfigSettings,
    DatabaseSettings,
    DoctorSettings,
    LedgerKeySettings,
    MigrateSettings,
)
from dbaccess.settings.environment import SettingsError
from dbaccess.settings.process import SnapshotSettings
from dbaccess.settings.witnesses import WitnessSettings
from dbaccess.settings.workers import ReplicaUrls, WorkerSettings

__all__ = [
    "BotSettings",
    "ConfigSettings",
    "DatabaseSettings",
    "DoctorSettings",
    "HttpMode",
    "LedgerKeySettings",
    "MigrateSettings",
    "ReplicaUrls",
    "SettingsError",
    "SnapshotSettings",
    "SocketMode",
    "WitnessSettings",
    "WorkerSettings",
    "cluster_url",
    "cluster_variable",
]
