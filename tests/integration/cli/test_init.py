"""`dbaccess init` checks every answer, writes secrets for one process each, and replaces nothing."""

import shutil
import stat
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml  # type: ignore[import-untyped]  # it has no types of its own
from pydantic import SecretStr

from dbaccess.cli.init.ask import Asker
from dbaccess.cli.init.place import InitRefused, Place
from dbaccess.cli.init.servers import verifier_sql
from dbaccess.policy_file import load_policy
from sandbox.world import UserGroup, World
from tests.databases import ControlDatabase, TargetDatabase
from tests.forked import Ran
from tests.integration.cli.conftest import Run, command_line
from tests.integration.cli.terminal import Terminal
from tests.sandbox.running import APP_TOKEN, BOT_TOKEN, Running, running, world

SECRET_FILES = {
    "bot": {"slack-bot-token", "slack-app-token", "database-url", "redis-url"},
    "workers": {"slack-bot-token", "database-url", "redis-url", "cluster-main-url", "ledger-key"},
    "owner": {"migrate-url", "bot-password", "worker-password"},
}
FILES = {
    "SLACK_BOT_TOKEN": "bot/slack-bot-token",
    "SLACK_APP_TOKEN": "bot/slack-app-token",
    "REDIS_URL": "bot/redis-url",
    "DBACCESS_MIGRATE_URL": "owner/migrate-url",
    "DBACCESS_CLUSTER_MAIN_URL": "workers/cluster-main-url",
}


