"""An auditor answers from the command line, with a role that only reads."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbaccess.cli.audit import app
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.recorded_facts import RequestFacts
from dbaccess.domain.standing_access import FoundRole, Reading, StandingRole
from dbaccess.operations.queries.report.source import RecordedSource
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlTemplate, PostgresServer, control_database_on
from tests.integration.cli.audited import LONG, Audited, person, record
from tests.integration.cli.conftest import Run
from tests.unit.policy_file.example import EXAMPLE


@pytest.fixture(scope="module")
def audited(control_postgres: PostgresServer, control_template: ControlTemplate) -> Iterator[Audited]:
    """One database for all of these, because reading changes nothing."""
    with control_database_on(control_postgres, control_template) as database:
        bot, worker = (
            build_engine(url, pool_size=2, application_name="test")
            for url in (database.bot_url, database.worker_url)
        )
        try:
            yield record(database, bot, worker)
        finally:
            bot.dispose()
            worker.dispose()


def labels(run: Run, audited: Audited, *options: str) -> list[str]:
    done = run("grants", "list", "--json", *options, DATABASE_URL=audited.url)
    assert done.code == 0, done.err
    return [row["grant"] for row in done.json]


def test_lists_are_filtered_by_time_target_person_state_and_rule(run: Run, audited: Audited) -> None:
    maya, tom, broken = (grant.label for grant in (audited.maya, audited.tom, audited.broken))
    today = datetime.now(UTC).date()
    tomorrow = (today + timedelta(days=2)).isoformat()
    cases: list[tuple[list[str], list[str]]] = [
        (["--person", "maya"], [broken, maya]),
        (["--person", "UMAYA"], [broken, maya]),
        (["--person", "maya l."], [broken, maya]),
        (["--person", "tom_db"], [tom]),
        (["--person", "nobody"], []),
        (["--target", "billing-prod"], [tom]),
        (["--rule", "prod-read"], [broken, maya]),
        (["--state", "active"], [tom, maya]),
        (["--from", "7d"], [broken, tom, maya]),
        (["--from", "2h", "--to", "1h"], []),
        (["--to", (today - timedelta(days=1)).isoformat()], []),
        (["--from", (today - timedelta(days=1)).isoformat(), "--to", tomorrow], [broken, tom, maya]),
        (["--limit", "1"], [broken]),
        (["--limit", "2", "--after", broken], [tom, maya]),
        (["--after", maya], []),
    ]
    for options, expected in cases:
        assert labels(run, audited, *options) == expected, options


def test_a_grant_is_listed_for_each_moment_that_it_was_held(run: Run, audited: Audited) -> None:
    """It began before the range, and no receipt says that it ended."""
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    assert audited.maya.label in labels(run, audited, "--from", later)


@pytest.mark.parametrize("time", ["yesterday", "2026-13-01", "90", "7d ago please", "", "99999999999d"])
def test_text_that_is_no_time_is_wrong_use(run: Run, audited: Audited, time: str) -> None:
    refused = run("requests", "list", "--from", time, DATABASE_URL=audited.url)
    assert (refused.code, "2026-03-01" in refused.err) == (2, True)


def test_one_row_has_start_end_cause_approvers_and_names_beside_ids(run: Run, audited: Audited) -> None:
    (row,) = run(
        "grants", "list", "--json", "--state", "active", "--person", "UMAYA", DATABASE_URL=audited.url
    ).json
    who = (row["holder"], row["holder_slack_id"], row["holder_name"])
    assert who == ("maya", "UMAYA", "Maya Lindqvist")
    assert datetime.fromisoformat(row["activated_at"]) <= datetime.fromisoformat(row["expires_at"])
    assert (row["ended_at"], row["end_cause"], row["rule"]) == (None, None, "prod-read")
    (approver,) = row["approvers"]
    said = (approver["reviewer"], approver["reviewer_name"], approver["groups"], approver["verdict"])
    assert said == ("priya", "Priya Nair", ["dba"], "approved")
    text = run("grants", "list", DATABASE_URL=audited.url).out
    assert "Maya Lindqvist (maya, UMAYA)" in text
    assert "Priya Nair (priya, UPRIYA)" in text


def test_verdict_of_a_break_glass_is_a_verdict(run: Run, audited: Audited) -> None:
    rows = run("grants", "list", "--json", DATABASE_URL=audited.url).json
    found = [(row["grant"], row["break_glass"], row["verdict"]) for row in rows]
    assert found[0] == (audited.broken.label, True, "pending")
    assert {entry[1:] for entry in found[1:]} == {(False, None)}


def test_nothing_is_cut_where_the_output_is_no_terminal(run: Run, audited: Audited) -> None:
    for command in (("grants", "list"), ("requests", "list"), ("break-glass", "list")):
        done = run(*command, DATABASE_URL=audited.url, COLUMNS="20")
        rows = done.out.splitlines()[1:]
        assert len(rows) == len(run(*command, "--json", DATABASE_URL=audited.url).json)
        assert "…" not in done.out
    shown = run("requests", "show", f"R-{audited.tom.request_id}", DATABASE_URL=audited.url, COLUMNS="20")
    assert LONG.strip() in shown.out


def test_pages_follow_each_other_without_a_gap(run: Run, audited: Audited) -> None:
    seen: list[str] = []
    after: list[str] = []
    while True:
        done = run("requests", "list", "--limit", "1", "--json", *after, DATABASE_URL=audited.url)
        if not done.json:
            break
        seen += [row["request"] for row in done.json]
        assert f"--after {seen[-1]}" in done.err
        after = ["--after", seen[-1]]
    assert len(seen) == len(set(seen)) == 3


def test_every_command_of_an_audit_runs_as_the_auditor_and_no_other(run: Run, audited: Audited) -> None:
    grant, request = audited.maya.label, f"R-{audited.maya.request_id}"
    reading: list[tuple[str, ...]] = [
        ("requests", "list"),
        ("requests", "show", request),
        ("grants", "list"),
        ("grants", "show", grant),
        ("break-glass", "list"),
        ("lockdown", "list"),
        ("ledger", "tail"),
        ("ledger", "verify"),
        ("ledger", "export"),
    ]
    for command in reading:
        done = run(*command, DATABASE_URL=audited.url)
        assert (done.code, done.err) == (0, ""), command
    changing: list[tuple[str, ...]] = [
        ("grants", "revoke", grant, "--reason", "laptop lost"),
        ("grants", "write-off", grant, "--reason", "server scrapped"),
        ("lockdown", "declare", "--all", "--reason", "laptop lost"),
    ]
    for command in changing:
        refused = run(*command, DATABASE_URL=audited.url)
        assert (refused.code, "dbaccess_worker" in refused.err) == (2, True), command


def test_export_of_the_ledger_is_enough_to_verify_it(run: Run, audited: Audited) -> None:
    done = run("ledger", "export", DATABASE_URL=audited.url)
    entries = [json.loads(line) for line in done.out.splitlines()]
    before = bytes(32)
    for number, entry in enumerate(entries, start=1):
        assert (entry["seq"], entry["prev_hash"]) == (number, before.hex())
        before = hashlib.sha256(before + entry["body"].encode()).digest()
        assert entry["hash"] == before.hex()
    head = run("ledger", "verify", "--json", DATABASE_URL=audited.url).json["head"]
    assert head == f"{len(entries)}:{before.hex()}"


def test_entries_are_filtered_by_person_target_kind_and_place(run: Run, audited: Audited) -> None:
    def seqs(*options: str) -> list[int]:
        return [e["seq"] for e in run("ledger", "tail", "--json", *options, DATABASE_URL=audited.url).json]

    ledger = run("ledger", "tail", "--json", "-n", "1000", DATABASE_URL=audited.url).json
    every = [entry["seq"] for entry in ledger]
    of_tom = seqs("-n", "1000", "--person", "Tom Berg")
    assert of_tom
    assert set(of_tom) < set(every)
    assert seqs("-n", "1000", "--target", "billing-prod") == of_tom
    assert set(seqs("-n", "1000", "--target", "billing-prod", "--person", "Tom Berg")) == set(of_tom)
    approved = [e["seq"] for e in ledger if e["kind"] == "review.approved"]
    assert set(approved) <= set(seqs("-n", "1000", "--person", "Priya Nair"))
    on_billing = seqs("-n", "1000", "--target", "billing-prod", "--person", "Priya Nair")
    assert set(on_billing) & set(approved)
    assert set(on_billing) == set(seqs("-n", "1000", "--person", "Priya Nair")) & set(of_tom)
    assert seqs("-n", "2", "--after", str(every[0])) == every[1:3]
    assert seqs("--from", "2h", "--to", "1h") == []
    kinds = run("ledger", "tail", "--kind", "grant.created", "--json", DATABASE_URL=audited.url).json
    assert {entry["kind"] for entry in kinds} == {"grant.created"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory that is empty but for reports."""
    made = tmp_path / "reports"
    made.mkdir()
    return made


