"""PostgreSQL as an engine."""

from dbaccess.ports import TargetDriver
from dbaccess.targets.engine import ClusterAddress, Needs
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.driver import PostgresDriver
from dbaccess.targets.postgresql.names import lock_database
from dbaccess.targets.postgresql.setup_sql import setup_sql
from dbaccess.targets.postgresql.timeouts import Timeouts

_TIMEOUTS = Timeouts()


class PostgresEngine:
    oldest = 15

    def __init__(self, timeouts: Timeouts = _TIMEOUTS) -> None:
        self._timeouts = timeouts

    def driver(self, address: ClusterAddress) -> TargetDriver:
        return PostgresDriver(
            cluster=address.cluster,
            url=address.url,
            replicas=address.replicas,
            installation=address.installation,
            timeouts=self._timeouts,
        )

    def version(self, address: ClusterAddress) -> int:
        return Cluster(
            name=address.cluster,
            url=address.url,
            timeouts=self._timeouts,
            lock_database=lock_database(address.installation),
        ).version()

    def setup_script(self, needs: Needs) -> str:
        return setup_sql(
            version=needs.version,
            installation=needs.installation,
            roles=needs.roles,
            owners=needs.owners,
            objects=needs.objects,
            accesses=needs.accesses,
            databases=needs.databases,
        )