def workspace() -> World:
    made = world()
    for channel in made.channels:
        channel.members = [*{*channel.members, "U0BOT"}] if channel.id == "C0OPEN" else channel.members
    made.user_groups.append(UserGroup(id="S0EMPTY", handle="empty", users=[]))
    return made


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Its doctor and its migration run as processes of their own too."""
    return command_line("tests.integration.cli.init_in_forks:main", tmp_path)


@pytest.fixture(scope="module")
def slack() -> Iterator[Running]:
    with running(workspace=workspace()) as slack:
        yield slack


@dataclass(frozen=True, slots=True)
class Setting:
    """The servers that the answers name; the passwords of bot and workers are those that the server has."""

    control: ControlDatabase
    target: TargetDatabase
    secrets: Mapping[str, str]

    def options(self, **changed: str) -> list[str]:
        given = {
            "channel": "#open",
            "requesters": "@team, U0BOB",
            "reviewers": "@team",
            "host": f"{self.target.host}:{self.target.port}",
            "database": self.target.name,
            "role": self.target.read_role,
            "target": "orders-prod",
        } | changed
        return [word for key, value in given.items() for word in (f"--{key.replace('_', '-')}", value)]


@pytest.fixture
def setting(
    slack: Running, control_database: ControlDatabase, target_database: TargetDatabase, redis_url: str
) -> Setting:
    return Setting(
        control=control_database,
        target=target_database,
        secrets={
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.sandbox.api_url,
            "DBACCESS_MIGRATE_URL": control_database.owner_url,
            "DBACCESS_BOT_PASSWORD": urlsplit(control_database.bot_url).password or "",
            "DBACCESS_WORKER_PASSWORD": urlsplit(control_database.worker_url).password or "",
            "REDIS_URL": redis_url,
        },
    )


def files(place: Path) -> dict[str, str]:
    return {str(p.relative_to(place)): p.read_text(encoding="utf-8") for p in place.rglob("*") if p.is_file()}


def test_options_alone_set_everything_up_and_a_second_run_changes_nothing(
    run: Run, setting: Setting, tmp_path: Path
) -> None:
    place = tmp_path / "made"
    done = run("init", str(place), *setting.options(), "--yes", **setting.secrets)
    # The workers' login is not made yet, and doctor says so.
    assert done.code == 1, done
    script = place / "sql/cluster-main.sql"
    assert f"psql -v ON_ERROR_STOP=1 -f {script}\n" in done.out
    assert f"psql -v ON_ERROR_STOP=1 < {script}\n" in done.out
    assert "do $dbaccess" not in done.out
    assert len(done.out.splitlines()) < 80
    written = files(place)

    for process, names in SECRET_FILES.items():
        folder = place / process
        assert {path.name for path in folder.iterdir()} == names
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        private = [*folder.iterdir(), place / f"{process}.env"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    secrets = [text for name, text in written.items() if name.split("/")[0] in SECRET_FILES]
    public = [text for name, text in written.items() if name.split("/")[0] not in SECRET_FILES]
    for secret in secrets:
        password = urlsplit(secret).password or secret
        assert password not in done.out + done.err + "".join(public)

    policy = load_policy(place / "policy/dbaccess.toml")
    assert (policy.ops_channel, policy.groups["reviewers"]) == ("C0OPEN", ("S0TEAM",))
    assert policy.groups["requesters"] == ("S0TEAM", "U0BOB")
    assert policy.installation == "acme"
    lines = written["policy/dbaccess.toml"].splitlines()
    assert len([line for line in lines if line.strip() and not line.startswith("#")]) <= 27
    checked = run("policy", "check", str(place / "policy/dbaccess.toml"))
    assert checked.code == 0, checked
    assert "#open is C0OPEN\n" in checked.out

    again = run("init", str(place), "--yes", SLACK_API_URL=setting.secrets["SLACK_API_URL"])
    assert again.code == 1, again
    assert files(place) == written

    assert written[".gitignore"] == "*\n"
    assert f"The units cannot see {place}: " in done.out
    grown = written["workers.env"] + "\n# Elsewhere:\nDBACCESS_WITNESS_PATH=/mnt/witness/checkpoints\n"
    (place / "workers.env").write_text(grown)
    kept = run("init", str(place), "--yes", SLACK_API_URL=setting.secrets["SLACK_API_URL"])
    assert kept.code == 1, kept
    assert files(place) == written | {"workers.env": grown}
    (place / "workers.env").write_text(written["workers.env"])

    changed = run("init", str(place), *setting.options(env="dev"), "--yes", **setting.secrets)
    assert (changed.code, changed.out.count("Written")) == (2, 0)
    assert "policy/dbaccess.toml is there with other content" in changed.err
    assert files(place) == written
    _units_are_right(place)
    _edited_policy_stays(run, setting, place)


def _edited_policy_stays(run: Run, setting: Setting, place: Path) -> None:
    written = files(place)
    policy, script = place / "policy/dbaccess.toml", place / "sql/cluster-main.sql"

    def again(text: str) -> Ran:
        policy.write_text(text, encoding="utf-8")
        done = run(
            "init", str(place), "--yes", "--no-migrate", SLACK_API_URL=setting.secrets["SLACK_API_URL"]
        )
        assert policy.read_text("utf-8") == text
        return done

    edited = written["policy/dbaccess.toml"].replace('reviewers = ["@team"]', 'reviewers = ["U0BOB"]')
    kept = again(edited)
    assert (kept.code, kept.out.count("Doctor, with")) == (1, 1), kept
    assert "policy/dbaccess.toml has been edited, and stays so." in kept.out
    assert files(place) == written | {"policy/dbaccess.toml": edited}

    another = edited.replace(f'["{setting.target.read_role}"]', '["another_role"]')
    assert f"{script} is of an earlier policy. Move it away" in again(another).err
    script.unlink()
    again(another)
    assert "another_role" in script.read_text("utf-8")

    wrong = again(edited.replace('max = "4h"', 'max = "4"'))
    assert (wrong.code, wrong.out.count("Doctor, with")) == (2, 0)
    assert 'rules[1].max: "4" has no unit' in wrong.err
    renamed = again(edited.replace("clusters.main", "clusters.eu").replace('"main"', '"eu"'))
    assert (renamed.code, "has no cluster main" in renamed.err) == (2, True), renamed


def _units_are_right(place: Path) -> None:
    bot, workers = ((place / f"dbaccess-{one}.service").read_text("utf-8") for one in ("bot", "workers"))
    assert "cluster" not in bot
    assert "app-token" not in workers
    for unit, process in ((bot, "bot"), (workers, "workers")):
        loaded = {line.rpartition("/")[2] for line in unit.splitlines() if line.startswith("LoadCredential=")}
        assert loaded == SECRET_FILES[process]
        assert "/owner/" not in unit
    if verify := shutil.which("systemd-analyze"):
        units = [str(place / f"dbaccess-{one}.service") for one in ("bot", "workers")]
        done = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
        assert [line for line in done.stderr.splitlines() if str(place) in line] == []


def test_compose_file_gives_each_process_its_own_secrets(run: Run, setting: Setting, tmp_path: Path) -> None:
    place = tmp_path / "made"
    run("init", str(place), *setting.options(run="compose"), "--yes", "--no-migrate", **setting.secrets)
    found = yaml.safe_load((place / "compose.yaml").read_text("utf-8"))
    for process in ("bot", "workers"):
        service = found["services"][process]
        assert set(service["secrets"]) == {f"{process}-{name}" for name in SECRET_FILES[process]}
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        owner = int(service["user"].partition(":")[0])
        for name in service["secrets"]:
            assert Path(found["secrets"][name]["file"]).stat().st_uid == owner != 0
    assert not (place / "dbaccess-bot.service").exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack refuses the bot token: invalid_auth."),
        ({"SLACK_BOT_TOKEN": APP_TOKEN}, "holds an app-level token, which belongs in SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": BOT_TOKEN}, "holds a bot token, which belongs in SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "Slack refuses the app-level token: invalid_auth."),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "Redis does not answer"),
        (
            {"DBACCESS_MIGRATE_URL": "postgresql://dbaccess_owner:s3cret@127.0.0.1:1/x"},
            "The control database",
        ),
        ({"DBACCESS_CLUSTER_MAIN_URL": "postgresql://w:s3cret@127.0.0.1:1/x"}, "The cluster: "),
        ({"channel": "#opn"}, "Slack shows the app no channel #opn. Nearest: #open"),
        ({"channel": "#alone"}, "The bot is not in #alone. Type there: /invite @dbaccess"),
        ({"reviewers": "@teem"}, "Slack has no user group @teem. Nearest: @team"),
        ({"reviewers": "@empty"}, "@empty has no members. Add people to it in Slack"),
        ({"requesters": "@team, S0EMPTY"}, "@empty has no members. Add people to it in Slack"),
        ({"operators": "S0NONE"}, "S0NONE is no @group, no #channel, and no id."),
        ({"reviewers": "#x"}, "#x (C0SHARED) is shared with another workspace."),
        ({"host": "postgres://u:p@h"}, "Write the cluster as db.internal or db.internal:5432"),
        ({"server_version": "15"}, "needs PostgreSQL 16 or newer"),
        ({"installation": "Acme Corp"}, "up to 16 of a-z and 0-9"),
        ({"host": "127.0.0.1:1"}, "127.0.0.1:1 does not answer: Connection refused."),
        ({"host": "127.0.0.1:99999"}, "127.0.0.1:99999 does not answer: "),
        ({"target": "Orders"}, '"Orders" is not a name. Write up to 30 of a-z, 0-9 and -'),
        ({"target": "@engineers"}, '"@engineers" is not a name. Write up to 30 of a-z, 0-9 and -'),
        ({"target": "done"}, '"done" is a sub-command of /dbaccess'),
        ({"env": "Prod"}, '"Prod" is not a name. Write up to 30 of a-z, 0-9 and -'),
        ({"role": "pg_read_all_data"}, '"pg_read_all_data"'),
        ({"database": "x" * 64}, "is not a name in PostgreSQL"),
    ],
)
def test_wrong_answer_is_named_and_its_secret_is_not_kept(
    run: Run, setting: Setting, tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    secrets = {key: text for key, text in changed.items() if key.isupper()}
    options = {key: text for key, text in changed.items() if not key.isupper()}
    environment = {**setting.secrets, **secrets}
    done = run("init", str(tmp_path / "made"), *setting.options(**options), "--yes", "--no-migrate",
               **environment)  # fmt: skip
    assert done.code == 2, done
    assert says in done.err
    assert "s3cret" not in done.out + done.err
    assert not (tmp_path / "made" / "policy/dbaccess.toml").exists()
    assert not [name for name in secrets if (tmp_path / "made" / FILES[name]).exists()]


def test_superuser_as_owner_of_the_control_database_is_refused(
    run: Run, setting: Setting, tmp_path: Path
) -> None:
    url = setting.control.superuser_url
    done = run("init", str(tmp_path / "made"), *setting.options(), "--yes", "--no-migrate",
               **{**setting.secrets, "DBACCESS_MIGRATE_URL": url})  # fmt: skip
    assert done.code == 2, done
    assert f"{urlsplit(url).username} is a superuser" in done.err
    assert not (tmp_path / "made" / "owner/migrate-url").exists()


def test_missing_answer_is_named_with_its_option(run: Run, setting: Setting, tmp_path: Path) -> None:
    done = run("init", str(tmp_path / "made"), "--channel", "#open", "--yes", **setting.secrets)
    assert done.code == 2
    assert done.err.startswith("--requesters is not given")


def test_made_password_gets_the_workers_in(setting: Setting) -> None:
    login = f"w_{setting.target.name}"
    url = f"postgresql://{login}:p%40ss-{login}@{setting.target.host}:{setting.target.port}/{setting.target.name}"
    statement = verifier_sql(SecretStr(setting.control.owner_url), SecretStr(url))
    assert "p@ss" not in statement
    with psycopg.connect(setting.target.superuser_url, autocommit=True) as admin:
        admin.execute(f'create role "{login}" login')
        admin.execute(statement)
        (stored,) = admin.execute(
            "select rolpassword from pg_authid where rolname = %s", [login]
        ).fetchone() or ("",)
    assert stored.startswith("SCRAM-SHA-256$")
    with psycopg.connect(url) as got_in:
        assert got_in.info.user == login


def test_terminal_asks_hides_secrets_and_suggests(setting: Setting, slack: Running, tmp_path: Path) -> None:
    place = tmp_path / "made"
    secrets = {key: setting.secrets[key] for key in ("DBACCESS_BOT_PASSWORD", "DBACCESS_WORKER_PASSWORD")}
    talk = Terminal(
        ["init", str(place), "--no-migrate"], {"SLACK_API_URL": slack.sandbox.api_url, **secrets}, tmp_path
    )
    target = setting.target
    for prompt, typed in [
        ("Bot token", "xoxb-wrong"),
        ("invalid_auth.", None),
        ("Bot token", BOT_TOKEN),
        ("App-level token", APP_TOKEN),
        ("Short name", ""),
        ("Channel for requests", "#opn"),
        ("Nearest: #open", None),
        ("Channel for requests", "open"),
        ("Channel for alarms", ""),
        ("may ask", "@team"),
        ("who approve", "U0BOB"),
        ("lock down", ""),
        ("Cluster, as host", f"{target.host}:{target.port}"),
        ("TLS", ""),
        ("version", ""),
        ("Database that", target.name),
        ("PostgreSQL role", target.read_role),
        ("Environment", ""),
        ("Name of the target", "orders"),
        ("Run with", "none"),
        ("Control database", setting.secrets["DBACCESS_MIGRATE_URL"]),
        ("Redis or Valkey", setting.secrets["REDIS_URL"]),
    ]:
        talk.expect(prompt)
        if typed is not None:
            talk.type(typed)
    assert talk.end() == 1, talk.seen  # doctor: the workers' login is not made yet
    for secret in (BOT_TOKEN, APP_TOKEN, setting.secrets["DBACCESS_MIGRATE_URL"]):
        assert secret not in talk.seen
    assert load_policy(place / "policy/dbaccess.toml").target("orders").channel == "C0OPEN"
    assert BOT_TOKEN not in (place / "init.toml").read_text("utf-8")
    assert tomllib.loads((place / "init.toml").read_text("utf-8"))["channel"] == "#open"


def test_file_is_never_written_through_a_link(tmp_path: Path) -> None:
    place = Place(tmp_path / "made")
    place.write("bot/first", "x")
    (tmp_path / "elsewhere").write_text("", encoding="utf-8")
    (tmp_path / "made" / "bot" / "token").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InitRefused):
        place.write("bot/token", "xoxb-secret")
    assert not (tmp_path / "nowhere").exists()


def test_path_that_units_cannot_name_is_refused(tmp_path: Path) -> None:
    for name in ("with space", "per%cent", "new\nline", "co:lon"):
        with pytest.raises(InitRefused):
            Place(tmp_path / name)


def test_answers_of_an_earlier_run_are_used_again(tmp_path: Path) -> None:
    place = Place(tmp_path / "made")
    assert Asker(place, {"env": "dev"}, yes=True).answer("env", "Environment", default="prod") == "dev"
    assert Asker(place, {}, yes=True).answer("env", "Environment", default="prod") == "dev"
    assert Asker(place, {"env": "qa"}, yes=True).answer("env", "Environment") == "qa"
