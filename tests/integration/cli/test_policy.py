"""Questions of an operator to the policy."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.policy_file import parse_policy
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active, break_glass
from tests.sandbox.running import BOT_TOKEN, running
from tests.unit.policy_file.example import EXAMPLE, changed

MAYA = SlackId("U0MAYA")
HOURS = 'hours = { tz = "Europe/Berlin", days = ["mon"], start = "08:00", end = "19:00" }'
CASE = """
[[tests]]
name = "an engineer reads production"
in = ["engineers"]
target = "orders-prod"
role = "read"
duration = "2h"
expect = "prod-read"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


@pytest.fixture
def maya_is_an_engineer(worker: Engine) -> None:
    now = datetime.now(UTC)
    maya = Person(
        slack_id=MAYA,
        team_id="T0",
        name="Maya Lindqvist",
        tz="UTC",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=now,
    )
    with SqlUnitOfWork(worker, None) as uow:
        empty = dict.fromkeys(parse_policy(EXAMPLE).membership.asked_of_slack, frozenset[SlackId]())
        listed = empty | {SourceId("S0ENGINEERS"): frozenset({MAYA})}
        uow.directory.replace_sources(listed, read_at=now)
        uow.directory.put_people([maya])
        uow.commit()


def test_allowed_request_is_explained_rule_by_rule(run: Run, config: Path) -> None:
    done = run("policy", "explain", "--as", "U0MAYA", "--in", "engineers", "orders-prod", "migrate", "1h",
               DBACCESS_CONFIG=str(config))  # fmt: skip
    assert done.code == 0
    assert "yes, by rule prod-ddl" in done.out
    assert "Approval: 1 from dba within 30 min. Longest: 1 h." in done.out
    assert "Requires a ticket that matches [A-Z]+-[0-9]+, a reason of 20 characters." in done.out
    assert [line.split() for line in done.out.splitlines()[-2:]] == [
        ["prod-read", "is", "for", "read"],
        ["prod-ddl", "decides"],
    ]


def test_refused_request_is_a_finding_with_its_reason(run: Run, config: Path) -> None:
    options = ("--as", "U0MAYA", "--file", str(config), "--json")
    refused = run("policy", "explain", *options, "orders-prod", "read", "1h")
    assert (refused.code, refused.json["allowed"], refused.json["rule"]) == (1, False, None)
    assert refused.json["considered"][0] == {"rule": "prod-read", "why_not": "is for members of engineers"}
    guest = run("policy", "explain", *options, "--in", "engineers", "--guest", "orders-prod", "read", "1h")
    assert (guest.code, guest.json["considered"][0]["why_not"]) == (1, "is not for guests")
    long = run("policy", "explain", *options, "--in", "engineers", "orders-prod", "read", "5h")
    assert (long.code, long.json["rule"]) == (1, "prod-read")
    assert long.json["refusal"] == "5 h is over the maximum of 4 h (rule prod-read)."


@pytest.mark.parametrize(("at", "code"), [("2026-03-02T08:00+01:00", 0), ("2026-03-02T18:00Z", 1)])
def test_the_moment_decides_too(run: Run, config: Path, at: str, code: int) -> None:
    config.write_text(changed('max = "4h"', f'max = "4h"\n{HOURS}'), encoding="utf-8")
    done = run("policy", "explain", "--as", "U0MAYA", "--in", "engineers", "--at", at, "--file", str(config),
               "orders-prod", "read", "1h")  # fmt: skip
    assert done.code == code
    assert ("is for Mon 08:00\N{EN DASH}19:00 Berlin" in done.out) is (code == 1)


@pytest.mark.usefixtures("maya_is_an_engineer")
def test_with_the_control_database_groups_are_those_that_slack_has(
    run: Run, config: Path, control_database: ControlDatabase
) -> None:
    def asked(slack_id: str, *more: str) -> tuple[int, str]:
        done = run("policy", "explain", "--as", slack_id, "orders-prod", "read", "1h", *more,
                   DBACCESS_CONFIG=str(config), DATABASE_URL=control_database.bot_url)  # fmt: skip
        return done.code, done.out + done.err

    code, said = asked("U0MAYA")
    assert (code, said.splitlines()[0]) == (0, "Maya Lindqvist (U0MAYA), in engineers (as read from Slack).")
    assert asked("U0MAYA", "--in", "dba")[0] == 1
    assert asked("U0MAYA", "--guest")[0] == 1
    assert asked("U0EVE") == (
        2,
        "U0EVE is unknown: in no group, or not read from Slack yet. Try --in GROUP.\n",
    )


