"""The engines that there are, and the clusters that this worker has a URL for."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.errors import NotFound
from dbaccess.ports import ActivitySource, TargetDriver
from dbaccess.targets.engine import ClusterAddress, Engine
from dbaccess.targets.postgresql.engine import PostgresEngine

ENGINES: Final[Mapping[str, Engine]] = MappingProxyType({"postgresql": PostgresEngine()})
"""By the word for `driver` in the policy; `ClusterShape` allows the same words."""


def engine_of(driver: str, engines: Mapping[str, Engine] = ENGINES) -> Engine:
    """Return the engine; raise `NotFound` with those that there are."""
    if driver not in engines:
        raise NotFound(f"This version has no driver {driver}. It has: {', '.join(sorted(engines))}.")
    return engines[driver]


class ClusterTargets:
    """`Targets` by the addresses of their clusters.

    A cluster with an engine that this version lacks stops no other.
    """

    def __init__(
        self, addresses: Iterable[ClusterAddress], *, engines: Mapping[str, Engine] = ENGINES
    ) -> None:
        self._engines = engines
        self._addresses = {address.cluster: address for address in addresses}
        self._drivers = {
            cluster: engines[address.driver].driver(address)
            for cluster, address in self._addresses.items()
            if address.driver in engines
        }

    def driver(self, cluster: str) -> TargetDriver:
        if cluster in self._drivers:
            return self._drivers[cluster]
        if cluster in self._addresses:
            engine_of(self._addresses[cluster].driver, self._engines)
        variable = f"DBACCESS_CLUSTER_{cluster.upper().replace('-', '_')}_URL"
        raise NotFound(f"This worker has no URL for the cluster {cluster}. Set {variable}.")

    def log_files(self, cluster: str, source: CaptureSource) -> ActivitySource:
        """Return the log that the server itself writes; raises `NotFound` as `driver` does."""
        self.driver(cluster)
        address = self._addresses[cluster]
        return self._engines[address.driver].log_files(address, source)

    def clusters(self) -> Sequence[str]:
        return tuple(sorted(self._addresses))
