"""The contract of a database engine: how a cluster is given roles and loses them again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from dbaccess.domain.capture import Capture
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Likeness, Recipe
from dbaccess.domain.ledger import Expected
from dbaccess.domain.own_login import LoginLogging
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.reach import Reach
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.standing_access import Covered, StandingRead, StandingRole
from dbaccess.domain.use import OpenSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """Facts that a cluster reports. `identity` tells it from every other cluster, copies included.

    `version` is the engine's major version, `now` the cluster's own clock.
    """

    identity: str
    version: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """The state that the driver read back. `tables`: those that the login was given one by one, by name."""

    login_identity: str
    roles: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRole:
    """A role that a login holds because the worker's role granted it."""

    login_identity: str
    login: str
    role_identity: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of a check. `fix` is what to run or do; empty if all is well.

    `is_advice`: grants begin and end as promised without the fix, some seconds later at worst.
    """

    what: str
    ok: bool
    fix: str = ""
    is_advice: bool = False

    @property
    def is_fault(self) -> bool:
        return not self.ok and not self.is_advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`roles` are those of the recipe that others than the worker granted.

    `role_identities` are those of all roles, in order. `traces` are what this driver needs at the
    end to tell what is new; None if it cannot tell.
    """

    roles: tuple[str, ...] = ()
    role_identities: tuple[str, ...] = ()
    traces: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LoginThere:
    """The login that a server has in place of a grant's. `why` says what differs; empty if nothing does."""

    likeness: Likeness
    why: str = ""


NONE_GIVEN: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})

Fence = Callable[[], None]
"""Called right before the step that gives access; raises `LostLease` to stop it."""