@pytest.mark.usefixtures("maya_is_an_engineer")
def test_reading_that_is_too_old_is_reported_because_requests_fail(
    run: Run, config: Path, control_database: ControlDatabase, worker: Engine
) -> None:
    asked = ("policy", "explain", "--as", "U0MAYA", "orders-prod", "read", "1h")
    known = {"DBACCESS_CONFIG": str(config), "DATABASE_URL": control_database.bot_url}
    assert run(*asked, "--json", **known).json["refused_as_unread"] is None
    for table, said in (
        ("directory_people", "Maya Lindqvist (U0MAYA) could not be read from Slack lately."),
        ("directory_sources", "The policy has groups that the workers have not read from Slack:"),
        ("directory_reads", "People and groups could not be read from Slack lately."),
    ):
        with worker.begin() as connection:
            connection.exec_driver_sql(f"update {table} set read_at = read_at - interval '31 min'")
        done = run(*asked, **known)
        assert f"A request would be refused now, whatever the rules say: {said}" in done.out
        assert "yes, by rule prod-read" in done.out
        assert run(*asked, "--json", **known).json["refused_as_unread"].startswith(said)
    longer = run(*asked, "--json", DBACCESS_SNAPSHOT_MAX_AGE="3600", **known).json
    assert longer["refused_as_unread"].startswith("Maya Lindqvist (U0MAYA) could not be read")
    assert "refused now" not in run(*asked, "--in", "engineers", **known).out


@pytest.mark.usefixtures("maya_is_an_engineer")
def test_groups_of_another_account_are_seen_where_they_keep_out(
    run: Run, config: Path, control_database: ControlDatabase, worker: Engine
) -> None:
    two = changed('["U0ALICE", "W0ALICE"]', '["U0MAYA", "W0MAYA"]')
    config.write_text(two.replace('max = "4h"', 'max = "4h"\nrequester_not = ["dba"]', 1), encoding="utf-8")
    with SqlUnitOfWork(worker, None) as uow:
        listed = {
            SourceId("S0ENGINEERS"): frozenset({MAYA}),
            SourceId("S0DBA"): frozenset({SlackId("W0MAYA")}),
        }
        uow.directory.replace_sources(listed, read_at=uow.now)
        uow.commit()
    asked = ("policy", "explain", "--as", "U0MAYA", "orders-prod", "read", "1h")
    known = {"DBACCESS_CONFIG": str(config), "DATABASE_URL": control_database.bot_url}
    done = run(*asked, **known)
    assert done.code == 1
    assert "Also in dba where that keeps out: another account is" in done.out
    found = run(*asked, "--json", **known).json
    assert (found["groups"], found["groups_that_only_keep_out"]) == (["engineers"], ["dba"])
    assert found["considered"][0]["why_not"] == "is not for members of dba"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--in", "engineer", "orders-prod", "read", "1h"),
        ("orders-prd", "read", "1h"),
        ("orders-prod", "reed", "1h"),
        ("orders-prod", "read", "90"),
        ("--at", "2026-03-02", "orders-prod", "read", "1h"),
        ("--as", "u0maya", "orders-prod", "read", "1h"),
        ("--as", "@maya", "orders-prod", "read", "1h"),
        ("orders-prod", "read"),
    ],
)
def test_a_question_about_nothing_is_wrong_use(run: Run, config: Path, arguments: tuple[str, ...]) -> None:
    assert run("policy", "explain", "--as", "U0MAYA", "--file", str(config), *arguments).code == 2


@pytest.mark.parametrize(
    ("name", "says"),
    [("alice", "Write U0ALICE or W0ALICE"), ("maya", "Write U0MAYA, say"), ("U0maya", "is not a Slack id")],
)
def test_a_name_in_the_place_of_a_slack_id_is_told_what_to_write(
    run: Run, config: Path, name: str, says: str
) -> None:
    done = run("policy", "explain", "--as", name, "--file", str(config), "orders-prod", "read", "1h")
    assert (done.code, says in done.err) == (2, True), done.err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("policy",), ("Show every mistake in the file", "Run the tests in the file")),
        (("policy", "check"), ("SLACK_BOT_TOKEN", "Example: dbaccess policy check dbaccess.toml")),
        (("policy", "test"), ("FILE.tests.toml beside it", "Example: dbaccess policy test dbaccess.toml")),
        (
            ("policy", "explain"),
            ("Slack id, U…", "A target of the file", "Example: dbaccess policy"),
        ),
    ],
)
def test_help_says_what_it_is_for_with_an_example(
    run: Run, command: tuple[str, ...], says: tuple[str, ...]
) -> None:
    shown = run(*command, "--help").out
    assert [part for part in says if part not in shown] == []


