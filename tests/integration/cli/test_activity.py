"""Statements from the command line: pages, searches, exports and the end of retention, each in the ledger."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.coverage import Canary, CaptureLevel, Coverage, GrantCoverage, LogPosition
from dbaccess.domain.grant import Grant
from dbaccess.domain.policy_content import hash_of
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.activity.summarize import count as counted
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.policy_file import parse_policy
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.forked import Ran
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active, terms
from tests.unit.policy_file.example import changed
from tests.unit.slack.activities import statement

RETENTION = changed('env = "prod"', 'env = "prod"\nretention = "30d"')


@pytest.fixture
def cli(run: Run, control_database: ControlDatabase, tmp_path: Path) -> Run:
    """The command line in the workers' environment."""
    config = tmp_path / "dbaccess.toml"
    config.write_text(RETENTION, encoding="utf-8")
    given = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": str(config)}
    return lambda *arguments, **more: run(*arguments, **(given | more))


@pytest.fixture
def ran(bot: Engine, worker: Engine) -> tuple[Grant, Grant]:
    """Maya ran 25 statements, Sam one that failed; both on orders-prod."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    maya, sam = (active(bot, worker, expires_at=soon, asked=terms(who)) for who in ("maya", "sam"))
    with SqlUnitOfWork(worker, None) as uow:
        uow.activity.add([_one(maya, number, f"select {number} from shop.orders") for number in range(25)])
        failed = {"sqlstate": "42501", "error": "permission denied", "kind": StatementKind.WRITE}
        uow.activity.add([_one(sam, 1, "=cmd() delete from shop.refunds", **failed)])
        for grant in (maya, sam):
            coverage = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
            uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=coverage))
            uow.activity.keep(counted(uow, parse_policy(RETENTION), grant, is_final=True))
        uow.commit()
    return maya, sam


def _one(grant: Grant, number: int, text: str, **changes: Any) -> Statement:
    assert grant.recipe is not None
    return statement(
        text,
        grant_id=grant.id,
        cluster=grant.cluster,
        session_id=f"s{grant.id}",
        line_num=number,
        at=datetime.now(UTC) - timedelta(minutes=30) + timedelta(seconds=number),
        login=grant.recipe.login,
        reads=("shop.orders",),
        **changes,
    )


def next_page(page: Ran) -> list[str]:
    """The options of the next page, which stand behind the progress where a page takes long."""
    last = page.err.splitlines()[-1:]
    return [word for line in last for word in line.removeprefix("There may be more: ").split()]


def _looks(cli: Run) -> list[dict[str, object]]:
    return [entry["data"] for entry in cli("ledger", "tail", "--kind", "activity.viewed", "--json").json]


def test_a_grants_statements_come_in_pages_and_each_page_is_recorded(
    cli: Run, ran: tuple[Grant, Grant]
) -> None:
    maya, _ = ran
    shown: list[str] = []
    after: list[str] = []
    for expected in (10, 10, 5):
        page = cli("activity", "show", maya.label, "--limit", "10", "--json", *after)
        assert (page.code, len(page.json["statements"])) == (0, expected)
        shown += [one["text"] for one in page.json["statements"]]
        after = next_page(page)
    assert shown == [f"select {number} from shop.orders" for number in range(25)]
    assert page.json["coverage"] == "full"
    assert page.json["summary"]["statements"] == 25
    assert [look["statements"] for look in _looks(cli)] == [10, 10, 5]


def test_a_search_finds_by_text_person_role_table_kind_and_error(cli: Run, ran: tuple[Grant, Grant]) -> None:
    maya, sam = ran

    def found(*options: str) -> set[str]:
        return {one["grant"] for one in cli("activity", "search", "--json", *options).json}

    assert found() == {maya.label, sam.label}
    of_grant = [
        len(cli("activity", "show", maya.label, "--json", *options).json["statements"])
        for options in (["--text", "select 7"], ["--kind", "write"], ["--to", "1d"], ["--from", "1h"])
    ]
    assert of_grant == [1, 0, 0, 25]
    assert found("refunds") == found("--errors") == found("--kind", "write") == {sam.label}
    assert found("--person", "maya") == {maya.label}
    assert found("--table", "orders") == found("--role", "read") == {maya.label, sam.label}
    assert found("--table", "ORDERS") == found("--table", '"orders"') == {maya.label, sam.label}
    assert found("--role", "write") == found("--target", "other") == found("--to", "2h") == set()
    words = [look for look in _looks(cli) if look["has_words"]]
    assert len(words) == 2
    assert "refunds" not in str(words)


def test_the_newest_page_of_a_search_leads_to_the_one_before(cli: Run, ran: tuple[Grant, Grant]) -> None:
    first = cli("activity", "search", "select", "--limit", "20", "--json")
    second = cli("activity", "search", "select", "--json", *next_page(first))
    numbers = [one["line_num"] for one in (*first.json, *second.json)]
    assert numbers == list(range(24, -1, -1))
    bad = cli("activity", "search", "--after", "yesterday")
    assert (bad.code, "is not the end of a page before" in bad.err) == (2, True)


def test_csv_has_every_field_and_no_formula(cli: Run, ran: tuple[Grant, Grant]) -> None:
    _, sam = ran
    (row,) = csv.DictReader(io.StringIO(cli("activity", "show", sam.label, "--csv").out))
    assert row["text"] == "'=cmd() delete from shop.refunds"
    assert (row["grant"], row["sqlstate"], row["kind"]) == (sam.label, "42501", "write")


def test_a_grant_says_how_far_its_statements_are_known_and_when_the_last_one_ran(
    cli: Run, ran: tuple[Grant, Grant], control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    shown = cli("grants", "show", ran[0].label, "--json", DATABASE_URL=control_database.auditor_url).json
    assert (shown["coverage"], shown["coverage_why"], shown["statements"]) == ("full", None, 25)
    assert (shown["minutes_used"], shown["minutes_granted"], shown["gaps"]) == (1, 60, [])
    assert (shown["sessions"], shown["clients"]) == (None, ["10.0.0.7"])
    said = cli("grants", "show", ran[0].label).out
    assert "sessions not known, 1 of 60 min used" in said
    assert datetime.fromisoformat(shown["last_statement_at"]) < datetime.now(UTC)
    soon = datetime.now(UTC) + timedelta(hours=1)
    other = active(bot, worker, expires_at=soon, asked=terms("tom"))
    unknown = cli("grants", "show", other.label, "--json").json
    assert (unknown["coverage"], unknown["statements"], unknown["last_statement_at"]) == ("none", None, None)
    assert unknown["coverage_why"]


def test_people_read_the_coverage_and_what_does_not_fit_before_the_statements(
    cli: Run, ran: tuple[Grant, Grant]
) -> None:
    lines = cli("activity", "show", ran[1].label).out.splitlines()
    assert lines[0].startswith("Captured: full, checked ")
    assert "Does not fit the role: wrote 1, 1 refused" in lines


def test_name_that_no_record_and_no_policy_has_is_said_with_those_that_resemble_it(
    cli: Run, ran: tuple[Grant, Grant], worker: Engine
) -> None:
    policy = parse_policy(RETENTION)
    process = Process(name="activity", host="one", pid=1)
    report_policy(lambda: SqlUnitOfWork(worker, None), policy=policy, process=process)
    cases = {
        ("activity", "search", "--target", "orders-prd"): 'No target "orders-prd". Nearest: orders-prod',
        ("audit", "search", "--target", "order-prod"): 'No target "order-prod". Nearest: orders-prod',
        ("audit", "search", "--role", "reed"): 'No role "reed". Nearest: read',
        ("activity", "search", "--role", "reed", "--json"): 'No role "reed". Nearest: read',
        ("grants", "list", "--target", "orders_prod"): 'No target "orders_prod". Nearest: orders-prod',
        ("requests", "list", "--rule", "prod-reed"): 'No rule "prod-reed". Nearest: prod-read',
        ("break-glass", "list", "--target", "orders-prd"): 'No target "orders-prd". Nearest: orders-prod',
    }
    for command, says in cases.items():
        done = cli(*command)
        assert (done.code != 0, done.out, says in done.err) == (True, "", True), (command, done)
    assert cli("activity", "search", "--target", "orders-prod", "--json").json


def test_purge_keeps_what_is_younger_than_the_retention(cli: Run, ran: tuple[Grant, Grant]) -> None:
    assert cli("activity", "purge").out == "Deleted 0 statements of 0 grants.\n"
    assert len(cli("activity", "show", ran[0].label, "--json").json["statements"]) == 25


def test_an_auditors_login_suffices_and_each_look_is_recorded(
    cli: Run, ran: tuple[Grant, Grant], control_database: ControlDatabase
) -> None:
    for command in (("show", ran[0].label), ("search",)):
        done = cli("activity", *command, "--json", DATABASE_URL=control_database.auditor_url)
        assert (done.code, "select 3 from shop.orders" in done.out) == (0, True), done.err
    assert [look["statements"] for look in _looks(cli)] == [25, 26]


def test_a_login_that_cannot_record_a_look_sees_no_statement(
    cli: Run, ran: tuple[Grant, Grant], control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("revoke insert on ledger from dbaccess_auditor")
    for command in (("show", ran[0].label), ("search",)):
        done = cli("activity", *command, DATABASE_URL=control_database.auditor_url)
        assert (done.code, done.out) == (2, "")
        assert "This login may not do that." in done.err  # behind the progress, where it takes long


def test_an_auditor_without_a_policy_file_reads_that_a_grant_ran_nothing_yet(
    run: Run, control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    policy = parse_policy(RETENTION)
    captured = replace(policy.clusters["main"], capture=Capture(source=CaptureSource.JSONLOG, over="sql"))
    policy = replace(policy, clusters={**policy.clusters, "main": captured})
    policy = replace(policy, hash=hash_of(policy))
    process = Process(name="activity", host="one", pid=1)
    report_policy(lambda: SqlUnitOfWork(worker, None), policy=policy, process=process)
    grant = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1), asked=terms("maya"))
    with SqlUnitOfWork(worker, None) as uow:
        full = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=full))
        sent = Canary(
            target=grant.target,
            cluster=grant.cluster,
            login="jit_c",
            marker="m",
            sent_at=uow.now,
            found=CaptureLevel.FULL,
            coverage=full,
        )
        uow.canaries.put(sent)
        uow.log_positions.save(
            LogPosition(cluster=grant.cluster, file="a", fingerprint="", offset=0, caught_up_at=uow.now)
        )
        uow.commit()
    auditor = {"DATABASE_URL": control_database.auditor_url}
    assert "No statement read so far" in run("grants", "show", grant.label, **auditor).out
    shown = run("activity", "show", grant.label, "--json", **auditor)
    assert (shown.code, shown.json["coverage"], shown.json["use"]["minutes_used"]) == (0, "full", 0)
