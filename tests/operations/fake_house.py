"""A house on fakes: nothing is started, and its clock is Python's, which freezegun stops."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory

from dbaccess.domain.people import CONFIRMED_AFTER
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.identity import Workspace
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from tests.databases import TargetDatabase
from tests.engines.memory import MemoryServer, MemoryTargets
from tests.engines.memory.server import MemoryRole
from tests.fakes.database import MemoryDatabase, Transaction
from tests.fakes.leases import MemoryLeases
from tests.fakes.slack import FakeSlack
from tests.fakes.tables import MEMBERS, NOTICES, OUTBOX, Member
from tests.fakes.unit_of_work import MemoryUnitOfWork
from tests.operations.house import House
from tests.operations.setting import policy_for, world

TARGET = TargetDatabase(
    superuser_url="",
    name="orders",
    host="orders-db",
    port=5432,
    version=18,
    read_role="orders_read",
    write_role="orders_write",
    owner_role="orders_owner",
)
INSTALLATION = "acme"


@dataclass(slots=True, kw_only=True)
class FakeHouse(House):
    """`database` is the control database, `server` the target's; `frozen` is set once a test has waited."""

    database: MemoryDatabase
    server: MemoryServer
    fake_slack: FakeSlack
    stack: ExitStack
    frozen: FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory | None = None

    @property
    def slack(self) -> FakeSlack:
        return self.fake_slack

    def begin(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self.database, "bot")

    def work(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self.database, "worker")

    def later(self, by: timedelta) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self.database, "worker", clock=lambda: self.database.clock() + by)

    def wait(self, *, seconds: float) -> None:
        self.go_to(datetime.now(UTC) + timedelta(seconds=seconds))

    def go_to(self, at: datetime) -> None:
        """It is that time, and stays so; what Slack said before may be too old by then."""
        if self.frozen is None:
            self.frozen = self.stack.enter_context(freeze_time(datetime.now(UTC)))
        self.frozen.move_to(at)

    def some_seconds_later(self) -> None:
        with self._writing() as transaction:
            for key, member in transaction.items(MEMBERS):
                if member.missing_since is not None:
                    transaction.put(MEMBERS, key, Member(member.missing_since - CONFIRMED_AFTER))

    def notices_are_due(self, *, within: timedelta) -> None:
        now = self.database.clock()
        with self._writing() as transaction:
            for key, kept in transaction.items(NOTICES):
                if kept.notice.is_due(now + within):
                    due = replace(kept, notice=replace(kept.notice, next_attempt_at=now))
                    transaction.put(NOTICES, key, due)

    def end_of(self, login: str) -> datetime | None:
        found = self.server.login(login)
        assert found is not None
        return found.valid_until

    def outbox(self) -> list[tuple[str, int]]:
        return [(job.job.value, job.subject) for job in Transaction(self.database).rows(OUTBOX)]

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """Change rows past the repositories."""
        transaction = Transaction(self.database)
        try:
            yield transaction
            transaction.commit()
        finally:
            transaction.end()


@contextmanager
def build_fake_house(*, login: str = "ephemeral", engineers: int = 0, more: str = "") -> Iterator[FakeHouse]:
    """A house with people and groups that are read; afterwards its ledger is verified."""
    with ExitStack() as stack:
        house = _house(stack, login=login, engineers=engineers, more=more)
        refresh_directory(house.context)
        read_list(house.context)
        yield house
        house.check_ledger()


def _house(stack: ExitStack, *, login: str, engineers: int, more: str) -> FakeHouse:
    policy = policy_for(TARGET, INSTALLATION, login=login, more=more)
    database, server = MemoryDatabase(), _server()
    slack = FakeSlack(world(engineers))
    team = slack.store.world.team
    workspace = Workspace(
        team_id=team.id, url=f"https://{team.domain}.slack.com", snapshot_max_age=timedelta(minutes=2)
    )
    context = WorkerContext(
        begin=lambda: MemoryUnitOfWork(database, "worker"),
        policy=policy,
        workspace=workspace,
        targets=MemoryTargets({"main": server}, INSTALLATION),
        leases=MemoryLeases(database),
        directory=SlackDirectory(slack.client, team.id),
        messenger=SlackMessenger(slack.client),
        renderer=Views(),
    )
    return FakeHouse(
        policy=policy,
        workspace=workspace,
        context=context,
        database=database,
        server=server,
        fake_slack=slack,
        stack=stack,
    )


def _server() -> MemoryServer:
    """The target's server with the roles that the policy names."""
    tables = frozenset({"shop.orders"})
    server = MemoryServer()
    server.tables.update(dict.fromkeys(tables, frozenset()))
    server.add_role(MemoryRole(name=TARGET.read_role, reads=tables))
    for name in (TARGET.write_role, TARGET.owner_role):
        server.add_role(MemoryRole(name=name, reads=tables, writes=tables))
    return server