def test_json_stays_json_where_the_file_is_wrong_or_has_no_tests(run: Run, config: Path) -> None:
    none = run("policy", "test", str(config), "--json")
    assert (none.code, len(none.json["problems"]), none.json["tests"]) == (1, 1, [])
    config.write_text(EXAMPLE + CASE.replace("prod-read", "prod-reed"), encoding="utf-8")
    wrong = run("policy", "test", str(config), "--json")
    assert (wrong.code, len(wrong.json["problems"])) == (1, 1)


def test_tests_of_a_policy_pass_or_are_a_finding(run: Run, config: Path) -> None:
    config.write_text(EXAMPLE + CASE, encoding="utf-8")
    done = run("policy", "test", str(config))
    assert (done.code, done.out.splitlines()) == (
        0,
        ["ok     an engineer reads production", "1 test, 0 failed."],
    )
    config.write_text(EXAMPLE + CASE.replace('"2h"', '"5h"'), encoding="utf-8")
    done = run("policy", "test", DBACCESS_CONFIG=str(config))
    assert done.code == 1
    line = EXAMPLE.count("\n") + 2
    assert f"{config}:{line}: expected prod-read, got no: 5 h is over the maximum of 4 h" in done.out
    assert run("policy", "test", str(config), "--json").json["tests"][0]["ok"] is False


def test_a_policy_without_tests_or_with_a_mistake_is_a_finding(run: Run, config: Path) -> None:
    assert "There are no tests in" in run("policy", "test", str(config)).out
    config.write_text(EXAMPLE + CASE.replace("prod-read", "prod-reed"), encoding="utf-8")
    done = run("policy", "test", str(config))
    assert (done.code, 'no rule "prod-reed". Nearest: prod-read' in done.out) == (1, True)


@pytest.mark.parametrize(
    ("dba", "warnings"),
    [
        ('"S0TEAM"', []),
        ('"S0NONE"', ["S0NONE of dba is not in Slack: deleted, disabled, or hidden from the app.",
                      "In Slack no member of dba may review."]),
        ('"U0GUEST", "U0GONE", "C0SHARED"', ["In Slack no member of dba may review."]),
        ('"S0TEAM", "C0OPEN"', []),
    ],
)  # fmt: skip
def test_slack_is_asked_who_may_review(run: Run, config: Path, dba: str, warnings: list[str]) -> None:
    config.write_text(_posting(changed('"S0DBA"', dba)), encoding="utf-8")
    with running() as slack:
        found = run("policy", "check", str(config), "--json",
                    SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url).json  # fmt: skip
    assert found["warnings"] == warnings
    assert found["unchecked"][0] == "grants and reviews that are open now: DATABASE_URL is not set"


def _posting(text: str) -> str:
    """The policy with a channel in which the app may post."""
    return text.replace("C0OPS", "C0OPEN").replace("C0APPROVALS", "C0OPEN")


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        ("C0ALONE", "the app is not in it, and posts nothing there. Invite it there: /invite @dbaccess"),
        ("C0OLD", "is archived: no message can be posted. Unarchive it, or name another channel"),
        ("C0SHARED", "is shared with another workspace: nothing is posted there. Name a channel"),
        ("C0NONE", "Slack shows the app no such channel. Correct the id"),
    ],
)
def test_channel_without_the_app_is_a_warning(run: Run, config: Path, channel: str, says: str) -> None:
    with running() as slack:
        for named, by in (("C0APPROVALS", "orders-prod"), ("C0OPS", "operators")):
            text = changed('"S0DBA"', '"S0TEAM"').replace(f'"{named}"', f'"{channel}"')
            config.write_text(_posting(text), encoding="utf-8")
            found = run("policy", "check", str(config), "--json",
                        SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url).json  # fmt: skip
            (warning,) = found["warnings"]
            assert f"Channel {channel} ({by})" in warning
            assert says in warning


