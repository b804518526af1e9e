"""A house for each test; afterwards its ledger must be whole, whatever the story was."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.identity import Workspace
from dbaccess.policy_file import parse_policy
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from dbaccess.slack.workspace_identity import who_am_i
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.targets.registry import PostgresTargets
from sandbox.client import Sandbox
from sandbox.manifest import load_manifest
from sandbox.world import Limits, World
from tests.acceptance.config import configuration
from tests.contract.postgresql.least_privilege import worker_access
from tests.databases import ControlDatabase, TargetDatabase
from tests.integration.operations.breaking import RULE
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener, opening
from tests.sandbox.running import running

ROOT = Path(__file__).parents[3]
WORLD = ROOT / "tests" / "acceptance" / "world.toml"
WRITE = """
[targets.orders-prod.roles.write]
access = "write"
grants = ["{read}", "{write}"]
can = "read and change every table in schema shop"
cannot = "change the schema"

[[rules]]
id = "prod-write"
access = ["write"]
requester = ["engineers"]
max = "4h"
approvals = [{{ group = "dba", count = 1 }}]
decide_within = "1s"
"""
BuildHouse = Callable[..., AbstractContextManager[House]]


@pytest.fixture
def build_house(control_database: ControlDatabase, target_database: TargetDatabase) -> BuildHouse:
    """Builds one: `login` of the target, `more` policy, what may be given on `objects`, more `engineers`.

    Where Slack has `limits`, nobody was read from it yet.
    """

    @contextmanager
    def build(
        *,
        login: str = "ephemeral",
        engineers: int = 0,
        more: str = "",
        objects: Sequence[ObjectPrivileges] = (),
        limits: Limits | None = None,
    ) -> Iterator[House]:
        access = worker_access(target_database, objects=objects)
        roles = WRITE.format(read=target_database.read_role, write=target_database.write_role)
        text = configuration(target_database, access.installation, login=login) + roles + more
        with ExitStack() as stack:
            manifest = load_manifest(ROOT / "manifest.yml").raw
            sandbox = stack.enter_context(running(manifest, _world(engineers, limits or Limits()))).sandbox
            house = _house(stack, control_database, sandbox, access, parse_policy(text))
            if limits is None:
                refresh_directory(house.context)
                read_list(house.context)
            yield house
            house.check_ledger()

    return build


@pytest.fixture
def house(build_house: BuildHouse) -> Iterator[House]:
    with build_house() as built:
        yield built


@pytest.fixture
def opener(house: House) -> Iterator[Opener]:
    """Opens modals in this house."""
    with opening(house.sandbox) as found:
        yield found


@pytest.fixture
def glass(build_house: BuildHouse) -> Iterator[House]:
    """A house with a break-glass rule."""
    with build_house(more=RULE) as built:
        yield built


def _house(stack: ExitStack, control: ControlDatabase, sandbox: Sandbox, access: Any, policy: Any) -> House:
    bot = build_engine(control.bot_url, pool_size=10, application_name="test-bot")
    worker = build_engine(control.worker_url, pool_size=10, application_name="test-worker")
    stack.callback(bot.dispose)
    stack.callback(worker.dispose)
    leases = SessionLeases(control.worker_url)
    stack.callback(leases.close)
    client = build_client(SecretStr("xoxb-acceptance-bot-token"), sandbox.api_url)
    who = who_am_i(client)
    workspace = Workspace(team_id=who.team_id, url=who.url, snapshot_max_age=timedelta(minutes=2))
    context = WorkerContext(
        begin=lambda: SqlUnitOfWork(worker, None),
        policy=policy,
        workspace=workspace,
        targets=PostgresTargets({"main": access.url}, policy.installation),
        leases=leases,
        directory=SlackDirectory(client, who.team_id),
        messenger=SlackMessenger(client),
        renderer=Views(),
    )
    return House(
        bot=bot,
        worker=worker,
        policy=policy,
        workspace=workspace,
        context=context,
        sandbox=sandbox,
        access=access,
        control=control,
    )


def _world(engineers: int, limits: Limits) -> World:
    raw = tomllib.loads(WORLD.read_text())
    raw["limits"] = limits.model_dump()
    more = [f"U0E{number:03}" for number in range(engineers)]
    raw["users"] += [{"id": user, "name": user.lower()} for user in more]
    raw["user_groups"][0]["users"] += more
    return World.model_validate(raw)
