"""The driver knows the replicas of its cluster, and `doctor` whether an end can be looked at on each."""

import psycopg
from pydantic import SecretStr

from tests.acceptance.stack import wait
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.replicated import REPLICA, Replicated
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets


def finding(target: Replicated, at: str | None) -> tuple[bool, str, str]:
    """Of `doctor`, with the replica's URL."""
    replicas = {"main": {REPLICA: SecretStr(at) if at else None}}
    targets = postgres_targets({"main": target.worker.url}, target.worker.installation, replicas=replicas)
    (found,) = [f for f in targets.driver("main").examine({}) if f.what.startswith("replica ")]
    return found.ok, found.what, found.fix


def test_standby_replays_the_lock_database_and_what_the_worker_may_do(either_replicated: Replicated) -> None:
    at = either_replicated.on_standby(either_replicated.worker.url.get_secret_value())
    ok, what, _ = finding(either_replicated, at)
    assert (ok, what) == (
        True,
        "replica standby-a: replays this cluster, and sessions on it can be closed",
    )
    recipe = either_replicated.personal(either_replicated.person()[0])
    either_replicated.end(either_replicated.provision(recipe))
    assert either_replicated.roles_of(recipe.login) == []


def test_replica_that_proves_nothing_is_a_finding_with_its_reason(either_replicated: Replicated) -> None:
    primary = either_replicated.worker.url.get_secret_value()
    silent = primary.replace(f":{either_replicated.database.port}", ":1")
    for at, word in (
        (primary, "is not a replica"),
        (silent, "no server listens at"),
        (None, "has no URL here"),
    ):
        ok, what, fix = finding(either_replicated, at)
        assert (ok, word in what, bool(fix)) == (False, True, True), what


def test_paused_replica_is_a_finding(either_replicated: Replicated) -> None:
    at = either_replicated.on_standby(either_replicated.worker.url.get_secret_value())
    with psycopg.connect(either_replicated.standby.url(), autocommit=True) as dba:
        dba.execute("select pg_wal_replay_pause()")
        try:
            wait(lambda: dba.execute("select pg_is_wal_replay_paused()").fetchone() == (True,), 20)
            ok, what, fix = finding(either_replicated, at)
        finally:
            dba.execute("select pg_wal_replay_resume()")
    assert (ok, "the replay is paused" in what) == (False, True)
    assert fix == "select pg_wal_replay_resume();"


def test_replica_of_another_cluster_is_a_finding(
    replicated: Replicated, target_database_15: TargetDatabase
) -> None:
    elsewhere = worker_access(target_database_15, installation=replicated.worker.installation)
    ok, what, _ = finding(replicated, elsewhere.url.get_secret_value())
    assert (ok, what) == (False, "replica standby-a: is a copy of another cluster")
