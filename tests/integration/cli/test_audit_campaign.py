"""An access review by the command line, from its start to the CSV of its result."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.standing_access import FoundRole, Reading, StandingRole
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.cli.audited import person
from tests.integration.cli.conftest import Run
from tests.unit.policy_file.example import EXAMPLE

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


@pytest.fixture
def environment(control_database: ControlDatabase, worker: Engine, tmp_path: Path) -> dict[str, str]:
    """A workspace with two engineers, read just now."""
    config = tmp_path / "dbaccess.toml"
    config.write_text(EXAMPLE, encoding="utf-8")
    eve, maya = SlackId("UEVE"), SlackId("UMAYA")
    with SqlUnitOfWork(worker, None) as uow:
        uow.directory.put_people([person(eve, "=cmd()"), person(maya, "Maya Lindqvist")])
        groups = {"S0ENGINEERS": {eve, maya}, "S0DBA": {maya}}
        members = {SourceId(name): frozenset(listed) for name, listed in groups.items()}
        uow.directory.replace_sources(members, read_at=uow.now)
        uow.commit()
    return {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": str(config)}


def test_review_is_started_answered_closed_and_exported(
    run: Run, environment: dict[str, str], control_database: ControlDatabase
) -> None:
    begin = ("audit", "review", "start", "--group", "engineers", "--until")
    started = run(*begin, TOMORROW, "--json", **environment)
    assert started.code == 0, started.err
    # Two accounts may request two roles each; the cluster was never read.
    assert (started.json["items"], started.json["open"], started.json["state"]) == (5, 5, "open")
    label = started.json["review"]
    given = run("audit", "review", "answer", f"{label}/2", "remove", "--reason", "=left()", **environment)
    assert given.code == 0, given.err
    auditor = environment | {"DATABASE_URL": control_database.auditor_url}
    page = run("audit", "review", "show", label, "--open", "--limit", "2", "--json", **auditor).json
    assert [item["item"] for item in page["answers"]] == [f"{label}/1", f"{label}/3"]
    rest = run("audit", "review", "show", label, "--after", f"{label}/3", "--json", **auditor).json
    assert len(rest["answers"]) == 2
    assert run("audit", "review", "close", label, **environment).code == 0
    late = run("audit", "review", "answer", f"{label}/1", "keep", "--reason", "late", **environment)
    assert late.code == 2
    assert "takes no answer" in late.err
    written = run("audit", "review", "show", label, "--csv", **auditor)
    rows = list(csv.DictReader(io.StringIO(written.out)))
    assert [row["answer"] for row in rows] == ["", "remove", "", "", ""]
    assert (rows[1]["reason"], rows[1]["name"]) == ("'=left()", "'=cmd()")
    (listed,) = run("audit", "review", "show", "--json", **auditor).json
    assert (listed["review"], listed["remove"], listed["state"]) == (label, 1, "closing")


def test_removal_is_printed_as_sql_and_handed_to_the_workers_on_demand(
    run: Run, environment: dict[str, str], worker: Engine
) -> None:
    role = StandingRole(
        login_identity="16401",
        login="erik",
        role_identity="8",
        role="orders_read",
        path=("erik", "analysts", "orders_read"),
    )
    with SqlUnitOfWork(worker, None) as uow:
        uow.standing_roles.lock("main")
        uow.standing_roles.save(Reading(cluster="main", read_at=uow.now))
        uow.standing_roles.put(FoundRole(cluster="main", server="s", standing=role, found_at=uow.now))
        uow.commit()
    begin = ("audit", "review", "start", "--group", "engineers", "--until")
    label = run(*begin, TOMORROW, "--json", **environment).json["review"]
    remove = ("audit", "review", "remove", f"{label}/1")
    assert "Answer it first" in run(*remove, **environment).err
    given = run("audit", "review", "answer", f"{label}/1", "remove", "--reason", "left", **environment)
    assert f"audit review remove {label}/1" in given.out
    printed = run(*remove, **environment)
    assert 'revoke "analysts" from "erik"' in printed.out
    assert run(*remove, "--json", **environment).json["removal"] is None
    asked = run(*remove, "--apply", "--json", **environment).json
    assert (asked["removal"], asked["sql"]) == ("wanted", printed.out)
    with SqlUnitOfWork(worker, None) as uow:
        (item,) = uow.access_reviews.to_remove("main", limit=9)
        assert item.label == f"{label}/1"
        assert uow.access_reviews.to_remove("other", limit=9) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("start", "--group", "engineers", "--until", "soon"), "Write 2026-03-31"),
        (("start", "--group", "engineers", "--until", "2026-03-31T18:00"), "Write 2026-03-31"),
        (("start", "--group", "engineers", "--until", "2020-01-01"), "in the past"),
        (("start", "--group", "enginers", "--until", TOMORROW), "engineers"),
        (("answer", "AR-1", "keep", "--reason", "x"), "Write AR-3/17"),
        (("answer", "AR-77/1", "keep", "--reason", "x"), "no access review AR-77"),
        (("show", "AR-77"), "no access review AR-77"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_wrong_use_is_refused_with_what_to_write(
    run: Run, environment: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    refused = run("audit", "review", *arguments, **environment)
    assert refused.code in {1, 2}
    assert said in refused.err
