"""What the environment knows of a cluster."""

from dbaccess.domain.policy import Policy
from dbaccess.settings import SettingsError, cluster_url


def cluster_version(cluster: str, policy: Policy) -> int:
    """PostgreSQL's version there; `SettingsError` without its URL, `TargetFailure` without an answer."""
    url = cluster_url(cluster)
    if url is None:
        raise SettingsError(
            f"{cluster_variable(cluster)} is not set, so the server cannot be asked: write --version 18, say"
        )
    from dbaccess.targets.registry import PostgresTargets

    return PostgresTargets({cluster: url}, policy.installation).driver(cluster).facts().version


def cluster_variable(cluster: str) -> str:
    """The name of the variable that holds the cluster's URL."""
    return f"DBACCESS_CLUSTER_{cluster.upper().replace('-', '_')}_URL"
