"""Checks of an operator: policy, control database, queue, clusters, and the SQL that sets those up."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from dbaccess.audit.signing import LedgerKey
from dbaccess.slack.scopes import SCOPES
from sandbox.manifest import load_manifest
from tests.contract.postgresql.least_privilege import worker_access
from tests.databases import ControlDatabase, PostgresServer, TargetDatabase, drop_database
from tests.integration.cli.conftest import Run
from tests.sandbox.running import BOT_TOKEN, running
from tests.unit.policy_file.example import EXAMPLE, changed

ROOT = Path(__file__).parents[3]


UNSET = {
    "Slack",
    "Queue",
    "Cluster main: DBACCESS_CLUSTER_MAIN_URL is not set",
    "No worker has reported within 120 s",
    "No bot has reported within 120 s",
}
"""Findings about what these environments leave out."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_a_policy_that_is_right_passes(run: Run, config: Path) -> None:
    assert run("policy", "check", str(config)).code == 0
    assert run("policy", "check", DBACCESS_CONFIG=str(config)).code == 0
    found = run("policy", "check", str(config), "--json").json
    assert (found["problems"], found["warnings"]) == ([], [])


def test_each_owner_of_a_group_is_shown(run: Run, config: Path) -> None:
    owned = changed('["S0ENGINEERS"]', '{ members = ["S0ENGINEERS"], owner = "dba" }')
    config.write_text(owned, encoding="utf-8")
    assert "engineers is owned by dba" in run("policy", "check", str(config)).out.splitlines()
    assert run("policy", "check", str(config), "--json").json["owners"] == {"engineers": "dba"}


def test_a_policy_that_is_wrong_is_a_finding_with_its_lines(run: Run, config: Path) -> None:
    config.write_text(changed('cluster = "main"', 'cluster = "mian"'), encoding="utf-8")
    done = run("policy", "check", str(config))
    assert done.code == 1
    assert f'{config}:20: targets.orders-prod.cluster: no cluster "mian". Nearest: main.' in done.out
    assert len(run("policy", "check", str(config), "--json").json["problems"]) == 1


def test_a_warning_is_said_and_is_no_finding(run: Run, config: Path) -> None:
    config.write_text(changed('operators = ["U0OPS", "U0DUTY"]\n', ""), encoding="utf-8")
    done = run("policy", "check", str(config))
    assert (done.code, "There are no operators" in done.out) == (0, True)
    assert "1 target, 2 rules, 1 warning. Hash" in done.out


def test_a_missing_file_is_a_finding(run: Run) -> None:
    assert run("policy", "check", "nowhere.toml").code == 1


@pytest.mark.parametrize(
    "command", [(), ("nonsense",), ("policy",), ("policy", "check", "a", "b"), ("grants", "-x")]
)
def test_wrong_use_is_two(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command).code == 2


def test_setup_sql_is_for_the_whole_cluster_and_touches_nothing(run: Run, config: Path) -> None:
    done = run("targets", "setup-sql", "orders-prod", "--version", "18", DBACCESS_CONFIG=str(config))
    assert done.code == 0
    assert '"orders_read"' in done.out
    assert '"orders_owner"' in done.out
    same = run("targets", "setup-sql", "--cluster", "main", "--version", "18", DBACCESS_CONFIG=str(config))
    assert same.out == done.out
    older = run("targets", "setup-sql", "orders-prod", "--version", "15", DBACCESS_CONFIG=str(config))
    assert "nocreaterole" in older.out
    assert older.err.startswith('Warning: orders-prod with login = "ephemeral" need version 16 or newer')
    assert (done.err, "Warning" in older.out) == ("", False)


def test_setup_sql_names_what_is_near_or_missing(run: Run, config: Path) -> None:
    environment = {"DBACCESS_CONFIG": str(config)}
    near = run("targets", "setup-sql", "orders-prd", "--version", "18", **environment)
    assert (near.code, "orders-prod" in near.err) == (2, True)
    no_version = run("targets", "setup-sql", "orders-prod", **environment)
    assert (no_version.code, "DBACCESS_CLUSTER_MAIN_URL" in no_version.err) == (2, True)
    neither = run("targets", "setup-sql", "--version", "18", **environment)
    assert neither.code == 2


def test_doctor_is_content_with_what_is_right(
    run: Run,
    tmp_path: Path,
    control_database: ControlDatabase,
    target_database: TargetDatabase,
    redis_url: str,
) -> None:
    access = worker_access(target_database)
    text = EXAMPLE.replace('"acme"', f'"{access.installation}"').replace(
        "orders_read", target_database.read_role
    )
    config = tmp_path / "dbaccess.toml"
    text = text.replace('"orders"', f'"{target_database.name}"')
    config.write_text(text.replace("orders_owner", target_database.owner_role), encoding="utf-8")
    found = run(
        "doctor",
        "--json",
        DATABASE_URL=control_database.worker_url,
        REDIS_URL=redis_url,
        DBACCESS_CONFIG=str(config),
        DBACCESS_CLUSTER_MAIN_URL=access.url.get_secret_value(),
        DBACCESS_LEDGER_KEY=LedgerKey.generate().write(),
        DBACCESS_WITNESS_PATH=str(tmp_path / "checkpoints"),
    )
    bad = [finding["what"] for finding in found.json if not finding["ok"]]
    silent = [f"No {kind} has reported within 120 s" for kind in ("worker", "bot")]
    assert bad == [*silent, "Slack"], "neither runs, and only the token is missing here"
    assert found.code == 1
    everything = found.out + found.err
    for url in (control_database.worker_url, access.url.get_secret_value()):
        assert (urlsplit(url).password or "?") not in everything


