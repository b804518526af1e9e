from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from dbaccess.activity.directory import DirectoryFiles
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.errors import NotFound, TargetFailure
from dbaccess.domain.standing_access import StandingRole
from dbaccess.policy_file.shape.file import ClusterShape
from dbaccess.ports import ActivitySource, TargetDriver
from dbaccess.targets.engine import ClusterAddress, Needs
from dbaccess.targets.postgresql.driver import PostgresDriver
from dbaccess.targets.postgresql.log_files import SqlLogFiles
from dbaccess.targets.postgresql.names import ephemeral_login
from dbaccess.targets.registry import ENGINES, ClusterTargets, engine_of
from tests.engines.memory import MemoryDriver, MemoryServer


class MemoryEngine:
    """The engine in memory, each cluster a server of its own."""

    oldest = 1
    makes_logins = 1

    def driver(self, address: ClusterAddress) -> TargetDriver:
        return MemoryDriver(cluster=address.cluster, server=MemoryServer(), installation=address.installation)

    def log_files(self, address: ClusterAddress, source: CaptureSource) -> ActivitySource:
        return DirectoryFiles(Path(f"/nowhere/{address.cluster}"), suffix=source.suffix)

    def version(self, address: ClusterAddress) -> int:
        return self.driver(address).facts().version

    def removal_script(self, standing: StandingRole, *, installation: str) -> str:
        return f"# remove {standing.login} of {installation}"

    def setup_script(self, needs: Needs) -> str:
        return f"nothing for {needs.installation}"


def address(cluster: str, driver: str = "postgresql") -> ClusterAddress:
    url = SecretStr("postgresql://w:hidden@127.0.0.1/")
    return ClusterAddress(cluster=cluster, driver=driver, installation="acme", url=url)


def test_each_cluster_has_the_driver_that_the_policy_names() -> None:
    engines = {**ENGINES, "memory": MemoryEngine()}
    targets = ClusterTargets([address("main"), address("eu-west", "memory")], engines=engines)
    assert isinstance(targets.driver("main"), PostgresDriver)
    assert isinstance(targets.driver("eu-west"), MemoryDriver)
    assert targets.clusters() == ("eu-west", "main")
    assert isinstance(targets.log_files("main", CaptureSource.JSONLOG), SqlLogFiles)
    assert isinstance(targets.log_files("eu-west", CaptureSource.CSVLOG), DirectoryFiles)


def test_cluster_of_an_unknown_engine_is_refused_with_the_known_ones_and_keeps_no_other() -> None:
    targets = ClusterTargets([address("main"), address("eu-west", "memory")])
    assert isinstance(targets.driver("main"), PostgresDriver)
    with pytest.raises(NotFound, match=r"no driver memory\. It has: postgresql\."):
        targets.driver("eu-west")
    with pytest.raises(NotFound, match=r"no driver memory\. It has: postgresql\."):
        engine_of("memory")


def test_policy_takes_the_name_of_every_engine_and_no_other() -> None:
    allowed = get_args(ClusterShape.model_fields["driver"].annotation)
    assert set(allowed) == set(ENGINES)


def test_cluster_without_a_url_is_told_with_the_variable_to_set() -> None:
    targets = ClusterTargets([address("main")])
    assert targets.clusters() == ("main",)
    with pytest.raises(NotFound, match="DBACCESS_CLUSTER_EU_WEST_URL"):
        targets.driver("eu-west")


def test_same_cluster_has_one_driver() -> None:
    targets = ClusterTargets([address("main")])
    assert targets.driver("main") is targets.driver("main")


@pytest.mark.parametrize(
    "name", ["jit_", "jit_A", "postgres", "jit_a-b", "jit_a\n", 'jit_a"b', "jit_" + "a" * 51, "xjit_a"]
)
def test_only_generated_names_are_logins_made_for_a_grant(name: str) -> None:
    with pytest.raises(TargetFailure):
        ephemeral_login(name)
