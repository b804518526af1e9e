"""A target with a streaming replica that its driver knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from demo.servers.postgres import Postgres
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets
from tests.standby import caught_up

REPLICA = "standby-a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated(Target):
    standby: Postgres

    def on_standby(self, url: str) -> str:
        """Return the same address on the standby."""
        parts = urlsplit(url)
        return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self.standby.port}").geturl()

    def catch_up(self) -> None:
        """Return once the standby has replayed all that the target has now."""
        caught_up(self.database.superuser_url, self.standby.url())


def replicated_on(database: TargetDatabase, standby: Postgres) -> Iterator[Replicated]:
    standby.start()
    worker = worker_access(database)
    parts = urlsplit(worker.url.get_secret_value())
    at = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{standby.port}").geturl()
    replicas = {"main": {REPLICA: SecretStr(at)}}
    targets = postgres_targets({"main": worker.url}, worker.installation, replicas=replicas)
    target = Replicated(worker=worker, driver=targets.driver("main"), standby=standby)
    target.catch_up()
    yield target
