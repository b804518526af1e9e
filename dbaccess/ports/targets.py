"""The contract of a database engine: how a cluster is given roles and loses them again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Likeness, Recipe
from dbaccess.domain.ledger import Expected
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """What a cluster says of itself. `identity` tells it from every other cluster, copies included.

    `version` is the engine's major version, `now` the cluster's own clock.
    """

    identity: str
    version: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """What the driver read back. `tables`: those that the login was given one by one, by name."""

    login_identity: str
    roles: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRole:
    """A role that a login holds because the worker's role gave it."""

    login_identity: str
    login: str
    role_identity: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check saw. `fix` is what to run or do; empty where all is well."""

    what: str
    ok: bool
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`roles`: those of the recipe that others than the worker gave. `role_identities`: of all, in order.

    `traces`: keys of what the login owns or is named in, to compare with at the end; None: too many.
    """

    roles: tuple[str, ...] = ()
    role_identities: tuple[str, ...] = ()
    traces: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LoginThere:
    """What a server has in the place of a grant's login. `why` says what differs, and is empty otherwise."""

    likeness: Likeness
    why: str = ""


Fence = Callable[[], None]
"""Called right before the step that gives access; raises `LostLease` to stop it."""

OwedElsewhere = Callable[[Sequence[Recipe]], Mapping[GrantId, frozenset[str]]]
"""Called once a batch under the cluster's lock: each grant's roles that another open grant gives too."""


class TargetDriver(Protocol):
    """One cluster of one engine. Every method may raise `TargetFailure`; each is safe to repeat.

    No engine is assumed to roll back what it changed. `provision`, `extend` and `set_password` go in five
    steps, all under one lock of the cluster that the server takes from a worker that falls silent:

    1. Check: cluster, login and roles are those of the recipe, and no role gives more than data.
    2. Prepare, without access: a new login is created *disabled*, with the tag as its mark.
    3. Fence: call `fence`. It asks whether this worker still may go on, and raises if not.
    4. Give access: give the roles, then *enable* the login, over the connection that has the lock. A worker
       whose lock was taken meanwhile fails here, because the server ended that connection.
    5. Read back: return what the server shows, or raise `read_back`.

    A worker that stops before step 4 leaves at most a disabled login, which the next `provision` of the same
    recipe continues, and which `revoke` or `drop_stray` removes. An engine with transactional DDL may do all
    steps in one transaction with the fence right before the commit; so does the PostgreSQL driver.

    The end needs no transaction either: `cut_off` and `revoke` disable before they terminate, and look again
    before they report. They take the same lock, so no step 4 follows an end.

    `TargetFailure.touched` is False only where no access can have changed. An identity (`login_identity`,
    `role_identity`) is the engine's own and survives a rename; only this driver reads it. Nothing that a
    driver raises or logs holds a statement, a password, or what the server stores of one.
    """

    def facts(self) -> ClusterFacts: ...

    def standing(self, recipe: Recipe) -> Standing:
        """Look at a personal login before anything is given to it; nothing stands for one not made yet."""

    def provision(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> Provisioned:
        """The login exists, bears the tag, may log in until then and holds the roles, read back.

        A personal login is given the roles that it lacks, and is not changed otherwise.

        So it does with what the recipe names `on` objects, as they are at this moment: a table that is made
        later is not among them. Raises `no_object` or `no_grant_option` and names the object.

        A new login has no password, so nobody can use it before `set_password`. Raises what `fence` raises;
        no access follows then.
        """

    def extend(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
        """The login made for this grant may log in until then, and still holds its roles, read back.

        Its sessions go on. A personal login has no end of its own, so there the roles are only read back.
        Raises `no_login` where a revoke was first, and what `fence` raises, with nothing changed.
        """

    def connect_lines(self, recipe: Recipe, connect: str) -> tuple[str, ...]:
        """Return what the holder copies to connect as the recipe's login, never with a password; ask nobody.

        `connect` is the policy's text of that name, empty where the policy does not have the target any more.
        """

    def set_password(self, recipe: Recipe, password: str, *, fence: Fence) -> None:
        """The login made for this grant has this password, and none that it had before; its sessions go on.

        The password leaves this process only in a form from which nobody can read it. Raises `personal` for
        a person's own login, `no_login` where it is gone, and what `fence` raises, with nothing changed.
        """

    def cut_off(
        self, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        """Return the grants that have lost access, sessions included; safe to repeat every second.

        Sessions are terminated first, without waiting for any lock. Then ephemeral logins are disabled and
        memberships are removed, in one pass of about a second at most. A foreign lock can leave a grant out.
        One recipe's trouble never raises: `revoke` reports it. `log` has what it did. Raises
        `TargetUnreachable`.
        """

    def revoke(
        self, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog
    ) -> list[Receipt | TargetFailure]:
        """For each recipe, in order: the receipt of what was seen, or why it is not proved ended.

        Afterwards an ephemeral login is gone with its sessions, and what it owned belongs to `act_as`; a
        personal login lacks the roles that neither stood before nor are owed to another open grant, and the
        sessions that could still use them are closed. What it was given on objects is taken first. Receipts
        tell of all that `log` has; what this call did is added to it.
        """

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        """How long the oldest transaction of its login that has written is open; None: none is to be seen.

        Takes a few seconds at most, and asks nobody where there was no answer within the last minute.
        """

    def made_logins(self) -> list[tuple[str, str]]:
        """(login, tag) of every login on the cluster that this installation made."""

    def decoys(self) -> list[str]:
        """Roles that bear this installation's mark and that its worker did not make; nothing touches them."""

    def drop_stray(self, login: str, tag: str) -> None:
        """A login of ours that no open grant accounts for is gone; refuses one whose tag is not as given."""

    def given_roles(self) -> list[GivenRole]:
        """Every membership that the worker's role gave to a login that it did not make."""

    def take_roles(self, given: Sequence[GivenRole], *, owed: OwedElsewhere) -> None:
        """One login lacks these roles, and the sessions that could still use them are closed.

        A role that `owed` names stays: a grant gave it since the look.
        """

    def examine(
        self, objects: Mapping[str, Sequence[ObjectPrivileges]], *, roles: Sequence[str] = ()
    ) -> list[Finding]:
        """Whether the worker's role has what it needs, and nothing more.

        `objects`: what the configuration's roles give on objects, by database in which logins are made for
        grants; nothing there, and it only has to be entered. `roles`: those that it gives.
        """

    def head(self) -> Expected | None:
        """The ledger's head that was put here last; None: none yet."""

    def put_head(self, head: Expected, *, back: bool = False) -> None:
        """The head is this one, unless a later one is here; with `back` whatever is here."""

    def likenesses(self, recipes: Sequence[Recipe]) -> list[LoginThere]:
        """How the server's logins compare with those of the recipes, in order, whatever it calls itself."""

    def excess(self, roles: Sequence[str]) -> Mapping[str, str]:
        """Those of these roles that give more than data, with the reason; nothing is granted with them."""

    def outgrown(self) -> Mapping[GivenRole, str]:
        """Every role that the worker's role gave to a login and that gives more than data by now, and why."""


class Targets(Protocol):
    def driver(self, cluster: str) -> TargetDriver:
        """Raises `NotFound` for a cluster without a URL here."""

    def clusters(self) -> Sequence[str]: ...
