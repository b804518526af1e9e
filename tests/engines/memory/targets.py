"""`Targets` over engines in memory."""

from collections.abc import Mapping, Sequence

from dbaccess.domain.errors import NotFound
from dbaccess.ports import TargetDriver
from tests.engines.memory.driver import MemoryDriver
from tests.engines.memory.server import MemoryServer


class MemoryTargets:
    def __init__(self, servers: Mapping[str, MemoryServer], installation: str) -> None:
        self._drivers = {
            cluster: MemoryDriver(cluster=cluster, server=server, installation=installation)
            for cluster, server in servers.items()
        }

    def driver(self, cluster: str) -> TargetDriver:
        if cluster not in self._drivers:
            raise NotFound(f"This worker has no URL for the cluster {cluster}.")
        return self._drivers[cluster]

    def clusters(self) -> Sequence[str]:
        return tuple(sorted(self._drivers))
