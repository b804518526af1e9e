"""What an operator may meet is told where operators look, and nothing is told that is not there."""

import os
import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from bot import http_body, http_connection, http_metrics, http_signature, http_work
from dbaccess import settings
from dbaccess.cli.app import build
from dbaccess.domain import limits
from dbaccess.domain.ask import REASON_MAX, TICKET_MAX
from dbaccess.settings import BotSettings, WorkerSettings
from dbaccess.settings.environment import Settings
from dbaccess.slack.views import wording
from tests.architecture.test_repository import ROOT, committed_files

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
PAGES = [path for path in committed_files() if path.suffix == ".md"]


def sources(*folders: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def rows(page: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in page.splitlines()
        if line[:1] == "|"
    ]


def words(text: str) -> set[str]:
    """What stands between backquotes."""
    return set(re.findall(r"`([^`]+)`", text))


def test_every_variable_is_in_the_readme_and_every_one_in_the_readme_is_read() -> None:
    told = {word for first, *_ in rows(README) for word in words(first) if word.isupper() or "<" in word}
    classes = [found for found in vars(settings).values() if isinstance(found, type)]
    fields = {name.upper() for found in classes for name in getattr(found, "model_fields", {})}
    clusters = {"DBACCESS_CLUSTER_<NAME>_URL", "DBACCESS_CLUSTER_<NAME>_REPLICA_<REPLICA>_URL"}
    assert told == fields | clusters


def test_defaults_in_the_readme_are_those_of_the_code() -> None:
    fields = settings.WorkerSettings.model_fields
    said = {
        word: what
        for first, _, what in (row for row in rows(README) if len(row) == 3)
        for word in words(first)
    }
    for name in ("dbaccess_snapshot_max_age", "dbaccess_directory_every"):
        assert f"`{fields[name].default.seconds}` unless set" in said[name.upper()]
    assert f"`{fields['dbaccess_config'].default}` unless set" in said["DBACCESS_CONFIG"]


def test_every_metric_is_told_and_every_one_told_is_there() -> None:
    gauges = {f"dbaccess_{name}" for name in re.findall(r'_gauge\("(\w+)"', sources("workers"))}
    counted = re.findall(r"# TYPE (\w+) (\w+)", http_metrics.Metrics().text().decode())
    there = gauges | {"dbaccess_grants_open"} | {name for name, _ in counted if not name.endswith("_created")}
    table = OPERATING.partition("## Metrics")[2].partition("\n## ")[0]
    assert {word.partition("{")[0] for first, *_ in rows(table) for word in words(first)} - {
        "METRICS_PORT"
    } == there
    assert set(re.findall(r"dbaccess_[a-z]+_\w+", OPERATING)) <= there, "alarms are of metrics that are there"


def test_every_failure_has_its_row() -> None:
    codes = set(re.findall(r'code="(\w+)"', sources("dbaccess/targets", "dbaccess/operations")))
    codes |= set(re.findall(r'_refused\(.*"(\w+)"\)', sources("dbaccess/targets"))) | set(wording._FAILED)
    told = {word for first, *_ in rows(OPERATING.partition("## Failures")[2]) for word in words(first)}
    assert codes - told == {"bad_verifier", "personal", "no_thread", "not_rendered"}, "no grant shows these"


@pytest.mark.parametrize(("program", "kind"), [("workers", WorkerSettings), ("bot", BotSettings)])
def test_the_units_for_systemd_give_each_program_what_it_needs_and_nothing_that_it_refuses(
    program: str, kind: type[Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = [
        text for text in re.findall(r"```ini\n(.*?)```", OPERATING, re.DOTALL) if f"-m {program}\n" in text
    ]
    for name in os.environ:
        monkeypatch.delenv(name)
    for credential in re.findall(r"^LoadCredential=([a-z-]+):/etc/dbaccess/", unit, re.MULTILINE):
        address = {"redis-url": "redis://redis/0"}.get(credential, "postgresql://somebody@control/dbaccess")
        (tmp_path / credential).write_text(address)
    for name, value in re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE):
        monkeypatch.setenv(name, value.replace("%d", str(tmp_path)))
    given = kind.load()
    assert str(given.model_dump()["dbaccess_config"]) == "/etc/dbaccess/dbaccess.toml"
    if isinstance(given, WorkerSettings):
        assert given.cluster_urls(["main"])
    if isinstance(given, BotSettings):
        assert given.mode


def test_every_command_is_told_and_no_other() -> None:
    app = get_command(build())
    assert isinstance(app, typer.core.TyperGroup)
    there = set()
    for name, command in app.commands.items():
        verbs = command.commands if isinstance(command, typer.core.TyperGroup) else {"": command}
        there |= {f"{name} {verb}".strip() for verb in verbs}
    table = OPERATING.partition("## Commands")[2].partition("\n## ")[0]
    told = {
        " ".join(re.findall(r"[a-z-]+", re.split(r" [^a-z]", word)[0]))
        for first, *_ in rows(table)
        for word in words(first)
    }
    assert told - {"dbaccess"} == there


def test_limits_are_told_as_they_are() -> None:
    told = {first: rest[0] for first, *rest in rows(OPERATING.partition("## Limits")[2]) if rest}
    expected = {
        "requests that wait": f"{limits.OPEN_REQUESTS}",
        "requests in an hour": f"{limits.REQUESTS_AN_HOUR}",
        "passwords for one grant": f"{limits.PASSWORDS_A_MINUTE}",
        "refused lines": f"{limits.DRAFTS} an account",
        "reason; ticket": f"{REASON_MAX:,}; {TICKET_MAX}; ",
        "connections open": f"{http_connection.MOST_CONNECTIONS}, ",
        "until the head": f"{http_connection.ASK_WITHIN:.0f} s; {http_body.READ_WITHIN:.0f} s; "
        f"{http_connection.ANSWERED_WITHIN:.0f} s",
        "body": f"{http_body.LONGEST_BODY // 1024**2} MiB",
        "age of a signature": f"{http_signature.LONGEST_SECONDS // 60} min",
        "listeners at work": f"{http_work.THREADS}; {http_work.MOST_WAITING}, ",
    }
    for what, value in expected.items():
        (found,) = [said for name, said in told.items() if name.startswith(what)]
        assert found.startswith(value), what


def test_every_link_to_a_file_leads_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)", page.read_text(encoding="utf-8")):
            path, anchor = link
            target = (page.parent / path) if path else page
            assert target.exists(), f"{page.name}: {path}"
            if anchor:
                assert anchor[1:] in headings(target), f"{page.name}: {path}{anchor}"


def headings(page: Path) -> set[str]:
    """As GitHub spells them in links."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}
