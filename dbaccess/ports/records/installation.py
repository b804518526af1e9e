"""Records of the installation as a whole."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry, EntryRange, Expected, Filed
from dbaccess.domain.lockdown import Lockdown, LockdownId, Progress
from dbaccess.domain.observation import Observation
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import PolicyReport, Process
from dbaccess.domain.refused_attempt import LeftOut
from dbaccess.domain.standing_access import FoundRole, Reading
from dbaccess.domain.witness import WitnessState


class ClockSkews(Protocol):
    """Clocks that differ from the control database's (worker only)."""

    def put(self, place: str, seconds: float, *, at: datetime) -> datetime:
        """Record the difference, and return since when this clock differs."""

    def clear(self, place: str) -> bool:
        """Remove the entry, and return whether the clock differed before."""

    def largest(self, *, since: datetime) -> float:
        """Return the largest difference in seconds, of those measured since then."""


class Lockdowns(Protocol):
    """Lockdowns of targets. A lift is final; a later lockdown is another one."""

    def add(self, lockdown: Lockdown) -> Lockdown:
        """Store the lockdown and return it with its id and time; raises `AlreadyOpen` if one is open."""

    def get(self, lockdown_id: LockdownId) -> Lockdown:
        """Return it; raises `NotFound`."""

    def lock(self, lockdown_id: LockdownId) -> Lockdown:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def lift(self, lockdown: Lockdown) -> None:
        """Record the lift, with `lifted_by` and `lift_reason`."""

    def open(self) -> list[Lockdown]:
        """Return those that are not lifted, oldest first."""

    def covering(self, target: str) -> list[Lockdown]:
        """Return those that are not lifted and cover the target, oldest first; at most two."""

    def to_enforce(self, *, limit: int) -> list[Lockdown]:
        """Return those with a grant that may have to be revoked, then those not yet enforced.

        Among the former, those that are not lifted come first (worker only).
        """

    def enforced(self, lockdown_id: LockdownId, *, at: datetime) -> None:
        """Record that every grant from before its declaration is being revoked (worker only)."""

    def untold(self, *, targets: Collection[str], limit: int) -> list[Lockdown]:
        """Return some lockdowns, open or not enforced, that no channel was told of, the newest first.

        Only those of these targets, which have open grants, and of every target: others stop nothing (worker
        only).
        """

    def untold_lifts(self, *, since: datetime, targets: Collection[str], limit: int) -> list[Lockdown]:
        """Return the same for lockdowns that were lifted since then."""

    def recent(self, *, limit: int) -> list[Lockdown]:
        """Return the newest first."""

    def progress(self, lockdown: Lockdown) -> Progress: ...

    def count_open(self, target: str | None) -> int:
        """Return how many grants are open on the target; None: on every target."""


class Ledger(Protocol):
    def head(self) -> Entry | None: ...

    def holds(self, expected: Expected) -> bool:
        """Return whether the entry that was recorded elsewhere stands at its place."""

    def entries(self, *, after: int = 0) -> Iterable[Entry]:
        """Yield the entries after `after` in order; they are read as they are wanted, never all at once."""

    def filed(self) -> Iterable[Filed]:
        """Yield all entries in order, with the columns beside them; they are read as they are wanted."""

    def tail(self, limit: int) -> list[Entry]:
        """Return the last entries, oldest first."""

    def entry_range(self) -> EntryRange:
        """Return the first and the last sequence, and the number of entries."""

    def about(
        self,
        *,
        requests: Collection[int] = (),
        grants: Collection[int] = (),
        but_grants: Collection[int] = (),
    ) -> list[Entry]:
        """Return the entries that name any of these requests or grants, each once, in order.

        Those that name one of `but_grants` are left out.
        """

    def of_kinds(self, kinds: Collection[EventKind], *, after: int, until: int) -> Iterable[Entry]:
        """Yield the entries of these kinds after `after` up to `until`, in order, read as they are wanted."""

    def place_before(self, moment: datetime, *, undated: bool = False) -> int:
        """Return the sequence of the last entry that was recorded before the moment; 0 if there is none.

        Entries without a readable time are passed over; `undated` counts those that follow it as before.
        """

    def is_writable(self) -> bool:
        """Return whether this login may record events."""

    def first_after(self, seq: int) -> Entry | None: ...


