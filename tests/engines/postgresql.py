"""PostgreSQL clusters as the workers have them, with other timeouts where a test needs them."""

from collections.abc import Mapping

from pydantic import SecretStr

from dbaccess.targets.engine import ClusterAddress
from dbaccess.targets.postgresql.engine import PostgresEngine
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.registry import ClusterTargets


def postgres_targets(
    urls: Mapping[str, SecretStr],
    installation: str,
    *,
    replicas: Mapping[str, Mapping[str, SecretStr | None]] | None = None,
    timeouts: Timeouts | None = None,
    lock_database: str | None = None,
) -> ClusterTargets:
    addresses = [
        ClusterAddress(
            cluster=cluster,
            driver="postgresql",
            installation=installation,
            url=url,
            lock_database=lock_database,
            replicas=(replicas or {}).get(cluster, {}),
        )
        for cluster, url in urls.items()
    ]
    return ClusterTargets(addresses, engines={"postgresql": PostgresEngine(timeouts or Timeouts())})
