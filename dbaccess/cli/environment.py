"""What the environment knows of a cluster."""

from dbaccess.domain.policy import Policy
from dbaccess.policy_file import load_policy
from dbaccess.ports import TargetDriver
from dbaccess.settings import ConfigSettings, SettingsError, cluster_url, cluster_variable


def cluster_driver(cluster: str) -> TargetDriver:
    """The cluster's driver by DBACCESS_CONFIG; raise `SettingsError` without its URL."""
    policy = load_policy(ConfigSettings.load().dbaccess_config)
    url = cluster_url(cluster)
    if url is None:
        raise SettingsError(f"{cluster_variable(cluster)} is not set. Run it with the workers' environment.")
    from dbaccess.targets.registry import PostgresTargets

    return PostgresTargets({cluster: url}, policy.installation).driver(cluster)


def cluster_version(cluster: str, policy: Policy) -> int:
    """PostgreSQL's version there; `SettingsError` without its URL, `TargetFailure` without an answer."""
    url = cluster_url(cluster)
    if url is None:
        raise SettingsError(
            f"{cluster_variable(cluster)} is not set, so the server cannot be asked: write --version 18, say"
        )
    from dbaccess.targets.postgresql.cluster import Cluster
    from dbaccess.targets.postgresql.names import lock_database
    from dbaccess.targets.postgresql.timeouts import Timeouts

    locks_in = lock_database(policy.installation)
    return Cluster(name=cluster, url=url, timeouts=Timeouts(), lock_database=locks_in).version()
