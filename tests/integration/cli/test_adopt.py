"""`grants adopt` and `grants write-off`, as operators run them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.grant import Grant
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.contract.postgresql.target import Target
from tests.databases import ControlDatabase, TargetDatabase
from tests.engines.postgresql import postgres_targets
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active, terms
from tests.unit.policy_file.example import EXAMPLE


@pytest.fixture
def access(target_database: TargetDatabase) -> WorkerAccess:
    return worker_access(target_database)


@pytest.fixture
def environment(tmp_path: Path, access: WorkerAccess, control_database: ControlDatabase) -> dict[str, str]:
    config = tmp_path / "dbaccess.toml"
    config.write_text(EXAMPLE.replace('"acme"', f'"{access.installation}"'), encoding="utf-8")
    return {
        "DATABASE_URL": control_database.worker_url,
        "DBACCESS_CONFIG": str(config),
        "DBACCESS_CLUSTER_MAIN_URL": access.url.get_secret_value(),
    }


@pytest.fixture
def held(bot: Engine, worker: Engine) -> Grant:
    """Made on another server, of which nothing is here."""
    return active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))


def test_adopt_shows_what_differs_and_refuses(run: Run, environment: dict[str, str], held: Grant) -> None:
    done = run("grants", "adopt", "--cluster", "main", "--yes", "--json", **environment)
    assert done.code == 1, done.err
    (row,) = done.json["grants"]
    assert (row["grant"], row["login_there"]) == (held.label, "unproved")
    assert "no login of an open grant has its identity and name there" in done.json["refused"]
    assert done.json["adopted"] == []
    said = run("grants", "adopt", "--cluster", "main", **environment)
    assert (said.code, "write them off" in said.out) == (1, True)


@pytest.fixture
def target(access: WorkerAccess) -> Target:
    return Target(
        worker=access,
        driver=postgres_targets({"main": access.url}, access.installation).driver("main"),
    )


def held_by(target: Target, bot: Engine, worker: Engine, who: str) -> Grant:
    """With a personal login on this server, which called itself another one then."""
    login, _ = target.person()
    recipe = target.personal(login)
    return active(
        bot,
        worker,
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        asked=terms(who),
        login_kind="personal",
        login=login,
        login_identity=recipe.login_identity,
        tag="",
    )


def test_adopt_names_the_grant_whose_login_was_renamed_and_takes_the_others(
    run: Run, environment: dict[str, str], target: Target, bot: Engine, worker: Engine
) -> None:
    same, renamed = (held_by(target, bot, worker, who) for who in ("maya", "tom"))
    assert renamed.recipe is not None
    target.dba("alter role {login} rename to somebody_else", login=renamed.recipe.login)
    done = run("grants", "adopt", "--cluster", "main", "--yes", "--json", **environment)
    assert (done.code, done.json["refused"]) == (1, None), done.err
    assert (done.json["adopted"], done.json["left"]) == ([same.id], [renamed.label])
    why = f"number {renamed.recipe.login_identity} is somebody_else there, and was {renamed.recipe.login}"
    assert [row["why"] for row in done.json["grants"]] == ["", why]
    said = run("grants", "adopt", "--cluster", "main", "--yes", **environment)
    assert said.code == 1
    target.dba("alter role somebody_else rename to {login}", login=renamed.recipe.login)
    done = run("grants", "adopt", "--cluster", "main", "--yes", "--json", **environment)
    assert (done.code, done.json["adopted"], done.json["left"]) == (0, [renamed.id], [])


def test_adopt_with_nothing_to_adopt_is_no_finding(run: Run, environment: dict[str, str]) -> None:
    done = run("grants", "adopt", "--cluster", "main", "--yes", **environment)
    assert (done.code, "Nothing to adopt." in done.out) == (0, True)


def test_one_operator_alone_proposes_and_cannot_confirm(
    run: Run, environment: dict[str, str], held: Grant
) -> None:
    assert run("grants", "revoke", held.label, "--reason", "over", **environment).code == 0
    proposed = run("grants", "write-off", held.label, "--reason", "scrapped", **environment)
    assert (proposed.code, "A different operator runs" in proposed.out) == (0, True)
    confirmed = run("grants", "write-off", held.label, "--confirm", **environment)
    assert (confirmed.code, "a different operator confirms it" in confirmed.err) == (2, True)
    shown = run("grants", "show", held.label, "--json", **environment).json
    assert (shown["state"], shown["write_off_reason"], shown["verified"]) == ("revoking", "scrapped", None)
    assert run("grants", "write-off", held.label, **environment).code == 2


def test_operator_leaves_observe_mode_with_yes_and_not_before(
    run: Run, environment: dict[str, str], target: Target
) -> None:
    """A login that the worker made, and a control database that never heard of it."""
    login = target.provision(target.ephemeral()).login
    command = ("grants", "adopt", "--cluster", "main", "--unknown", "--json")
    for _ in range(2):
        shown = run(*command, **environment).json
        assert (shown["why"], shown["unknown"], shown["adopted"]) == ("unknown_logins", [login], False)
    told = [f["what"] for f in run("doctor", "--json", **environment).json if not f["ok"]]
    assert any(f"Observe mode, nothing is granted. The control database does not know the grants of {login}"
               in what for what in told), told  # fmt: skip
    assert run(*command, "--yes", **environment).json["adopted"]
    assert run(*command, **environment).json["why"] is None
    (event,) = run("ledger", "tail", "--json", **environment).json
    assert (event["kind"], event["data"]["logins"]) == ("control.adopted", [login])
