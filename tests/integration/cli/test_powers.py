"""`policy check` and `doctor` name a role that gives more than data before anybody asks for it."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import TargetDatabase
from tests.integration.cli.conftest import Run
from tests.unit.policy_file.example import EXAMPLE


@pytest.fixture
def access(target_database: TargetDatabase) -> WorkerAccess:
    return worker_access(target_database)


@pytest.fixture
def environment(tmp_path: Path, access: WorkerAccess) -> dict[str, str]:
    database, config = access.database, tmp_path / "dbaccess.toml"
    text = EXAMPLE.replace('"acme"', f'"{access.installation}"').replace("orders_read", database.read_role)
    text = text.replace("orders_owner", database.owner_role).replace('"orders"', f'"{database.name}"')
    config.write_text(text, encoding="utf-8")
    return {"DBACCESS_CONFIG": str(config), "DBACCESS_CLUSTER_MAIN_URL": access.url.get_secret_value()}


def test_policy_check_and_doctor_name_the_power(
    run: Run, access: WorkerAccess, environment: dict[str, str]
) -> None:
    owner = access.database.owner_role
    assert run("policy", "check", "--json", **environment).json["warnings"] == []
    with psycopg.connect(access.database.superuser_url) as dba:
        dba.execute(sql.SQL("alter role {} login").format(sql.Identifier(owner)))
    checked = run("policy", "check", "--json", **environment).json
    assert checked["warnings"] == [f"main: {owner} can log in: nothing is granted with it."]
    found = run("doctor", "--json", **environment).json
    said = f"Cluster main: {owner} can log in: nothing is granted with it"
    assert said in [finding["what"] for finding in found if not finding["ok"]]


def test_policy_check_says_which_cluster_it_could_not_ask(run: Run, environment: dict[str, str]) -> None:
    del environment["DBACCESS_CLUSTER_MAIN_URL"]
    said = "what the roles on main lead to: DBACCESS_CLUSTER_MAIN_URL is not set"
    assert said in run("policy", "check", "--json", **environment).json["unchecked"]