HeldElsewhere = Callable[[Sequence[Recipe]], Mapping[GrantId, frozenset[str]]]
"""Called once a batch under the cluster's lock: returns each grant's roles that another open grant gives too.
"""


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

    A worker that stops before step 4 leaves at most a disabled login. The next `provision` of the same recipe
    continues with it, and `revoke` or `drop_orphan` removes it. An engine with transactional DDL may do all
    steps in one transaction with the fence right before the commit; so does the PostgreSQL driver.

    The end needs no transaction either: `cut_off` and `revoke` disable before they terminate, and look again
    before they report. They take the same lock, so no step 4 follows an end.

    `TargetFailure.touched` is False only where no access can have changed. An identity (`login_identity`,
    `role_identity`) is the engine's own and survives a rename; only this driver reads it. Nothing that a
    driver raises or logs holds a statement, a password, or what the server stores of one.
    """

    def facts(self) -> ClusterFacts: ...

    def standing(self, recipe: Recipe) -> Standing:
        """Return what a personal login has before a grant; no roles for a login that does not exist yet."""

    def provision(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> Provisioned:
        """The login exists, bears the tag, may log in until then and holds the roles, read back.

        A personal login is given the roles that it lacks, and is not changed otherwise.

        So it does with what the recipe names `on` objects, as they are at this moment. A table that is made
        later is not among them. Raises `no_object` or `no_grant_option` and names the object.

        A new login has no password, so it cannot be used before `set_password`. Raises what `fence` raises;
        no access follows then.
        """

    def extend(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
        """The login made for this grant may log in until then, and still holds its roles, read back.

        Its sessions go on. A personal login has no end of its own, so there the roles are only read back.
        Raises `no_login` where a revoke was first, and what `fence` raises, with nothing changed.
        """

    def connect_lines(self, recipe: Recipe, connect: str) -> tuple[str, ...]:
        """Return the lines to connect as the recipe's login, never with a password; without a query.

        `connect` is the policy's text of that name, empty if the policy no longer has the target.
        """

    def set_password(self, recipe: Recipe, password: str, *, fence: Fence) -> None:
        """The login made for this grant has this password, and none that it had before; its sessions go on.

        The password leaves this process only in a form from which it cannot be read. Raises `personal` for
        a person's own login, `no_login` where it is gone, and what `fence` raises, with nothing changed.
        """

    def log_in(self, recipe: Recipe, password: str) -> None:
        """Log in to the recipe's database as its login, as a person would, and out again.

        Raises `login_refused`, without the password, if the server does not let the login in.
        """

    def run_marked(self, recipe: Recipe, password: str, marker: str) -> None:
        """Log in as `log_in` does, and run a statement that holds this word and changes nothing.

        It runs inside a block of code where the engine has such, so that a log shows whether it sees inside.
        """

    def own_login(self) -> str:
        """Return the worker's own login, as the server's log names it."""

    def mark_log(self, marker: str) -> None:
        """Run a statement of the worker's own that holds this word, as `run_marked` does.

        It is logged in full as far as the worker may set that.
        """

    def login_logging(self, logins: Sequence[str], database: str) -> Mapping[str, LoginLogging]:
        """Return for each of people's own logins what is logged of a session there that begins now.

        Sessions that are open already may differ.
        """

    def cut_off(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        """Return the grants that have lost access, sessions included; safe to repeat every second.

        Sessions are terminated first, without waiting for any lock. Then ephemeral logins are disabled and
        memberships removed, in one pass of about a second at most. A lock of others can leave a grant out.
        The failure of one recipe never raises; `revoke` reports it. `log` records the work. Raises
        `TargetUnreachable`.
        """

    def revoke(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> list[Receipt | TargetFailure]:
        """Return for each recipe, in order, the receipt of what was verified, or why the end is not proved.

        Afterwards an ephemeral login and its sessions are gone, and its objects belong to `act_as`, or to the
        installation's heir. A login that privileges of others keep is disabled instead, and the receipt lists
        what keeps it. User mappings, default privileges and policies of the login alone are dropped. A
        personal login keeps the roles that it held before or has by another open grant. It loses the other
        roles of the recipe, and sessions that could still use them are closed. Privileges on objects are
        removed first. Receipts include all that `log` has, and this call adds its work to it.
        """

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        """Return the age of the login's oldest open transaction that has written; None if none is visible.

        Takes a few seconds at most, and skips a server that did not answer within the last minute.
        """

    def open_sessions(self, recipes: Sequence[Recipe]) -> Mapping[GrantId, OpenSessions]:
        """Return the sessions of each recipe's login now, on the server and on all its replicas.

        A grant is left out whose login is not there or is not the recipe's. Raises `sessions_hidden` where
        the worker may not see sessions of others: no session that it cannot see counts as none. Takes a few
        seconds at most, and skips a server that did not answer within the last minute.
        """

    def reach(self, recipe: Recipe) -> Reach:
        """Return which tables the recipe's login reaches in its database now, in whatever way.

        Includes what a person's own login reaches besides the grant. It reads privileges and no data, locks
        nothing, and takes some seconds at most. Raises `no_login` where the login is gone.
        """

    def made_logins(self) -> list[tuple[str, str]]:
        """Return (login, tag) of every login on the cluster that this installation made."""

    def decoys(self) -> list[str]:
        """Return roles with this installation's mark that its worker did not make; they are never touched."""

    def drop_orphan(self, login: str, tag: str) -> None:
        """Drop a login of ours that no open grant accounts for; refuses one with another tag."""

    def given_roles(self) -> list[GivenRole]:
        """Return every membership that the worker's role granted to a login that it did not make."""

    def take_roles(self, given: Sequence[GivenRole], *, elsewhere: HeldElsewhere) -> None:
        """Remove these roles from one login, and close the sessions that could still use them.

        A role that `elsewhere` names stays, because a grant has given it since.
        """

    def standing_access(self, roles: Sequence[str], covered: Sequence[Covered] = ()) -> StandingRead:
        """Return the logins that hold these roles, directly or through others, and not by a grant of ours.

        Includes superusers, members of a role of the engine for all data, and logins with privileges of their
        own, or as owners, on tables that `covered` has. The worker's own logins are left out. So is a login
        with a path to the role that begins with a membership which the worker's role gave. A database of
        `covered` that does not let the worker in is `unread`.
        """

    def take_standing(self, standing: StandingRole, *, server: str) -> StandingRole | None:
        """The login lost the membership at the begin of this path; return what leads to the role still.

        None if nothing does, read back. Only that membership is removed, and none that the worker gave.
        Sessions go on. Raises `TargetFailure` with nothing changed: `other_cluster` on another server,
        `path_changed` if login, role or path are others now, `superuser` for a superuser's login,
        `dependent` if the login granted the role to others by it, and `beyond_rights` where the server does
        not let the worker remove it.
        """

    def examine(
        self,
        objects: Mapping[str, Sequence[ObjectPrivileges]],
        *,
        roles: Sequence[str] = (),
        given: Mapping[str, Sequence[str]] = NONE_GIVEN,
        capture: Capture | None = None,
    ) -> list[Finding]:
        """Check that the worker's role has the privileges that it needs, and no more.

        `objects` are the configured privileges on objects, by database with ephemeral logins; without any,
        the database only has to be entered. `roles` are the roles that the configuration gives, and `given`
        those of them that have to give something in a database. `capture` is where statements are read.
        """

    def head(self) -> Expected | None:
        """Return the ledger's head that was stored here last; None if there is none."""

    def put_head(self, head: Expected, *, back: bool = False) -> None:
        """Store this head, unless a later one is stored; with `back` in any case."""

    def wrong_login(self) -> str | None:
        """Return why this login may give nothing here, with the fix; None if it may. Ends do not ask."""

    def likenesses(self, recipes: Sequence[Recipe]) -> list[LoginThere]:
        """Return how the server's logins compare with the recipes', in order, whatever its identity."""

    def excess(self, roles: Sequence[str]) -> Mapping[str, str]:
        """Return those of these roles that give more than data, with the reason; they are never granted."""

    def outgrown(self) -> Mapping[GivenRole, str]:
        """Return every role that the worker granted and that gives more than data now, with the reason.

        Includes the roles of each login that may stop the worker's sessions now, and so delay its end.
        """


class Targets(Protocol):
    def driver(self, cluster: str) -> TargetDriver:
        """Return the driver; raises `NotFound` for a cluster without a URL."""

    def clusters(self) -> Sequence[str]: ...
