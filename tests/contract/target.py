"""What the driver's contract is tried with: a target, its driver, recipes, and people who connect."""

import itertools
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.ports import OwedElsewhere, TargetDriver
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.registry import PostgresTargets
from tests.contract.least_privilege import WorkerAccess, worker_access
from tests.databases import TargetDatabase

_grant_ids = itertools.count(1)


def nothing() -> None:
    """A fence that lets everything pass."""


def nothing_owed(_: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    return {}


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    worker: WorkerAccess
    driver: TargetDriver
    done: dict[GrantId, EndProgress] = field(default_factory=dict)

    @property
    def database(self) -> TargetDatabase:
        return self.worker.database

    def ephemeral(self, *roles: str, act_as: str | None = None, **changes: Any) -> Recipe:
        number = next(_grant_ids)
        recipe = Recipe(
            grant_id=GrantId(number),
            cluster="main",
            cluster_identity=self.driver.facts().identity,
            database=self.database.name,
            login_kind="ephemeral",
            login=f"jit_{self.worker.installation}_maya_{secrets.token_hex(3)}",
            login_identity=None,
            tag=f"dbaccess:{self.worker.installation}:grant:{number}",
            roles=roles or (self.database.read_role,),
            act_as=act_as,
            standing=(),
        )
        return replace(recipe, **changes)

    def personal(self, login: str, *roles: str, standing: tuple[str, ...] | None = None) -> Recipe:
        recipe = self.ephemeral(*roles, login_kind="personal", login=login)
        identity = self.look("select oid::text from pg_roles where rolname = %s", login)[0][0]
        recipe = replace(recipe, login_identity=identity)
        if standing is not None:
            return replace(recipe, standing=standing)
        stands = self.driver.standing(recipe)
        return replace(
            recipe, standing=stands.roles, role_identities=stands.role_identities, traces=stands.traces
        )

    def provision(self, recipe: Recipe) -> Recipe:
        made = self.driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
        return replace(recipe, login_identity=made.login_identity)

    def with_password(self, recipe: Recipe) -> str:
        """Sets a new one, and gives the URL to connect with."""
        password = secrets.token_urlsafe(24)
        self.driver.set_password(recipe, self.driver.verifier(recipe, password), fence=nothing)
        return self.worker.login_url(recipe.login, password)

    def revoke(self, *recipes: Recipe, owed: OwedElsewhere = nothing_owed) -> list[Receipt | TargetFailure]:
        with self._log() as log:
            return self.driver.revoke(recipes, owed=owed, log=log)

    def cut_off(self, *recipes: Recipe) -> set[GrantId]:
        """The grants that have lost access."""
        with self._log() as log:
            return set(self.driver.cut_off(recipes, owed=nothing_owed, log=log))

    def in_another_process(self) -> "Target":
        """It has a driver of its own, and of what was done here only what a process stores."""
        stored = {grant_id: json.dumps(done.as_json()) for grant_id, done in self.done.items()}
        done = {grant_id: EndProgress.from_json(json.loads(one)) for grant_id, one in stored.items()}
        return replace(next(_driven(self.worker)), done=done)

    @contextmanager
    def _log(self) -> Iterator[ProgressLog]:
        """What is done is kept, as the operations keep it."""
        log = ProgressLog(dict(self.done))
        try:
            yield log
        finally:
            self.done.update({grant_id: log.of(grant_id) for grant_id in log.done})

    def end(self, recipe: Recipe, owed: OwedElsewhere = nothing_owed) -> Receipt:
        (outcome,) = self.revoke(recipe, owed=owed)
        if isinstance(outcome, TargetFailure):
            raise outcome
        return outcome

    def fail(self, recipe: Recipe) -> TargetFailure:
        (outcome,) = self.revoke(recipe)
        assert isinstance(outcome, TargetFailure)
        return outcome

    def dba(self, statement: str, **names: str) -> None:
        """Something the DBA does; `{name}` is an identifier."""
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            quoted = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**quoted))

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the DBA sees."""
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def person(self) -> tuple[str, str]:
        """A login of somebody's own, and the URL to connect with."""
        name, password = f"person_{secrets.token_hex(4)}", secrets.token_urlsafe(12)
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create role {} login password {}").format(
                    sql.Identifier(name), sql.Literal(password)
                )
            )
        return name, self.worker.login_url(name, password)

    def roles_of(self, login: str) -> list[str]:
        return [
            role
            for (role,) in self.look(
                """select distinct g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                     join pg_roles u on u.oid = m.member where u.rolname = %s order by 1""",
                login,
            )
        ]

    def sessions_of(self, login: str) -> int:
        count: int = self.look("select count(*) from pg_stat_activity where usename = %s", login)[0][0]
        return count


def target_on(database: TargetDatabase, **timeouts: Any) -> Iterator[Target]:
    yield from _driven(worker_access(database), **timeouts)


def _driven(worker: WorkerAccess, **timeouts: Any) -> Iterator[Target]:
    targets = PostgresTargets({"main": worker.url}, worker.installation, timeouts=Timeouts(**timeouts))
    yield Target(worker=worker, driver=targets.driver("main"))
