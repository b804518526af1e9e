"""The clusters that this worker has a URL for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pydantic import SecretStr

from dbaccess.domain.errors import NotFound
from dbaccess.ports import TargetDriver
from dbaccess.targets.postgresql.driver import PostgresDriver
from dbaccess.targets.postgresql.timeouts import Timeouts

_NONE: Final[Mapping[str, Mapping[str, SecretStr | None]]] = MappingProxyType({})


class PostgresTargets:
    """`Targets` over PostgreSQL; `installation` is part of the mark on every login that is made.

    A replica whose URL is None is one that cannot be reached.
    """

    def __init__(
        self,
        urls: Mapping[str, SecretStr],
        installation: str,
        *,
        replicas: Mapping[str, Mapping[str, SecretStr | None]] = _NONE,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._drivers = {
            cluster: PostgresDriver(
                cluster=cluster,
                url=url,
                replicas=replicas.get(cluster, {}),
                installation=installation,
                timeouts=timeouts or Timeouts(),
            )
            for cluster, url in urls.items()
        }

    def driver(self, cluster: str) -> TargetDriver:
        if cluster not in self._drivers:
            variable = f"DBACCESS_CLUSTER_{cluster.upper().replace('-', '_')}_URL"
            raise NotFound(f"This worker has no URL for the cluster {cluster}. Set {variable}.")
        return self._drivers[cluster]

    def clusters(self) -> Sequence[str]:
        return tuple(sorted(self._drivers))
