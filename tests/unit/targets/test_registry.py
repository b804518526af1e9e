import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import NotFound
from dbaccess.targets.postgresql.names import ephemeral_login
from dbaccess.targets.registry import PostgresTargets


def test_cluster_without_a_url_is_told_with_the_variable_to_set() -> None:
    targets = PostgresTargets({"main": SecretStr("postgresql://w:hidden@127.0.0.1/")}, "acme")
    assert targets.clusters() == ("main",)
    with pytest.raises(NotFound, match="DBACCESS_CLUSTER_EU_WEST_URL"):
        targets.driver("eu-west")


def test_same_cluster_has_one_driver() -> None:
    targets = PostgresTargets({"main": SecretStr("postgresql://w:hidden@127.0.0.1/")}, "acme")
    assert targets.driver("main") is targets.driver("main")


@pytest.mark.parametrize(
    "name", ["jit_", "jit_A", "postgres", "jit_a-b", "jit_a\n", 'jit_a"b', "jit_" + "a" * 51, "xjit_a"]
)
def test_only_generated_names_are_logins_made_for_a_grant(name: str) -> None:
    from dbaccess.domain.errors import TargetFailure

    with pytest.raises(TargetFailure):
        ephemeral_login(name)
