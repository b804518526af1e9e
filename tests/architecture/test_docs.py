"""The documentation says what is in the code, and nothing that is not there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import listener_pool
from bot.http import endpoint, server
from bot.listeners.commands import usage_hint
from bot.subcommand import COMMAND
from dbaccess.audit.report.sections import SECTIONS
from dbaccess.domain import limits
from dbaccess.domain.access_review_campaign import MOST_ITEMS
from dbaccess.domain.ask import REASON_MAX, TICKET_MAX
from dbaccess.domain.standing_access import FRESH
from dbaccess.operations.clusters.standing_access import BATCH, BATCHES, MOST_ROLES
from dbaccess.policy_file import parse_policy
from dbaccess.settings import BotSettings, WorkerSettings
from dbaccess.settings.environment import Settings
from tests.architecture.failure_codes import failure_codes
from tests.architecture.test_repository import ROOT, committed_files

DOCS = ROOT / "docs"
PAGES = [path for path in committed_files() if path.suffix == ".md"]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sources(*folders: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in text.splitlines()
        if line[:1] == "|"
    ]


def words(text: str) -> set[str]:
    """Return the words between backquotes."""
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize("script", [["generate.py", "--check"], ["prose.py"]], ids=["generated", "prose"])
def test_generated_parts_are_current_and_prose_is_plain(script: list[str]) -> None:
    name, *options = script
    done = subprocess.run(
        [sys.executable, DOCS / name, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_on_metrics_that_exist() -> None:
    reference, _, alerts = page("reference/metrics.md").partition("## When to alert")
    there = set(re.findall(r"dbaccess_[a-z]+_\w+", reference))
    assert set(re.findall(r"dbaccess_[a-z]+_\w+", alerts + page("reference/alarms.md"))) <= there


NO_GRANTS = {"personal", "sessions_hidden", "path_changed", "superuser", "beyond_rights", "dependent"}
"""Codes of looks at sessions, and of removals of standing access, which have a page of their own."""


def test_every_failure_code_has_its_row() -> None:
    told = {word for first, *_ in rows(page("reference/failures.md")) for word in words(first)}
    assert failure_codes() - told == NO_GRANTS, "no grant shows these"


_SECRETS = {
    "redis-url": "redis://redis/0",
    "slack-bot-token": "xoxb-1",
    "slack-app-token": "xapp-1",
    "ledger-key": f"ed25519-private:{'A' * 43}=",
}
"""By the name of the credential; every other one is the URL of a database."""


@pytest.mark.parametrize(("program", "kind"), [("workers", WorkerSettings), ("bot", BotSettings)])
def test_the_units_for_systemd_give_each_program_what_it_needs_and_nothing_that_it_refuses(
    program: str, kind: type[Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = [
        text
        for text in re.findall(r"```ini\n(.*?)```", page("how-to/run-under-systemd.md"), re.DOTALL)
        if f"-m {program}\n" in text
    ]
    for name in os.environ:
        monkeypatch.delenv(name)
    for credential in re.findall(r"^LoadCredential=([a-z-]+):/etc/dbaccess/", unit, re.MULTILINE):
        (tmp_path / credential).write_text(_SECRETS.get(credential, "postgresql://somebody@control/dbaccess"))
    for name, value in re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE):
        monkeypatch.setenv(name, value.replace("%d", str(tmp_path)))
    given = kind.load()
    assert str(given.model_dump()["dbaccess_config"]) == "/etc/dbaccess/dbaccess.toml"
    if isinstance(given, WorkerSettings):
        assert given.cluster_urls(["main"])
    if isinstance(given, BotSettings):
        assert given.mode


def test_manifest_hints_at_every_subcommand() -> None:
    manifest = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    assert f"    - command: {COMMAND}\n" in manifest
    assert f"      usage_hint: {usage_hint()}\n" in manifest


def test_limits_are_told_as_they_are() -> None:
    told = {first: rest[0] for first, *rest in rows(page("reference/limits.md")) if rest}
    expected = {
        "requests that wait": f"{limits.OPEN_REQUESTS}",
        "requests in an hour": f"{limits.REQUESTS_AN_HOUR}",
        "refused clicks": f"{limits.REFUSALS_AN_HOUR} an account, {limits.ALL_REFUSALS_AN_HOUR} in all",
        "passwords for one grant": f"{limits.PASSWORDS_A_MINUTE}",
        "refused lines": f"{limits.DRAFTS} an account",
        "reason; ticket": f"{REASON_MAX:,}; {TICKET_MAX}; ",
        "connections open": f"{server.MOST_CONNECTIONS}, ",
        "until a body": f"{endpoint.READ_WITHIN:.0f} s",
        "a connection that is kept": f"{server.KEEP_ALIVE} s",
        "body": f"{endpoint.LONGEST_BODY // 1024**2} MiB",
        "standing roles of a cluster": f"{MOST_ROLES:,}; ",
        "changes of standing access": f"{BATCH * BATCHES}; ",
        "a reading of standing": f"counts for {FRESH.total_seconds() / 60:.0f} min, ",
        "items of an access review": f"{MOST_ITEMS:,}",
        "listeners at work": f"{listener_pool.THREADS}; {listener_pool.MOST_WAITING}, ",
    }
    for what, value in expected.items():
        (found,) = [said for name, said in told.items() if name.startswith(what)]
        assert found.startswith(value), what


def test_a_policy_in_the_tutorial_is_valid() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", page("tutorial/your-workspace.md"), re.DOTALL)
    assert parse_policy(re.sub(r"^   ", "", block, flags=re.MULTILINE)).targets


def test_every_name_in_the_glossary_is_defined_in_the_code() -> None:
    modules = {path.stem for path in committed_files() if path.suffix in {".py", ".sql"}}
    defined = set(
        re.findall(r"(?:class|def) (\w+)|^    (\w+): ", sources("bot", "dbaccess", "workers"), re.MULTILINE)
    )
    there = modules | {name for names in defined for name in names}
    for row in rows(page("glossary.md")):
        for named in words(row[0]):
            assert named.rpartition(".")[2] in there, f"docs/glossary.md: the code does not define {named}"


def test_evidence_names_columns_of_the_report_and_promises_nothing() -> None:
    lists = {section.name for section in SECTIONS}
    columns = {one.name for section in SECTIONS for one in section.columns}
    of_head = {"head", "checkpoint", "whole", "unknown", "write", "ddl"}
    found = rows(page("evidence.md"))
    for row in found:
        named = words(" ".join(row))
        assert named <= columns | lists | of_head, named - columns - lists - of_head
    frameworks = [row for row in found if row[-1] not in {"status", "---"}]
    assert len(frameworks) > 15
    assert {row[-1] for row in frameworks} == {"to be confirmed by your auditor"}


def test_data_for_audits_names_every_list_of_the_report() -> None:
    told = {word for first, *_ in rows(page("reference/audit-data.md")) for word in words(first)}
    assert {section.name for section in SECTIONS} <= told


def test_every_path_in_the_documentation_exists() -> None:
    folders = "bench|bot|dbaccess|demo|docs|sandbox|tests|workers"
    for path in PAGES:
        for named in words(path.read_text(encoding="utf-8")):
            if re.fullmatch(rf"({folders})/[\w./-]*", named):
                assert (ROOT / named).exists(), f"{path.relative_to(ROOT)}: {named}"


def test_every_link_to_a_file_leads_somewhere() -> None:
    for path in PAGES:
        for link in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)", path.read_text(encoding="utf-8")):
            name, anchor = link
            target = (path.parent / name) if name else path
            assert target.exists(), f"{path.name}: {name}"
            if anchor:
                assert anchor[1:] in headings(target), f"{path.name}: {name}{anchor}"


def headings(path: Path) -> set[str]:
    """As GitHub spells them in links."""
    found = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}
