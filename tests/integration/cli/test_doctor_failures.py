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
from tests.sandbox.running import running
from tests.unit.policy_file.example import EXAMPLE

UNSET = {"Control database", "Queue", "Slack"}
CONTROL = ("Control database does not answer", "Check DATABASE_URL, the server and the password.")


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


def test_wrong_password_of_the_control_database(
    run: Run, control_database: ControlDatabase, config: str
) -> None:
    url = with_password(control_database.worker_url, "hunter2")
    done = run("doctor", "--json", DATABASE_URL=url, DBACCESS_CONFIG=config)
    assert wrong(done) == [CONTROL]
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
    assert [what for what, _ in wrong(done)] == ["Queue does not answer"]
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
    assert wrong(done) == [("Slack says invalid_auth", "Check SLACK_BOT_TOKEN and the connection to Slack.")]
    assert "hunter2" not in done.out + done.err


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


def test_worker_that_is_a_superuser(run: Run, access: WorkerAccess, config: str) -> None:
    url = access.database.superuser_url
    name = urlsplit(url).username
    found = wrong(run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config))
    assert (
        f"Cluster main: {name} is superuser, more than it needs",
        f'alter role "{name}" nosuperuser;',
    ) in found
    assert all(fix for _, fix in found)


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
    assert what == "Cluster main: replica standby-a: main, replica standby-a has no URL here."
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
        ("postgresql://u:hunter2@127.0.0.1:1/postgres", "Cluster main: main does not answer, or refuses"),
        ("hunter2", "Cluster main"),
    ],
)
def test_cluster_that_cannot_be_asked(run: Run, config: str, url: str, what: str) -> None:
    done = run("doctor", "--json", DBACCESS_CLUSTER_MAIN_URL=url, DBACCESS_CONFIG=config)
    ((said, fix),) = wrong(done)
    assert said.startswith(what)
    assert fix
    assert "hunter2" not in done.out + done.err
