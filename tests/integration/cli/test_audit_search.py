"""An auditor asks the control database with a role that only reads, and is told what is unknown."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.grant import Grant
from dbaccess.domain.reach import Reach, ReachedTable
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.contract.storage.test_activity import ran
from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, control_database_on
from tests.integration.cli.conftest import Run
from tests.integration.storage import facts

ORDERS = ReachedTable(schema="shop", name="orders", reads=True)
FORMULA = '=HYPERLINK("x") refunds'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Maya's grant with a known reach, and Tom's with an unknown one."""

    url: str
    worker_url: str
    maya: Grant
    tom: Grant


@pytest.fixture(scope="module")
def asked(control_postgres: PostgresServer, control_template: ControlTemplate) -> Iterator[Asked]:
    """One database for all of these; each look at statements adds an event and nothing else."""
    with control_database_on(control_postgres, control_template) as database:
        yield _recorded(database)


def _recorded(database: ControlDatabase) -> Asked:
    bot, worker = (
        build_engine(url, pool_size=1, application_name="test")
        for url in (database.bot_url, database.worker_url)
    )
    ends = datetime.now(UTC) + facts.HOUR
    maya = facts.active(bot, worker, expires_at=ends)
    toms = replace(facts.terms("tom", "write"), ticket="OPS-7", reason="=1+1 looking")
    tom = facts.active(bot, worker, expires_at=ends, asked=toms, login="jit_tom")
    with SqlUnitOfWork(worker, None) as uow:
        uow.reaches.put([maya.id], Reach(tables=(ORDERS,)), read_at=uow.now)
        uow.activity.add([ran(maya, 1, FORMULA), ran(tom, 2, "delete refunds")])
        uow.commit()
    bot.dispose()
    worker.dispose()
    return Asked(url=database.auditor_url, worker_url=database.worker_url, maya=maya, tom=tom)


def test_one_command_lists_people_who_could_read_a_table_at_a_moment(run: Run, asked: Asked) -> None:
    options = ["--table", "shop.orders", "--can", "read", "--at", "now"]
    done = run("audit", "search", *options, "--json", DATABASE_URL=asked.url)
    assert done.code == 0, done.err
    found = {row["grant"]: (row["reach"], row["reached"], row["reach_why"]) for row in done.json}
    assert found == {
        asked.tom.label: ("unknown", [], "not_read"),
        asked.maya.label: ("yes", [{"table": "shop.orders", "uses": ["read"]}], None),
    }
    assert "1 row of 2: it is unknown whether the login reached shop.orders" in done.err
    words = run("audit", "search", *options, DATABASE_URL=asked.url)
    assert "shop.orders (read)" in words.out
    assert "unknown: it was not read" in words.out


def test_questions_are_combined_and_paged(run: Run, asked: Asked) -> None:
    maya, tom = asked.maya.label, asked.tom.label
    before = (asked.maya.created_at - timedelta(hours=1)).isoformat()
    cases: list[tuple[list[str], list[str]]] = [
        ([], [tom, maya]),
        (["--person", "tom"], [tom]),
        (["--reviewer", "priya", "--role", "read"], [maya]),
        (["--reviewer", "tom"], []),
        (["--ticket", "OPS-7"], [tom]),
        (["--grant", maya], [maya]),
        (["--target", "orders-prod", "--from", "1h"], [tom, maya]),
        (["--target", "elsewhere"], []),
        (["--at", before], []),
        (["--table", "orders", "--can", "write"], [tom]),
        (["--text", "refunds", "--person", "maya"], [maya]),
        (["--limit", "1", "--after", tom], [maya]),
    ]
    for options, expected in cases:
        done = run("audit", "search", *options, "--json", DATABASE_URL=asked.url)
        assert done.code == 0, done.err
        assert [row["grant"] for row in done.json] == expected, options
    first = run("audit", "search", "--text", "refunds", "--limit", "1", "--json", DATABASE_URL=asked.url)
    (place,) = [line.rpartition(" ")[2] for line in first.err.splitlines() if "--after" in line]
    rest = run("audit", "search", "--text", "refunds", "--after", place, "--json", DATABASE_URL=asked.url)
    assert [row["grant"] for row in first.json + rest.json] == [tom, maya]
    assert "--after" not in rest.err


def test_csv_runs_no_formula(run: Run, asked: Asked) -> None:
    done = run("audit", "search", "--text", "refunds", "--csv", DATABASE_URL=asked.url)
    rows = {row["grant"]: row for row in csv.DictReader(io.StringIO(done.out))}
    assert rows[asked.maya.label]["statement"] == f"'{FORMULA}"
    assert rows[asked.tom.label]["reason"] == "'=1+1 looking"
    assert rows[asked.tom.label]["reviewers"] == "priya (approved)"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--at", "2026-03-14"], "--at is one moment: write 2026-03-14T10:00Z"),
        (["--at", "soon"], '--at "soon" is no time'),
        (["--at", "2999-01-01T10:00Z"], "has not come yet"),
        (["--from", "0001-01-01"], "a year from 1970"),
        (["--at", "now", "--from", "1d"], "leave out --from and --to"),
        (["--can", "read"], "--can read needs a table"),
        (["--grant", "R-1"], "is not an id"),
        (["--after", "a/b"], "is from a search with --text"),
        (["--text", "x", "--after", "G-1"], "is not the end of a page before"),
    ],
)
def test_wrong_use_says_how_to_write_it(run: Run, asked: Asked, options: list[str], told: str) -> None:
    done = run("audit", "search", *options, DATABASE_URL=asked.url)
    assert done.code == 2
    assert told in " ".join(done.err.replace("│", " ").split())


def test_table_that_no_reach_has_is_told_and_help_teaches_by_examples(run: Run, asked: Asked) -> None:
    done = run("audit", "search", "--table", "shop.ordres", DATABASE_URL=asked.url)
    assert 'No recorded reach has a table "shop.ordres"' in done.err
    help_ = run("audit", "search", "--help")
    assert "dbaccess audit search --table shop.orders --can read --at" in " ".join(help_.out.split())