class RefusedAttempts(Protocol):
    """How many attempts of an account were refused in an hour."""

    def count(self, account: SlackId) -> bool:
        """Count one in the present hour, and return whether the ledger takes it (bot only)."""

    def take_left_out(self) -> LeftOut | None:
        """Forget the hours that are over; return what the ledger did not take of them (worker only)."""


class Checkpoints(Protocol):
    """Signed heads of the ledger. The database takes one only for an entry that is there, with its hash."""

    def last(self) -> SignedCheckpoint | None:
        """Return the one of the latest entry."""

    def after(self, seq: int, *, limit: int) -> list[SignedCheckpoint]:
        """Return those of later entries, in their order."""

    def add(self, signed: SignedCheckpoint) -> bool:
        """Store it, and return whether its entry had none (worker only).

        The database refuses one of an entry before the last checkpoint's.
        """


class Witnesses(Protocol):
    """How far each place outside the control database has the checkpoints or the entries."""

    def state(self, place: str) -> WitnessState:
        """Return the state of the place, the initial one if it never took a checkpoint or failed."""

    def all(self) -> list[WitnessState]:
        """Return the state of each place, those of former configurations too, by name."""

    def save(self, state: WitnessState) -> None:
        """Store the state (worker only)."""


class StandingRoles(Protocol):
    """Standing access as the last readings found it; all that changes it is the worker's alone."""

    def readings(self) -> list[Reading]:
        """Return the last reading of each cluster, by name."""

    def on(self, cluster: str) -> list[FoundRole]:
        """Return the standing roles of the cluster, by login and role."""

    def lock(self, cluster: str) -> Reading:
        """Return the cluster's reading, locked; one that was never read if there is none yet."""

    def save(self, reading: Reading) -> None: ...

    def put(self, found: FoundRole) -> None:
        """Store the role in place of what was known of the same login and role of the cluster."""

    def remove(self, found: FoundRole) -> None: ...

    def forget(self, cluster: str) -> None:
        """Remove the reading of a cluster without standing roles."""


class Policies(Protocol):
    """The policies that were loaded, and by which process."""

    def is_new(self, policy_hash: str, *, writer: str) -> bool:
        """Return whether `bot` or `worker` loads this version for the first time, and record it."""

    def report(self, process: Process, policy_hash: str, *, refused: str | None) -> bool:
        """Record that the process runs now with this policy; `refused` is the problem of a newer file.

        Returns whether no other part of the worker on its host has refused the same file before.
        """

    def of_other_hosts(self, host: str, *, since: datetime) -> list[tuple[str, object]]:
        """Return the other hosts with workers that were seen since then, each with the content of a policy.

        It is None if no worker recorded it. One asks at a time, until its transaction ends (worker only).
        """

    def workers_away_since(self, until: datetime) -> datetime | None:
        """Return when a worker reported last, if none has since `until`; None if one has, or none ever did.

        Of several workers that ask, one is told: the others wait for its report (worker only).
        """

    def last_of_workers(self, host: str) -> Policy | None:
        """Return the last policy of a worker's part from the ledger, on this host if there is one.

        None if there is none, or if this version cannot read it. The bot may not ask.
        """

    def knows_other(self, policy_hash: str, *, since: datetime) -> bool:
        """Return whether a process with another policy was seen since then."""

    def seen_since(self, moment: datetime) -> list[PolicyReport]:
        """Return the reports since then, workers first; of very many only some."""


class Observations(Protocol):
    """The last observation of each cluster (worker only)."""

    def all(self) -> list[Observation]: ...

    def lock(self, first: Observation) -> Observation:
        """Return the cluster's observation, locked; `first` if there is none yet."""

    def save(self, observation: Observation) -> None: ...
