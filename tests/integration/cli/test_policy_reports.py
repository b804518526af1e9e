"""Doctor and metrics say when not all that run go by one policy."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.policy_file import load_policy
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run
from tests.unit.policy_file.example import EXAMPLE
from workers.metrics import StateCollector

BOT = Process(name="bot", host="one", pid=1)
NOTIFY = Process(name="notify", host="two", pid=2)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


@pytest.fixture
def policy(config: Path) -> Policy:
    return load_policy(config)


def _say(url: str, process: Process, policy: Policy, refused: str | None = None) -> None:
    engine = build_engine(url, pool_size=1, application_name="test")
    try:
        report_policy(lambda: SqlUnitOfWork(engine, None), policy=policy, process=process, refused=refused)
    finally:
        engine.dispose()


def _doctor(run: Run, control: ControlDatabase, config: Path) -> dict[str, bool]:
    """The findings about the policies of the processes."""
    found = run("doctor", "--json", DATABASE_URL=control.worker_url, DBACCESS_CONFIG=str(config)).json
    words = ("Running: ", "Processes use different policies", "worker@", "bot@")
    return {f["what"]: f["ok"] for f in found if f["what"].startswith(words)}


def _metrics(control: ControlDatabase) -> dict[str, float]:
    engine: Engine = build_engine(control.worker_url, pool_size=1, application_name="test")
    try:
        collected = StateCollector(lambda: SqlUnitOfWork(engine, None)).collect()
        return {metric.name: metric.samples[0].value for metric in collected}
    finally:
        engine.dispose()


def test_process_that_does_not_report_is_named_until_it_does(
    run: Run, control_database: ControlDatabase, config: Path, policy: Policy
) -> None:
    def silent(*options: str) -> list[str]:
        given = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": str(config)}
        found = run("doctor", "--json", *options, **given).json
        assert all(f["fix"] for f in found if not f["ok"])
        return [f["what"].split(" has ")[0] for f in found if "has reported within" in f["what"]]

    assert silent() == ["No worker", "No bot"]
    assert silent("--before-start") == []
    _say(control_database.worker_url, Process(name="reconciler", host="ops1", pid=7), policy)
    assert silent() == ["No bot"]
    _say(control_database.bot_url, Process(name="bot", host="ops1", pid=8), policy)
    assert silent() == []


def test_one_policy_everywhere_is_well(
    run: Run, control_database: ControlDatabase, config: Path, policy: Policy
) -> None:
    _say(control_database.bot_url, BOT, policy)
    _say(control_database.worker_url, NOTIFY, policy)
    assert _doctor(run, control_database, config) == {f"Running: policy {policy.hash[:12]}, everywhere": True}
    assert _metrics(control_database)["dbaccess_policy_differs"] == 0
    assert _metrics(control_database)["dbaccess_policy_reload_failed"] == 0


def test_difference_between_bot_and_worker_is_a_finding_that_names_both(
    run: Run, control_database: ControlDatabase, config: Path, policy: Policy
) -> None:
    _say(control_database.bot_url, BOT, policy)
    _say(control_database.worker_url, NOTIFY, replace(policy, hash="f" * 64))
    (found,) = _doctor(run, control_database, config).items()
    assert found[1] is False
    assert f"bot@one: {policy.hash[:12]}" in found[0]
    assert "worker@two: ffffffffffff" in found[0]
    assert _metrics(control_database)["dbaccess_policy_differs"] == 1


def test_file_that_is_not_the_one_that_runs_is_a_finding(
    run: Run, control_database: ControlDatabase, config: Path, policy: Policy
) -> None:
    _say(control_database.worker_url, NOTIFY, replace(policy, hash="f" * 64))
    assert _doctor(run, control_database, config) == {
        "Running: policy ffffffffffff, another one than the file here": False
    }


def test_refused_configuration_is_a_finding_until_it_is_mended(
    run: Run, control_database: ControlDatabase, config: Path, policy: Policy
) -> None:
    _say(control_database.worker_url, NOTIFY, policy, refused="a mistake")
    said = "worker@two refused its configuration, and uses the previous one"
    assert _doctor(run, control_database, config)[said] is False
    assert _metrics(control_database)["dbaccess_policy_reload_failed"] == 1
    _say(control_database.worker_url, NOTIFY, policy)
    assert said not in _doctor(run, control_database, config)
    assert _metrics(control_database)["dbaccess_policy_reload_failed"] == 0