@pytest.mark.parametrize(
    "harm",
    [
        "grant update on ledger to dbaccess_worker",
        "grant delete on ledger to dbaccess_bot",
        "grant update (receipt) on grants to dbaccess_bot",
        "grant insert on directory_people to dbaccess_bot",
        "grant update on observations to dbaccess_bot",
        "alter table ledger disable trigger append_only",
    ],
)
def test_doctor_finds_a_right_too_many(
    run: Run, config: Path, control_database: ControlDatabase, harm: str
) -> None:
    with psycopg.connect(control_database.superuser_url) as superuser:
        superuser.execute(harm.encode())
    done = run("doctor", "--json", DATABASE_URL=control_database.worker_url, DBACCESS_CONFIG=str(config))
    found = [f for f in done.json if not f["ok"] and f["what"] not in UNSET]
    assert (done.code, len(found)) == (1, 1), "this and nothing else"
    assert found[0]["fix"]


def test_doctor_finds_a_bot_that_can_become_the_worker(
    run: Run, config: Path, control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_database.superuser_url, autocommit=True) as superuser:
        superuser.execute("grant dbaccess_worker to dbaccess_bot")
        try:
            done = run("doctor", "--json", DATABASE_URL=control_database.bot_url, DBACCESS_CONFIG=str(config))
        finally:
            superuser.execute("revoke dbaccess_worker from dbaccess_bot")
    assert "dbaccess_bot has the rights of dbaccess_worker" in [f["what"] for f in done.json if not f["ok"]]


def test_doctor_says_what_to_run_where_nothing_answers(run: Run) -> None:
    done = run(
        "doctor",
        DATABASE_URL="postgresql://dbaccess_worker:hunter2@127.0.0.1:1/dbaccess",
        REDIS_URL="redis://:hunter2@127.0.0.1:1/0",
        SLACK_BOT_TOKEN="xoxb-hunter2",
        SLACK_API_URL="http://127.0.0.1:1/api/",
    )
    assert done.code == 1
    assert "set DBACCESS_CONFIG to where it is" in done.out
    assert "hunter2" not in done.out + done.err
    assert done.out.count("✗") >= 4


@pytest.mark.parametrize(
    ("scopes", "what"),
    [
        (SCOPES, "Slack scopes"),
        (SCOPES - {"groups:read", "im:write"}, "Slack token lacks groups:read, im:write"),
        (SCOPES | {"im:read"}, "Slack scopes, more than needed: im:read"),
    ],
)
def test_doctor_names_the_workspace_and_the_scopes_that_the_token_lacks(
    run: Run, config: Path, scopes: frozenset[str], what: str
) -> None:
    app = load_manifest(ROOT / "manifest.yml").raw
    app["oauth_config"]["scopes"]["bot"] = sorted(scopes)
    app["settings"]["event_subscriptions"]["bot_events"] = ["app_home_opened"]
    with running(app) as slack:
        found = run(
            "doctor",
            "--json",
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_API_URL=slack.sandbox.api_url,
            DBACCESS_CONFIG=str(config),
        ).json
    said = {finding["what"]: finding["ok"] for finding in found if finding["what"].startswith("Slack")}
    assert said == {"Slack workspace T0ACME": True, what: "lacks" not in what}


def test_doctor_asks_for_the_scopes_of_the_manifest() -> None:
    assert load_manifest(ROOT / "manifest.yml").bot_scopes == SCOPES


def test_migrate_makes_a_database_that_doctor_is_content_with(
    run: Run, control_postgres: PostgresServer, control_database: ControlDatabase, config: Path
) -> None:
    name = f"migrated_{secrets.token_hex(4)}"
    with psycopg.connect(control_postgres.url(), autocommit=True) as superuser:
        superuser.execute(f"create database {name} owner dbaccess_owner".encode())
    try:
        owner_url = urlsplit(control_database.owner_url)._replace(path=f"/{name}").geturl()
        worker_url = urlsplit(control_database.worker_url)._replace(path=f"/{name}").geturl()
        first = run("migrate", DBACCESS_MIGRATE_URL=owner_url)
        assert (first.code, "empty to" in first.out) == (0, True)
        again = run("migrate", DBACCESS_MIGRATE_URL=owner_url)
        assert (again.code, "no new revision" in again.out) == (0, True)
        found = run("doctor", "--json", DATABASE_URL=worker_url, DBACCESS_CONFIG=str(config)).json
        assert {f["what"] for f in found if not f["ok"]} == UNSET
    finally:
        drop_database(control_postgres, name)


def test_migrate_without_its_url_is_one_line(run: Run) -> None:
    done = run("migrate")
    assert (done.code, done.err.startswith("DBACCESS_MIGRATE_URL is not set")) == (2, True)
