"""Houses on real servers, each with a control database, a target and a sandbox of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta

from pydantic import SecretStr

from dbaccess.domain.policy import Policy
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.identity import Workspace
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from dbaccess.slack.workspace_identity import who_am_i
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.client import Sandbox
from sandbox.world import Limits
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.engines.postgresql import postgres_targets
from tests.fakes.slack import app_manifest
from tests.integration.operations.house import House
from tests.operations.setting import BuildHouse, policy_for, world
from tests.sandbox.running import running

Lend = Callable[[Sequence[ObjectPrivileges]], AbstractContextManager[WorkerAccess]]
"""Lends a target on which roles on these objects may be given."""


def build_real_house(control: ControlDatabase, lend: Lend) -> BuildHouse[House]:
    """Builds one: `login` of the target, `more` policy, what may be given on `objects`, more `engineers`.

    Where Slack has `limits`, no person was read from it yet.
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
        with ExitStack() as stack:
            access = stack.enter_context(lend(objects))
            policy = policy_for(access.database, access.installation, login=login, more=more)
            sandbox = stack.enter_context(running(app_manifest().raw, world(engineers, limits))).sandbox
            house = _house(stack, control, sandbox, access, policy)
            if limits is None:
                refresh_directory(house.context)
                read_list(house.context)
            yield house
            house.check_ledger()

    return build


def _house(
    stack: ExitStack, control: ControlDatabase, sandbox: Sandbox, access: WorkerAccess, policy: Policy
) -> House:
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
        targets=postgres_targets({"main": access.url}, policy.installation),
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
