"""A server that logs statements, as its DBA set it up for capture, and the log as the workers read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dbaccess.activity.formats import FORMATS
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.records import LogRecord
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import OVER_SQL, Capture, CaptureSource
from dbaccess.ports import ActivitySource
from dbaccess.targets.postgresql.statement_log import SETTINGS
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries
from sandbox.waiting import wait_for
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target
from tests.databases import target_database_on
from tests.engines.postgresql import postgres_targets

CAPTURE = Capture(source=CaptureSource.JSONLOG, over=OVER_SQL)

_LOGS = {
    "logging_collector": "on",
    "log_destination": "jsonlog,csvlog",
    "log_directory": "log",
    "log_filename": "postgresql-%Y-%m-%d_%H%M%S.log",
    "max_prepared_transactions": "10",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingServer:
    target: Target
    server: Postgres
    sources: dict[CaptureSource, ActivitySource]

    def login(self) -> tuple[str, str]:
        """Return a login with logged statements, and its URL: a grant's, or one that the DBA sets so."""
        if self.target.makes_logins:
            recipe = self.target.provision(self.target.ephemeral(self.target.write_role))
            return recipe.login, self.target.with_password(recipe)
        login, url = self.target.person()
        self.target.give(self.target.write_role, login)
        for name, value in SETTINGS.items():
            self.target.dba(f"alter role {{login}} set {name} = '{value}'", login=login)
        return login, url

    def follow(self, login: str) -> dict[CaptureSource, "Following"]:
        """Return for each format the log of that login, from its present end on."""
        return {
            form: Following(form=form, source=source, login=login) for form, source in self.sources.items()
        }


@dataclass(slots=True, kw_only=True)
class Following:
    """The lines of one format of the log about a login, read as it grows."""

    form: CaptureSource
    source: ActivitySource
    login: str
    statements: list[LoggedStatement] = field(default_factory=list)
    records: list[LogRecord] = field(default_factory=list)
    _offsets: dict[str, int] = field(default_factory=dict)
    _sessions: Sessions = field(default_factory=Sessions)

    def __post_init__(self) -> None:
        self._offsets = {file.name: file.size for file in self.source.files()}
        # The end may be inside a record.
        self._offsets = {name: self._after_line(name, size) for name, size in self._offsets.items()}

    def until(self, seen: Callable[["Following"], object]) -> list[LoggedStatement]:
        """Read until that holds, and return the statements: the server writes its log a moment later."""

        def look() -> bool:
            self._read()
            return bool(seen(self))

        wait_for(look)
        return self.statements

    def _read(self) -> None:
        for file in self.source.files():
            offset = self._offsets.get(file.name, 0)
            data = self.source.read(file.name, offset, 16 * 1024 * 1024)
            parsed = FORMATS[self.form]().parse(data)
            assert parsed.damaged == 0
            self._offsets[file.name] = offset + parsed.consumed
            ours = [record for record in parsed.records if record.user == self.login]
            self.records += ours
            for one in self._sessions.take(ours):
                if isinstance(one, LoggedOutcome):
                    self._complete(one)
                else:
                    self.statements.append(one)

    def _complete(self, outcome: LoggedOutcome) -> None:
        for place, one in enumerate(self.statements):
            if (one.session_id, one.line_num) == (outcome.session_id, outcome.line_num):
                self.statements[place] = one._replace(
                    duration=outcome.duration, sqlstate=outcome.sqlstate, message=outcome.message
                )

    def _after_line(self, name: str, size: int) -> int:
        data = self.source.read(name, 0, size)
        return FORMATS[self.form]().parse(data).consumed


@contextmanager
def logging_server(
    binaries: PostgresBinaries, home: Path, account: Account, **settings: str
) -> Iterator[LoggingServer]:
    with (
        Postgres(binaries, home, account=account, settings=_LOGS | settings) as server,
        target_database_on(server) as database,
    ):
        worker = worker_access(database, capture=CAPTURE)
        targets = postgres_targets({"main": worker.url}, worker.installation)
        yield LoggingServer(
            target=Target(worker=worker, driver=targets.driver("main"), server=server),
            server=server,
            sources={form: targets.log_files("main", form) for form in CaptureSource},
        )
