"""Lockdown, and many grants taken away at once, as an operator types them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.grant import Grant
from dbaccess.operations.lockdowns.declare import declare_from_command_line
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active, granted, terms
from tests.unit.policy_file.example import EXAMPLE

SOON = datetime.now(UTC) + timedelta(hours=1)
WHY = ("--reason", "laptop lost")


@pytest.fixture
def cli(run: Run, control_database: ControlDatabase, tmp_path: Path) -> Run:
    """The command line in its usual environment."""
    config = tmp_path / "dbaccess.toml"
    config.write_text(EXAMPLE, encoding="utf-8")
    given = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": str(config)}
    return lambda *arguments: run(*arguments, **given)


@pytest.fixture
def held(bot: Engine, worker: Engine) -> list[Grant]:
    """Maya reads and writes, Sam reads; all on orders-prod."""
    asked = [terms("maya"), terms("maya", "write"), terms("sam")]
    return [active(bot, worker, expires_at=SOON, asked=one) for one in asked]


def _states(cli: Run, grants: list[Grant]) -> list[str]:
    return [cli("grants", "show", grant.label, "--json").json["state"] for grant in grants]


def test_lockdown_is_declared_listed_and_lifted_by_another(
    cli: Run, worker: Engine, held: list[Grant]
) -> None:
    done = cli("lockdown", "orders-prod", *WHY)
    assert (done.code, done.out) == (
        0,
        "orders-prod is in lockdown. To see its progress: dbaccess lockdown list\n",
    )
    again = cli("lockdown", "declare", "orders-prod", *WHY)
    assert (again.code, again.err) == (2, "orders-prod is in lockdown already.\n")
    own = cli("lockdown", "lift", "orders-prod", *WHY)
    assert (own.code, own.err) == (2, "You declared this lockdown: another operator lifts it.\n")
    (listed,) = cli("lockdown", "list", "--json").json
    assert (listed["target"], listed["state"]) == ("orders-prod", "open")
    assert (listed["grants"], listed["ended"]) == (3, 0)
    declare_from_command_line(
        lambda: SqlUnitOfWork(worker, None), actor="cli:olga@ops-1", target=None, reason="all"
    )
    lifted = cli("lockdown", "lift", "--all", "--reason", "laptop found", "--json")
    assert (lifted.code, lifted.json["covers"], lifted.json["state"]) == (0, "every target", "lifted")
    assert cli("lockdown", "--all", *WHY, "--json").json["target"] is None


def test_lockdown_of_everything_has_to_be_said_and_a_target_has_to_be_known(cli: Run) -> None:
    for words in ([], ["orders-prod", "--all"]):
        assert cli("lockdown", "declare", *words, *WHY).code == 2
    unknown = cli("lockdown", "orders-prd", *WHY)
    assert unknown.code == 2
    assert "orders-prod" in unknown.err
    assert cli("lockdown", "lift", "orders-prod", *WHY).err == "orders-prod is not in lockdown.\n"
    assert cli("lockdown", "list", "--json").json == []


@pytest.mark.parametrize(
    ("filters", "revoked"),
    [
        ([], [0, 1, 2]),
        (["--person", "USAM"], [2]),
        (["--target", "orders-prod", "--person", "maya"], [0, 1]),
    ],
)
def test_all_that_fit_are_revoked(
    cli: Run, bot: Engine, held: list[Grant], filters: list[str], revoked: list[int]
) -> None:
    begun = granted(bot, terms("tom"))
    done = cli("grants", "revoke", "--all", *filters, *WHY, "--yes", "--json")
    expected = [held[index].label for index in revoked] + ([] if filters else [begun.label])
    assert done.code == 0, done.err
    assert sorted(done.json["revoking"]) == sorted(expected)
    assert [state == "revoking" for state in _states(cli, held)] == [index in revoked for index in range(3)]
    shown = cli("grants", "show", held[revoked[0]].label, "--json").json
    assert (shown["end_cause"], shown["end_note"]) == ("revoked", "laptop lost")


def test_it_shows_the_grants_and_asks(cli: Run, held: list[Grant]) -> None:
    asked = cli("grants", "revoke", "--all", "--person", "maya", *WHY)
    assert asked.code == 1
    assert held[0].label in asked.out
    assert held[2].label not in asked.out
    assert "Revoke 2 grants?" in asked.out + asked.err
    assert _states(cli, held[:1]) == ["active"]


def test_nothing_that_fits_is_a_finding(cli: Run, held: list[Grant]) -> None:
    done = cli("grants", "revoke", "--all", "--target", "billing-prod", *WHY, "--yes")
    assert (done.code, done.out) == (1, "No open grant matches.\n")


def test_unclear_input_is_wrong_use(cli: Run, held: list[Grant]) -> None:
    unclear: tuple[list[str], ...] = (
        [],
        ["--target", "orders-prod"],
        ["G-1001", "--all"],
        ["G-1001", "--person", "maya"],
        ["--all", "--json"],
    )
    for words in unclear:
        assert cli("grants", "revoke", *words, *WHY).code == 2
    assert _states(cli, held[:1]) == ["active"]
