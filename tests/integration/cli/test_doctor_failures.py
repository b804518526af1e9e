"""Whatever is not right, `doctor` says it in one line with what to run, and ends with 1."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from dbaccess.storage.upgrade import head_revision
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import ControlDatabase, PostgresServer, TargetDatabase
from tests.forked import Ran
from tests.integration.cli.conftest import Run
from tests.sandbox.running import BOT_TOKEN, running
from tests.unit.policy_file.example import EXAMPLE

UNSET = {
    "Control database",
    "Queue",
    "Slack",
    "Cluster main: DBACCESS_CLUSTER_MAIN_URL is not set",
    "No worker has reported within 120 s",
    "No bot has reported within 120 s",
}
"""Findings about what these environments leave out."""


@pytest.fixture
def access(target_database: TargetDatabase) -> WorkerAccess:
    return worker_access(target_database)


@pytest.fixture
def config(tmp_path: Path, access: WorkerAccess) -> str:
    path, target = tmp_path / "dbaccess.toml", access.database
    text = EXAMPLE.replace('"acme"', f'"{access.installation}"')
    text = text.replace("orders_read", target.read_role).replace("orders_owner", target.owner_role)
    text = text.replace('database = "orders"', f'database = "{target.name}"')
    path.write_text(text, encoding="utf-8")
    return str(path)


def wrong(done: Ran) -> list[tuple[str, str]]:
    """Each finding with its fix, but for what this environment leaves out."""
    assert done.code == 1
    return [(f["what"], f["fix"]) for f in done.json if not f["ok"] and f["what"] not in UNSET]


def with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{password}@{parts.hostname}:{parts.port}").geturl()


def with_login(url: str, login: str) -> str:
    return urlsplit(url)._replace(netloc=f"{login}@{urlsplit(url).netloc.rpartition('@')[2]}").geturl()


_MASTER = sql.Identifier("doctor_master")


def test_wrong_password_of_the_control_database(
    run: Run, control_database: ControlDatabase, config: str
) -> None:
    url = with_password(control_database.worker_url, "hunter2")
    done = run("doctor", "--json", DATABASE_URL=url, DBACCESS_CONFIG=config)
    ((what, fix),) = wrong(done)
    assert what.endswith("refuses the password of dbaccess_worker")
    assert fix
    assert "hunter2" not in done.out + done.err


def test_control_database_of_an_older_version(
    run: Run, control_database: ControlDatabase, config: str
) -> None:
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("update alembic_version set version_num = '0000'")
        admin.execute("alter table policy_in_force rename to not_made_yet")
    done = run("doctor", "--json", DATABASE_URL=control_database.worker_url, DBACCESS_CONFIG=config)
    assert wrong(done) == [
        (f"Schema at revision 0000, needs {head_revision()}", "Run as the owner: dbaccess migrate")
    ]


def test_role_of_the_bot_is_not_there(
    run: Run, control_postgres: PostgresServer, control_database: ControlDatabase, config: str
) -> None:
    with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
        admin.execute("alter role dbaccess_bot rename to dbaccess_bot_elsewhere")
        try:
            done = run("doctor", "--json", DATABASE_URL=control_database.worker_url, DBACCESS_CONFIG=config)
        finally:
            admin.execute("alter role dbaccess_bot_elsewhere rename to dbaccess_bot")
    assert wrong(done) == [("There is no role dbaccess_bot", "Run as the owner: dbaccess migrate")]


def test_queue_that_refuses_the_password(run: Run, redis_url: str, config: str) -> None:
    url = with_password(redis_url, "hunter2").replace("None:", ":")
    done = run("doctor", "--json", REDIS_URL=url, DBACCESS_CONFIG=config)
    ((what, fix),) = wrong(done)
    assert what.startswith("Queue: ")
    assert what.endswith("refuses the password")
    assert "REDIS_URL" in fix
    assert "hunter2" not in done.out + done.err


def test_token_that_slack_does_not_know(run: Run, config: str) -> None:
    with running() as slack:
        done = run(
            "doctor",
            "--json",
            SLACK_BOT_TOKEN="xoxb-hunter2",
            SLACK_API_URL=slack.sandbox.api_url,
            DBACCESS_CONFIG=config,
        )
    ((what, fix),) = wrong(done)
    assert (what, "SLACK_BOT_TOKEN: Slack refuses the token (invalid_auth)" in fix) == (
        "Slack refuses this app",
        True,
    )
    assert "hunter2" not in done.out + done.err


def test_token_of_another_workspace_than_the_control_database(
    run: Run, control_database: ControlDatabase, config: str
) -> None:
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("insert into team (team_id, url, said_at) values ('T0OTHER', 'https://x', now())")
    with running() as slack:
        done = run(
            "doctor",
            "--json",
            DATABASE_URL=control_database.worker_url,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_API_URL=slack.sandbox.api_url,
            DBACCESS_CONFIG=config,
        )
    ((what, fix),) = wrong(done)
    assert (what, "this control database is of T0OTHER" in fix) == ("Slack refuses this app", True)


def test_channels_and_groups_that_slack_does_not_have(run: Run, config: str) -> None:
    with running() as slack:
        done = run(
            "doctor",
            "--json",
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_API_URL=slack.sandbox.api_url,
            DBACCESS_CONFIG=config,
        )
    said = " ".join(what for what, _ in wrong(done))
    for name in ("Channel C0OPS", "Channel C0APPROVALS", "Group dba: S0DBA is no user group"):
        assert name in said
    assert all(fix for _, fix in wrong(done))


def test_token_is_not_sent_in_clear(run: Run, config: str) -> None:
    done = run(
        "doctor",
        SLACK_BOT_TOKEN="xoxb-hunter2",
        SLACK_API_URL="http://slack.example/api/",
        DBACCESS_CONFIG=config,
    )
    assert (done.code, done.err) == (
        2,
        "SLACK_API_URL: must begin with https:// unless it is on this machine\n",
    )


def test_administrators_url_is_refused_and_the_account_left_alone(
    run: Run, access: WorkerAccess, config: str
) -> None:
    url = access.database.superuser_url
    name = urlsplit(url).username
    ((what, fix),) = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert what.startswith(f"Cluster main: the URL is an administrator's: {name} is superuser")
    assert fix.startswith("Leave that account as it is.")
    assert "alter role" not in fix


def test_login_that_acts_for_itself_with_power_is_an_administrators(
    run: Run, access: WorkerAccess, config: str
) -> None:
    with psycopg.connect(access.database.superuser_url, autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login createrole createdb password 'hunter2'").format(_MASTER))
        try:
            url = with_login(access.url.get_secret_value(), "doctor_master:hunter2")
            admin.execute(
                sql.SQL("grant connect on database {} to {}").format(
                    sql.Identifier(access.lock_database), _MASTER
                )
            )
            done = run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config)
        finally:
            admin.execute(
                sql.SQL("revoke all on database {} from {}").format(
                    sql.Identifier(access.lock_database), _MASTER
                )
            )
            admin.execute(sql.SQL("drop role {}").format(_MASTER))
    assert "the URL is an administrator's: doctor_master is createdb, createrole" in str(wrong(done))
    assert not any("alter role" in fix for _, fix in wrong(done))
    assert "hunter2" not in done.out + done.err


def test_cluster_variable_that_names_no_cluster(run: Run, access: WorkerAccess, config: str) -> None:
    url = access.url.get_secret_value()
    found = run("doctor", "--json", DBACCESS_CLUSTER_MIAN_URL=url, DBACCESS_CONFIG=config).json
    bad = {f["what"]: f["fix"] for f in found if not f["ok"]}
    assert "DBACCESS_CLUSTER_MAIN_URL" in bad["DBACCESS_CLUSTER_MIAN_URL names no cluster of the policy"]
    assert "Cluster main: DBACCESS_CLUSTER_MAIN_URL is not set" in bad


def test_bot_need_not_reach_a_cluster(run: Run, config: str) -> None:
    found = run("doctor", "--json", SLACK_APP_TOKEN="xapp-1", DBACCESS_CONFIG=config).json
    said = {f["what"]: f["ok"] for f in found if f["what"].startswith("Cluster")}
    assert said == {"Cluster main not checked: this is the bot's environment": True}


def test_login_of_another_role_in_database_url_is_named(
    run: Run, control_database: ControlDatabase, access: WorkerAccess, config: str
) -> None:
    given = {"DBACCESS_CLUSTER_MAIN_URL": access.url.get_secret_value(), "DBACCESS_CONFIG": config}
    for url in (control_database.bot_url, control_database.owner_url, control_database.superuser_url):
        found = wrong(run("doctor", "--json", DATABASE_URL=url, **given))
        login = urlsplit(url).username
        ((_, fix),) = [one for one in found if one[0] == f"DATABASE_URL logs in as {login}"]
        assert "Use dbaccess_worker in DATABASE_URL" in fix
        assert "alter role" not in fix


def test_role_without_any_privilege(run: Run, access: WorkerAccess, config: str) -> None:
    target = access.database
    read = sql.Identifier(target.read_role)
    given = {"DBACCESS_CLUSTER_MAIN_URL": access.url.get_secret_value(), "DBACCESS_CONFIG": config}
    with psycopg.connect(target.superuser_url, autocommit=True) as admin:
        admin.execute(sql.SQL("revoke all on all tables in schema shop from {}").format(read))
        ((what, fix),) = wrong(run("doctor", "--json", **given))
        assert what.startswith(f"Cluster main: {target.read_role} gives nothing in {target.name}")
        assert "grant" in fix
        admin.execute(sql.SQL("grant select (id) on shop.orders to {}").format(read))
    assert [f for f in run("doctor", "--json", **given).json if "gives nothing" in f["what"]] == []


def test_worker_that_lost_a_role_it_gives(run: Run, access: WorkerAccess, config: str) -> None:
    target = access.database
    names = dict(zip(("read", "admin"), map(sql.Identifier, (target.read_role, access.admin)), strict=True))
    with psycopg.connect(target.superuser_url, autocommit=True) as admin:
        admin.execute(sql.SQL("revoke {read} from {admin} cascade").format(**names))
    url = access.url.get_secret_value()
    ((what, fix),) = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert what == f"Cluster main: may not give {target.read_role}: ADMIN option is missing"
    assert fix == "Run what `dbaccess targets setup-sql` prints for this cluster."


def test_role_that_the_cluster_does_not_have(run: Run, access: WorkerAccess, config: str) -> None:
    Path(config).write_text(Path(config).read_text().replace(access.database.read_role, "orders_raed"))
    url = access.url.get_secret_value()
    ((what, fix),) = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert what == "Cluster main: there is no role orders_raed"
    assert fix == 'create role "orders_raed" nologin; or name another in the configuration.'


def test_replica_without_a_url_is_a_finding(run: Run, access: WorkerAccess, config: str) -> None:
    cluster = '[clusters.main]\ndriver = "postgresql"\n'
    text = Path(config).read_text().replace(cluster, f'{cluster}replicas = ["standby-a"]\n')
    Path(config).write_text(text)
    url = access.url.get_secret_value()
    ((what, fix),) = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert what == "Cluster main: replica standby-a: has no URL here."
    assert fix


def test_database_that_the_cluster_does_not_have(run: Run, access: WorkerAccess, config: str) -> None:
    text = Path(config).read_text().replace(f'database = "{access.database.name}"', 'database = "nowhere"')
    Path(config).write_text(text)
    url = access.url.get_secret_value()
    ((what, fix),) = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert what == "Cluster main: main has no database nowhere."
    assert fix == "Make it, or name another in the configuration."


@pytest.mark.parametrize(
    ("url", "what"),
    [
        (
            "postgresql://u:hunter2@127.0.0.1:1/postgres",
            "Cluster main: no server listens at 127.0.0.1:1",
        ),
        ("postgresql://hunter2:hunter2@127.0.0.1:1/x", "Cluster main: no server listens at"),
        (
            "postgresql://u:hunter2@nowhere.invalid/x?options=-c%20a%3Dhunter2",
            "Cluster main: the host name nowhere.invalid cannot be resolved",
        ),
        ("host=127.0.0.1 port=hunter2 password=hunter2", "Cluster main"),
        ("hunter2", "Cluster main: its URL cannot be used"),
    ],
)
def test_cluster_that_cannot_be_asked(run: Run, config: str, url: str, what: str) -> None:
    done = run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config)
    ((said, fix),) = wrong(done)
    assert said.startswith(what)
    assert fix
    assert "hunter2" not in done.out + done.err
