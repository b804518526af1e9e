"""PostgreSQL as an engine."""

from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.standing_access import StandingRole
from dbaccess.ports import ActivitySource, TargetDriver
from dbaccess.targets.engine import ClusterAddress, Needs
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.driver import PostgresDriver
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.log_files import SqlLogFiles
from dbaccess.targets.postgresql.names import private_database
from dbaccess.targets.postgresql.removal_sql import removal_sql
from dbaccess.targets.postgresql.setup_sql import setup_sql
from dbaccess.targets.postgresql.timeouts import Timeouts

_TIMEOUTS = Timeouts()


class PostgresEngine:
    oldest = 15
    makes_logins = FIRST_VERSION

    def __init__(self, timeouts: Timeouts = _TIMEOUTS) -> None:
        self._timeouts = timeouts

    def driver(self, address: ClusterAddress) -> TargetDriver:
        return PostgresDriver(
            cluster=address.cluster,
            url=address.url,
            replicas=address.replicas,
            installation=address.installation,
            lock_database=address.lock_database,
            timeouts=self._timeouts,
        )

    def log_files(self, address: ClusterAddress, source: CaptureSource) -> ActivitySource:
        return SqlLogFiles(self._cluster(address), suffix=source.suffix)

    def version(self, address: ClusterAddress) -> int:
        return self._cluster(address).version()

    def _cluster(self, address: ClusterAddress) -> Cluster:
        return Cluster(
            name=address.cluster,
            url=address.url,
            timeouts=self._timeouts,
            lock_database=private_database(address.installation, address.lock_database),
        )

    def removal_script(self, standing: StandingRole, *, installation: str) -> str:
        return removal_sql(standing, installation=installation)

    def setup_script(self, needs: Needs) -> str:
        return setup_sql(
            version=needs.version,
            installation=needs.installation,
            lock_database=needs.lock_database,
            roles=needs.roles,
            owners=needs.owners,
            objects=needs.objects,
            accesses=needs.accesses,
            databases=needs.databases,
            capture=needs.capture,
            logins=needs.logins,
        )
