"""Clusters, from the environment."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from dbaccess.domain.policy import Policy
from dbaccess.policy_file import load_policy
from dbaccess.ports import TargetDriver
from dbaccess.settings import ConfigSettings, SettingsError, cluster_url, cluster_variable

if TYPE_CHECKING:
    from dbaccess.targets.engine import ClusterAddress

Replicas = Mapping[str, SecretStr | None]
NO_REPLICAS: Final[Replicas] = MappingProxyType({})


def cluster_driver(cluster: str) -> TargetDriver:
    """Return the cluster's driver by DBACCESS_CONFIG; raises `SettingsError` without its URL."""
    policy = load_policy(ConfigSettings.load().dbaccess_config)
    url = cluster_url(cluster)
    if url is None:
        raise SettingsError(f"{cluster_variable(cluster)} is not set. Run it with the workers' environment.")
    return driver_of(policy, cluster, url)


def driver_of(policy: Policy, cluster: str, url: SecretStr, replicas: Replicas = NO_REPLICAS) -> TargetDriver:
    """Return the driver that the policy names for the cluster; connect to nothing."""
    from dbaccess.targets.registry import engine_of

    address = _address(policy, cluster, url, replicas)
    return engine_of(address.driver).driver(address)


def _address(policy: Policy, cluster: str, url: SecretStr, replicas: Replicas) -> "ClusterAddress":
    from dbaccess.targets.engine import ClusterAddress

    return ClusterAddress(
        cluster=cluster,
        driver=policy.clusters[cluster].driver,
        installation=policy.installation,
        url=url,
        lock_database=policy.clusters[cluster].lock_database,
        replicas=replicas,
    )


def cluster_version(cluster: str, policy: Policy) -> int:
    """The server's version; `SettingsError` without its URL, `TargetFailure` without an answer."""
    url = cluster_url(cluster)
    if url is None:
        raise SettingsError(
            f"{cluster_variable(cluster)} is not set; without it add --version 18, for example"
        )
    from dbaccess.targets.registry import engine_of

    address = _address(policy, cluster, url, NO_REPLICAS)
    return engine_of(address.driver).version(address)
