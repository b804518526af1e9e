"""Records of activity: the statements of grants, and how far they are known."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from dbaccess.domain.activity import (
    EVERY_STATEMENT,
    GrantLogin,
    Outcome,
    Statement,
    StatementFilter,
    StatementKey,
)
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary
from dbaccess.domain.coverage import (
    Canary,
    CaptureLevel,
    Coverage,
    Gap,
    GapCause,
    GrantCoverage,
    LogPosition,
)
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.use import Sighting, StatementSpan


class LogPositions(Protocol):
    """How far the logs of each cluster were read (worker only)."""

    def lock(self, cluster: str) -> LogPosition | None:
        """Return the position, locked until the transaction ends; None before the first one."""

    def save(self, position: LogPosition) -> None: ...

    def all(self) -> list[LogPosition]:
        """Return them in the order of their clusters."""

    def caught_up_at(self, cluster: str) -> datetime | None:
        """Return when the reader last had all that the cluster's server had written; the bot may ask, too."""

    def add_gap(self, gap: Gap) -> None:
        """Store the gap; a gap of the same place, cause and begin takes its end and its words."""

    def open_gaps(self, cluster: str) -> list[Gap]:
        """Return the gaps of the cluster that still last."""

    def gaps(self, cluster: str, cause: GapCause) -> list[Gap]:
        """Return the gaps of that cause, oldest first; one that ends where it began is none."""


class Canaries(Protocol):
    """The last canary of each target. The worker writes; the bot shows the coverage."""

    def put(self, canary: Canary) -> None:
        """Store the canary in place of the target's last one."""

    def all(self) -> list[Canary]:
        """Return them in the order of their targets."""

    def of(self, target: str) -> Canary | None: ...

    def found(self, cluster: str, login: str, marker: str, level: CaptureLevel) -> None:
        """Record that this canary came back; a lower level than the one that was found changes nothing."""

    def drop(self, targets: Collection[str]) -> None:
        """Delete the canaries of these targets."""


class Sightings(Protocol):
    """The last look at the sessions of each grant. The worker writes; the bot and auditors read."""

    def put_all(self, sightings: Sequence[Sighting]) -> None:
        """Store them in place of earlier ones of their grants."""

    def keep_quiet(self, grant_ids: Collection[GrantId], *, now: datetime) -> set[GrantId]:
        """Record one more look without a session; return the grants that were quiet already.

        Only these are changed. A look is one more of the same quiet time within `WATCHED` of the one before.
        """

    def of(self, grant_ids: Collection[GrantId], *, lock: bool = False) -> Mapping[GrantId, Sighting]:
        """Return those of these grants that were looked at, locked until the transaction ends if asked."""

    def quiet(self, *, since: datetime, after: GrantId, limit: int) -> list[Sighting]:
        """Return those of active grants without a session since then, sorted by grant (worker only)."""


class Activity(Protocol):
    """The statements that ran under grants. The worker writes; the bot and auditors read."""

    def logins(self, cluster: str, names: Collection[str]) -> list[GrantLogin]:
        """Return the grants that gave something to these logins, the oldest first (worker only).

        Grants with purged statements are left out: their late lines are not stored either.
        """

    def cover(self, coverage: GrantCoverage, *, anew: bool = False) -> None:
        """Store the coverage with the grant, in place of an earlier one of it (worker only).

        The statements of a person's own login are the grant's from the first coverage on, or from one `anew`.
        """

    def coverage_of(self, grant_id: GrantId) -> Coverage:
        """Return the coverage when the grant began; NONE with the reason if none was recorded."""

    def coverages_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, Coverage]:
        """Return the same for each of these grants."""

    def add(self, statements: Sequence[Statement]) -> int:
        """Store those that are new, and return their number (worker only).

        Known ones gain what was unknown of them.
        """

    def complete(self, cluster: str, outcomes: Sequence[Outcome]) -> set[GrantId]:
        """Add what the outcomes say to the statements that are stored; others are ignored (worker only).

        Returns the grants of the statements that changed.
        """

    def gaps_of(self, grant: Grant) -> list[Gap]:
        """Return the gaps of the grant's cluster and target that overlap its time, oldest first.

        A time that was imported later is no longer a gap.
        """

    def page(
        self,
        grant_id: GrantId,
        *,
        only: StatementFilter = EVERY_STATEMENT,
        after: StatementKey | None = None,
        limit: int,
    ) -> list[Statement]:
        """Return statements of the grant after that one, oldest first."""

    def each(self, grant_id: GrantId) -> Iterator[Statement]:
        """Yield all statements of the grant, oldest first, a few at a time (worker only)."""

    def search(
        self, only: StatementFilter, *, before: StatementKey | None = None, limit: int
    ) -> list[Statement]:
        """Return statements of all grants before that one, newest first."""

    def summarize(self, grant_id: GrantId) -> tuple[ActivitySummary, str]:
        """Return the figures of the stored statements, and their digest (worker only)."""

    def spans(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, StatementSpan]:
        """Return when each of these grants ran its first and its last known statement.

        A grant without any is left out.
        """

    def reopen(self, grant_ids: Collection[GrantId]) -> None:
        """Make final summaries of these grants provisional: more of their statements came (worker only)."""

    def keep(self, summary: KeptSummary) -> None:
        """Store the summary in place of an earlier one of its grant (worker only)."""

    def summary_of(self, grant_id: GrantId) -> KeptSummary | None: ...

    def summaries_of(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, KeptSummary]:
        """Return those of these grants that have one."""

    def to_summarize(
        self, cluster: str, *, settled_before: datetime | None, after: GrantId, limit: int
    ) -> list[GrantId]:
        """Return ended grants with a coverage that can be summarized now, sorted (worker only).

        Those are grants without any summary, and those without a final one that ended before.
        """

    def to_settle(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        """Return grants of the target with a coverage that ended before, without a final summary, sorted.

        Worker only.
        """

    def unsettled(self, *, slack: timedelta) -> int:
        """Return how many ended grants with a coverage have no final summary although it is due.

        It is due `slack` after the log of the cluster was read beyond the end.
        """

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        """Return the next ended grants with statements on record or with a final summary, by id."""

    def to_purge(self, target: str, *, ended_before: datetime, after: GrantId, limit: int) -> list[GrantId]:
        """Return grants of the target that ended before, with a final summary and with statements, sorted.

        Worker only.
        """

    def purge(self, grant_ids: Collection[GrantId], *, at: datetime, limit: int) -> Mapping[GrantId, int]:
        """Delete at most `limit` statements of these grants (worker only).

        Return how many of each grant; empty once there is nothing left to do. Only grants with a final
        summary; it stays, and says when the last of their statements was deleted.
        """
