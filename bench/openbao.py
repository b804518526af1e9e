"""Our revocation beside what OpenBao does by default for a PostgreSQL login, on the same server."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from bench.crowd_logins import CrowdLogin, make_logins
from bench.figures import Figure
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.ports import TargetDriver
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.engines.postgresql import postgres_targets

TABLES = 20
TURNS = 4
_OURS, _THEIRS = 7_000_000, 8_000_000

Plain = psycopg.Connection[tuple[Any, ...]]


def measure(access: WorkerAccess, *, rounds: int, progress: Callable[[str], None]) -> list[Figure]:
    """The same number of logins for each, in turn; a figure is the mean of one turn's."""
    _make_tables(access)
    driver = postgres_targets({"main": access.url}, access.installation).driver("main")
    turn = max(1, rounds // TURNS)
    ours: list[float] = []
    beside: list[float] = []
    with psycopg.connect(access.login_url(*_worker(access)), autocommit=True) as plain:
        for first in range(0, TURNS * turn, turn):
            theirs = _made(access, _THEIRS + first, turn)
            began = time.perf_counter()
            for login in theirs:
                _revoke_as_openbao(plain, access.database.name, login.name)
            beside.append((time.perf_counter() - began) / turn)
            recipes = [
                _recipe(access, first + number, login)
                for number, login in enumerate(_made(access, _OURS + first, turn))
            ]
            began = time.perf_counter()
            _revoke(driver, recipes)
            ours.append((time.perf_counter() - began) / turn)
    once, each = statistics.median(beside), statistics.median(ours)
    progress(f"openbao: {1 / once:.0f} a second, ours {1 / each:.0f}: {once / each:.1f} times as many")
    return [
        Figure(
            name=f"revocation, a group role on {TABLES} tables, {turn} at once",
            seconds=ours,
            beside="OpenBao's default statements",
            beside_seconds=beside,
            aim="ratio at most 0.083",
        )
    ]


def _revoke(driver: TargetDriver, recipes: Sequence[Recipe]) -> None:
    for outcome in driver.revoke(recipes, elsewhere=lambda _: {}, log=ProgressLog()):
        if isinstance(outcome, TargetFailure):
            raise outcome


def _worker(access: WorkerAccess) -> tuple[str, str]:
    """No superuser: for one the catalog view that is read first is ten times as slow."""
    parts = urlsplit(access.url.get_secret_value())
    return unquote(parts.username or ""), unquote(parts.password or "")


def _make_tables(access: WorkerAccess) -> None:
    names = {"owner": access.database.owner_role, "read": access.database.read_role}
    quoted = {name: sql.Identifier(role) for name, role in names.items()}
    with psycopg.connect(access.database.superuser_url, autocommit=True) as dba:
        dba.execute(sql.SQL("set role {owner}").format(**quoted))
        for number in range(TABLES):
            dba.execute(sql.SQL("create table shop.{} (id int)").format(sql.Identifier(f"t{number}")))
        dba.execute(sql.SQL("grant select on all tables in schema shop to {read}").format(**quoted))


def _made(access: WorkerAccess, first: int, size: int) -> list[CrowdLogin]:
    logins, _ = make_logins(
        access,
        kind=LoginKind.EPHEMERAL,
        grant_ids=[GrantId(first + number) for number in range(size)],
        roles=[access.database.read_role],
        valid_until=datetime.now(UTC) + timedelta(hours=1),
    )
    return logins


def _revoke_as_openbao(plain: Plain, database: str, name: str) -> None:
    """The steps that its documentation and code describe for a role without revocation statements."""
    schemas = plain.execute(
        "select distinct table_schema from information_schema.role_column_grants where grantee = %s", [name]
    ).fetchall()
    login = sql.Identifier(name)
    for (schema,) in schemas:
        within = sql.Identifier(schema)
        plain.execute(
            sql.SQL("revoke all privileges on all tables in schema {} from {}").format(within, login)
        )
        plain.execute(sql.SQL("revoke usage on schema {} from {}").format(within, login))
    for step in _STEPS:
        plain.execute(sql.SQL(step).format(login=login, database=sql.Identifier(database)))


_STEPS: Sequence[str] = (
    "revoke all privileges on all tables in schema public from {login}",
    "revoke all privileges on all sequences in schema public from {login}",
    "revoke usage on schema public from {login}",
    "revoke connect on database {database} from {login}",
    "drop role if exists {login}",
)


def _recipe(access: WorkerAccess, number: int, login: CrowdLogin) -> Recipe:
    return Recipe(
        grant_id=GrantId(_OURS + number),
        cluster="main",
        cluster_identity=login.identity,
        database=access.database.name,
        login_kind="ephemeral",
        login=login.name,
        login_identity=str(login.oid),
        tag=login.tag,
        roles=(access.database.read_role,),
        act_as=None,
        standing=(),
    )