def test_too_few_people_in_slack_are_counted_as_people(run: Run, config: Path) -> None:
    text = changed('"S0DBA"', '"S0TEAM", "U0BOB", "U0GUEST"').replace("count = 1", "count = 3")
    config.write_text(_posting(text), encoding="utf-8")
    with running() as slack:
        found = run("policy", "check", str(config), "--json",
                    SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url).json  # fmt: skip
    assert found["warnings"] == [
        f"Rule {rule} is never met: dba has 2 people, it takes 3." for rule in ("prod-read", "prod-ddl")
    ]


def test_check_names_the_parts_that_it_could_not_examine(run: Run, config: Path) -> None:
    with running() as slack:
        done = run("policy", "check", str(config),
                   SLACK_BOT_TOKEN="xoxb-wrong", SLACK_API_URL=slack.sandbox.api_url)  # fmt: skip
    assert done.code == 0
    assert (
        "not checked: the channels, and who is in the reviewers' groups: Slack says invalid_auth" in done.out
    )
    assert "not checked: grants and reviews that are open now: DATABASE_URL is not set" in done.out


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("orders-prod", "orders-live", "no target orders-prod: it would end at once."),
        ("roles.read", "roles.reed", "no role read there: it would end at once."),
        ("main", "second", "no cluster main: it could not end. Keep the cluster until then."),
    ],
)
def test_an_open_grant_that_the_file_forgot_is_named(
    run: Run, config: Path, bot: Engine, worker: Engine, control_database: ControlDatabase,
    old: str, new: str, says: str,
) -> None:  # fmt: skip
    held = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    check = ("policy", "check", str(config), "--json")
    assert run(*check, DATABASE_URL=control_database.worker_url).json["warnings"] == []
    config.write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    (warning,) = run(*check, DATABASE_URL=control_database.worker_url).json["warnings"]
    assert warning == f"{held.label} (maya, read on orders-prod) is open, and the file has {says}"


@pytest.mark.parametrize(
    ("dba", "says"),
    [
        ('dba = ["S0DBA"]', None),
        ('dbas = ["S0DBA"]', "the file has no group dba: no one could close it. Keep it until then."),
        ('dba = ["U0MAYA", "W0MAYA"]', "dba has no other member: no one could close it."),
    ],
)
def test_review_that_no_person_of_the_file_could_close_is_named(
    run: Run, config: Path, bot: Engine, control_database: ControlDatabase, dba: str, says: str | None
) -> None:
    review = break_glass(bot)
    people = changed("[people]", '[people]\nmaya = { slack = ["U0MAYA", "W0MAYA"] }')
    group = dba.partition(" ")[0]
    text = people.replace('dba = ["S0DBA"]', dba).replace('group = "dba"', f'group = "{group}"')
    config.write_text(text, encoding="utf-8")
    found = run("policy", "check", str(config), "--json", DATABASE_URL=control_database.worker_url).json
    named = [warning for warning in found["warnings"] if review.label in warning]
    what = f"{review.label}, the review of a break-glass (maya, orders-prod), is open, and"
    assert named == ([f"{what} {says}"] if says else [])


def test_group_that_owes_a_review_is_looked_up_in_slack(
    run: Run, config: Path, bot: Engine, control_database: ControlDatabase
) -> None:
    """No rule names it now."""
    break_glass(bot)
    text = changed('dba = ["S0DBA"]', 'reviewers = ["S0TEAM"]\ndba = ["S0NONE"]')
    config.write_text(text.replace('group = "dba"', 'group = "reviewers"'), encoding="utf-8")
    with running() as slack:
        found = run("policy", "check", str(config), "--json", DATABASE_URL=control_database.worker_url,
                    SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url).json  # fmt: skip
    assert "In Slack no member of dba may review." in found["warnings"]


def test_renamed_person_is_still_the_same_person(
    run: Run, config: Path, bot: Engine, control_database: ControlDatabase
) -> None:
    review = break_glass(bot)
    people = changed(
        "[people]", f'[people]\nlindqvist = {{ slack = ["{review.request.requester_slack_id}"] }}'
    )
    mine = people.replace('dba = ["S0DBA"]', f'dba = ["{review.request.requester_slack_id}"]')
    config.write_text(mine, encoding="utf-8")
    found = run("policy", "check", str(config), "--json", DATABASE_URL=control_database.worker_url).json
    assert any("dba has no other member: no one could close it." in warning for warning in found["warnings"])
