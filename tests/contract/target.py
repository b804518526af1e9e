"""One cluster as the contract sees it, whatever its engine: the driver, a DBA, and people who connect."""

import itertools
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

import pytest

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.ports import HeldElsewhere, TargetDriver

_grant_ids = itertools.count(1)

ORDERS, ORDER_ITEMS, CUSTOMERS = "shop.orders", "shop.order_items", "shop.customers"
"""Tables of every target. The read role reads them, the write role reads and writes them."""


class ConnectionRefused(Exception):
    """The server lets this login in no more, or not with this password."""


class PersonSession(Protocol):
    """The acts of a person in one session."""

    def is_open(self) -> bool:
        """Whether the server still answers."""

    def can_read(self, table: str) -> bool: ...
    def can_write(self, table: str) -> bool:
        """Tried and rolled back."""

    def leave_written(self, table: str) -> None:
        """Write, and leave the transaction open."""

    def roll_back(self) -> None: ...
    def create(self, table: str) -> None:
        """Make a table that stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The login and password that a person connects with."""

    login: str
    password: str


def nothing() -> None:
    """A fence that lets everything pass."""


def nothing_elsewhere(_: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    return {}


def roles_held_elsewhere(recipes: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    return {recipe.grant_id: frozenset(recipe.roles) for recipe in recipes}


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(ABC):
    """`done` is what the operations keep of each grant's end between two calls."""

    driver: TargetDriver
    done: dict[GrantId, EndProgress] = field(default_factory=dict)

    @property
    @abstractmethod
    def installation(self) -> str: ...
    @property
    @abstractmethod
    def database_name(self) -> str: ...
    @property
    @abstractmethod
    def read_role(self) -> str: ...
    @property
    @abstractmethod
    def write_role(self) -> str: ...
    @property
    @abstractmethod
    def owner_role(self) -> str: ...
    @property
    @abstractmethod
    def makes_logins(self) -> bool:
        """Whether this version of the engine has logins made for a grant."""

    @abstractmethod
    def with_another_driver(self) -> Self:
        """The same cluster, as another process sees it."""

    # A person

    @abstractmethod
    def connect(self, access: Access) -> AbstractContextManager[PersonSession]:
        """Raises `ConnectionRefused`."""

    @abstractmethod
    def person_login(self) -> Access:
        """A person's own login, made by the DBA."""

    # A DBA

    @abstractmethod
    def make_login(self, login: str, *, tag: str = "") -> None: ...
    @abstractmethod
    def drop_login(self, login: str) -> None: ...
    @abstractmethod
    def rename_login(self, login: str, name: str) -> None: ...
    @abstractmethod
    def mark(self, login: str, tag: str) -> None: ...
    @abstractmethod
    def close_login(self, login: str) -> None: ...
    @abstractmethod
    def set_end(self, login: str, at: datetime) -> None: ...
    @abstractmethod
    def make_superuser(self, login: str) -> None: ...
    @abstractmethod
    def log_statements(self, login: str) -> None:
        """Let the server log all that this login runs."""

    @abstractmethod
    def make_role(self, role: str, *, grantable: bool = True) -> None: ...
    @abstractmethod
    def drop_role(self, role: str) -> None: ...
    @abstractmethod
    def rename_role(self, role: str, name: str) -> None: ...
    @abstractmethod
    def empower(self, role: str) -> None:
        """Let the role do more than use data."""

    @abstractmethod
    def give(self, role: str, login: str) -> None: ...
    @abstractmethod
    def take(self, role: str, login: str) -> None: ...
    @abstractmethod
    def give_as_worker(self, role: str, login: str) -> None:
        """As a copy restored from before an end has it: the worker gave it."""

    @abstractmethod
    def take_as_worker(self, role: str, login: str) -> None: ...
    @abstractmethod
    def let_give(self, table: str, *privileges: str) -> None:
        """The worker may give these privileges on a table to a login that it makes."""

    @abstractmethod
    def give_on(self, table: str, login: str, *privileges: str) -> None:
        """As a DBA gives them, without a role."""

    @abstractmethod
    def make_table(self, table: str) -> None: ...
    @abstractmethod
    def locking(self, login: str) -> AbstractContextManager[None]:
        """A DBA is in the middle of changing the login."""

    @abstractmethod
    def out_of_reach(self) -> AbstractContextManager[None]:
        """The server is down, and up again afterwards."""

    # The view of the DBA

    @abstractmethod
    def identity_of(self, name: str) -> str | None:
        """Return the identity of a login or a role; None where it is not there."""

    @abstractmethod
    def owner_of(self, table: str) -> str: ...
    @abstractmethod
    def can_log_in(self, login: str) -> bool: ...
    @abstractmethod
    def end_of(self, login: str) -> datetime | None: ...
    @abstractmethod
    def roles_of(self, login: str) -> list[str]: ...
    @abstractmethod
    def sessions_of(self, login: str) -> int: ...

    # The worker

    def ephemeral(self, *roles: str, act_as: str | None = None, **changes: Any) -> Recipe:
        number = next(_grant_ids)
        recipe = Recipe(
            grant_id=GrantId(number),
            cluster="main",
            cluster_identity=self.driver.facts().identity,
            database=self.database_name,
            login_kind="ephemeral",
            login=f"jit_{self.installation}_maya_{secrets.token_hex(3)}",
            login_identity=None,
            tag=f"dbaccess:{self.installation}:grant:{number}",
            roles=roles or (self.read_role,),
            act_as=act_as,
            standing=(),
        )
        return replace(recipe, **changes)

    def personal(self, login: str, *roles: str, standing: tuple[str, ...] | None = None) -> Recipe:
        recipe = self.ephemeral(*roles, login_kind="personal", login=login)
        recipe = replace(recipe, login_identity=self.identity_of(login))
        if standing is not None:
            return replace(recipe, standing=standing)
        stands = self.driver.standing(recipe)
        return replace(
            recipe, standing=stands.roles, role_identities=stands.role_identities, traces=stands.traces
        )

    def provision(self, recipe: Recipe) -> Recipe:
        if recipe.login_kind == "ephemeral" and recipe.traces is None:
            recipe = replace(recipe, traces=self.driver.standing(recipe).traces)
        made = self.driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
        return replace(recipe, login_identity=made.login_identity)

    def credentials(self, recipe: Recipe) -> Access:
        """A new password is set, and the person has it."""
        password = secrets.token_urlsafe(24)
        self.driver.set_password(recipe, password, fence=nothing)
        return Access(login=recipe.login, password=password)

    def revoke(
        self, *recipes: Recipe, elsewhere: HeldElsewhere = nothing_elsewhere
    ) -> list[Receipt | TargetFailure]:
        with self._log() as log:
            return self.driver.revoke(recipes, elsewhere=elsewhere, log=log)

    def cut_off(self, *recipes: Recipe) -> set[GrantId]:
        """The grants that have lost access."""
        with self._log() as log:
            return set(self.driver.cut_off(recipes, elsewhere=nothing_elsewhere, log=log))

    def in_another_process(self) -> Self:
        """It has a driver of its own, and of what was done here only what a process stores."""
        stored = {grant_id: json.dumps(done.as_json()) for grant_id, done in self.done.items()}
        done = {grant_id: EndProgress.from_json(json.loads(one)) for grant_id, one in stored.items()}
        return replace(self.with_another_driver(), done=done)

    @contextmanager
    def _log(self) -> Iterator[ProgressLog]:
        """Finished work is kept, as the operations keep it."""
        log = ProgressLog(dict(self.done))
        try:
            yield log
        finally:
            self.done.update({grant_id: log.of(grant_id) for grant_id in log.done})

    def end(self, recipe: Recipe, elsewhere: HeldElsewhere = nothing_elsewhere) -> Receipt:
        (outcome,) = self.revoke(recipe, elsewhere=elsewhere)
        if isinstance(outcome, TargetFailure):
            raise outcome
        return outcome

    def fail(self, recipe: Recipe) -> TargetFailure:
        (outcome,) = self.revoke(recipe)
        assert isinstance(outcome, TargetFailure)
        return outcome

    def refuses(self, access: Access) -> bool:
        """Whether the server lets this person in no more."""
        try:
            with self.connect(access):
                return False
        except ConnectionRefused:
            return True

    def refusal(self, recipe: Recipe) -> TargetFailure:
        """Why the driver does not provision it."""
        with pytest.raises(TargetFailure) as refused:
            self.provision(recipe)
        return refused.value