def test_report_of_a_period_is_a_new_file_of_its_owner(run: Run, audited: Audited, place: Path) -> None:
    out = place / "report.json"
    command = ("audit", "report", "--from", "7d", "--format", "json", "--out", str(out))
    done = run(*command, DATABASE_URL=audited.url)
    assert (done.code, "does not record" in done.err) == (0, False), done.err
    assert (out.stat().st_mode & 0o777, [path.name for path in place.iterdir()]) == (0o600, [out.name])
    found = json.loads(out.read_bytes())
    labels = [row["grant"] for row in found["lists"]["grants"]]
    assert labels == [grant.label for grant in (audited.broken, audited.tom, audited.maya)]
    assert found["whole"] in done.out
    assert found["head"]["made_by"].startswith("cli:")
    (entry,) = run("ledger", "tail", "-n", "1", "--json", DATABASE_URL=audited.url).json
    assert (entry["kind"], entry["data"]["digest"]) == ("report.made", found["whole"])
    again = run(*command, DATABASE_URL=audited.url)
    assert (again.code, "exists" in again.err) == (2, True)


def test_report_sees_one_moment_whatever_is_recorded_meanwhile(
    audited: Audited, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lists and its head rest on the same entries; that it was made is recorded after all of them."""
    worker = build_engine(audited.worker_url, pool_size=1, application_name="test")
    read = RecordedSource.requests

    def meanwhile(source: RecordedSource) -> Iterator[RequestFacts]:
        with SqlUnitOfWork(worker, None) as uow:
            uow.record(Event(kind=EventKind.GROUP_CHANGED, actor="worker", data={"group": "meanwhile"}))
            uow.commit()
        return read(source)

    def last() -> int:
        with SqlUnitOfWork(worker, None) as uow:
            head = uow.ledger.head()
        assert head is not None
        return head.seq

    monkeypatch.setattr(RecordedSource, "requests", meanwhile)
    begin, out = last(), place / "report.json"
    command = ["report", "--from", "7d", "--format", "json", "--out", str(out)]
    done = CliRunner().invoke(app, command, env={"DATABASE_URL": audited.url})
    assert done.exit_code == 0, done.output
    found = json.loads(out.read_bytes())
    assert found["head"]["ledger"]["last"] == begin
    assert "meanwhile" not in {row["about"] for row in found["lists"]["changes"]}
    assert last() == begin + 2
    worker.dispose()


def test_report_of_a_login_that_writes_is_recorded_with_its_digest(
    run: Run, audited: Audited, place: Path
) -> None:
    out = place / "report.json"
    options = ("--from", "7d", "--person", "maya", "--format", "json", "--out", str(out))
    done = run("audit", "report", *options, DATABASE_URL=audited.worker_url)
    assert (done.code, "does not record" in done.err) == (0, False), done.err
    found = json.loads(out.read_bytes())
    (entry,) = run("ledger", "tail", "-n", "1", "--json", DATABASE_URL=audited.url).json
    data = entry["data"]
    assert (entry["kind"], data["digest"], data["filter"]["person"]) == (
        "report.made",
        found["whole"],
        "maya",
    )
    assert data["last"] == found["head"]["ledger"]["last"] == entry["seq"] - 1


def test_reader_without_the_right_is_told_which_and_how_to_get_it(
    run: Run, audited: Audited, place: Path
) -> None:
    refused = run(
        "audit", "report", "--from", "7d", "--out", str(place / "a.json"), DATABASE_URL=audited.bot_url
    )
    assert refused.code == 2
    for named in ("dbaccess_auditor", "DBACCESS_AUDITOR_PASSWORD", "ledger"):
        assert named in refused.err
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--from"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "not before"),
        (("--from", "2999-01-01"), "in the future"),
        (("--from", "7d", "--out", "/nowhere/a.json"), "cannot be written"),
        (("--from", "7d", "--format", "pdf"), "pdf"),
    ],
)
def test_report_that_cannot_be_made_says_why(
    run: Run, audited: Audited, place: Path, options: tuple[str, ...], said: str
) -> None:
    given = options if "--out" in options else (*options, "--out", str(place / "a.json"))
    done = run("audit", "report", *given, DATABASE_URL=audited.url)
    assert (done.code, said in done.err) == (2, True), done.err
    assert list(place.iterdir()) == []


def test_doctor_is_content_with_the_auditors_role(run: Run, audited: Audited) -> None:
    findings = run("doctor", "--json", DATABASE_URL=audited.url).json
    assert {"Connected as dbaccess_auditor"} <= {f["what"] for f in findings if f["ok"]}
    wrong = [f["what"] for f in findings if not f["ok"] and ("chema" in f["what"] or "ole " in f["what"])]
    assert wrong == []


GROUP = SourceId("S0ENGINEERS")


def listed(audited: Audited) -> None:
    """Two engineers, one of whom has a name that a spreadsheet would run, and a login that holds a role."""
    worker = build_engine(audited.worker_url, pool_size=1, application_name="test")
    with SqlUnitOfWork(worker, None) as uow:
        uow.directory.put_people([person("UEVE", "=cmd()")])
        uow.directory.replace_sources(
            {GROUP: frozenset({SlackId("UEVE"), SlackId("UMAYA")})}, read_at=uow.now, keep_others=True
        )
        uow.standing_roles.lock("main")
        uow.standing_roles.save(Reading(cluster="main", read_at=uow.now))
        role = StandingRole(
            login_identity="7",
            login="erik",
            role_identity="8",
            role="orders_read",
            path=("erik", "orders_read"),
        )
        found = FoundRole(cluster="main", server="s", standing=role, found_at=uow.now)
        uow.standing_roles.put(found)
        uow.commit()
    worker.dispose()


def test_auditor_reviews_who_may_request_what_and_what_stands(
    run: Run, audited: Audited, tmp_path: Path
) -> None:
    listed(audited)
    config = tmp_path / "dbaccess.toml"
    config.write_text(EXAMPLE, encoding="utf-8")
    given = {"DATABASE_URL": audited.url, "DBACCESS_CONFIG": str(config)}
    done = run("audit", "review", "--group", "engineers", "--limit", "1", "--json", **given)
    assert done.code == 0, done.err
    found = done.json
    assert {item["slack_id"] for item in found["requestable"]} == {"UEVE"}
    assert found["next"] == "UEVE"
    assert [item["login"] for item in found["standing"]] == ["erik"]
    rest = run("audit", "review", "--group", "engineers", "--after", "UEVE", "--json", **given).json
    used = {(item["slack_id"], item["role"]): item["asked"] for item in rest["requestable"]}
    assert used == {("UMAYA", "read"): 1, ("UMAYA", "migrate"): 0}
    assert (rest["next"], rest["standing"]) == (None, [])
    table = run("audit", "review", **given)
    assert "erik → orders_read" in table.out
    assert "never in this time" in table.out
    assert "People and groups as of" in table.err
    written = run("audit", "review", "--csv", **given)
    rows = list(csv.DictReader(io.StringIO(written.out)))
    assert {row["name"] for row in rows if row["slack_id"] == "UEVE"} == {"'=cmd()"}
    assert [row["path"] for row in rows if row["kind"] == "standing"] == ["erik; orders_read"]
    refused = run("audit", "review", "--group", "enginers", **given)
    assert refused.code != 0
    assert "engineers" in refused.err
