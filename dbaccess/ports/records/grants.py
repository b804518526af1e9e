"""Records of grants, extensions and credentials."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from dbaccess.domain.credential_view import CredentialView, CredentialViewId
from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Given, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.holder import Holder, Named
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.message import MessageKind
from dbaccess.domain.overdue import Late, NextEnd, Overdue
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, RecordFilter
from dbaccess.domain.request import RequestId
from dbaccess.domain.truncated_list import Some

ToRemind = tuple[RequestId, SlackId]


class Grants(Protocol):
    def add(self, grant: Grant) -> Grant:
        """Store the grant and return it with its id."""

    def get(self, grant_id: GrantId) -> Grant:
        """Return it; raises `NotFound`."""

    def get_all(self, grant_ids: Collection[GrantId]) -> list[Grant]:
        """Return those that exist, in the order of their ids."""

    def lock(self, grant_id: GrantId) -> Grant:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def lock_free(self, grant_ids: Collection[GrantId], *, wait: bool = False) -> list[Grant]:
        """Lock them until the transaction ends; leave out rows that are locked, or `wait` some seconds."""

    def save(self, grant: Grant) -> None: ...

    def save_all(self, grants: Sequence[Grant], *, wakes: bool = True) -> None:
        """Store any number of grants in one statement.

        The commit wakes the workers, unless `wakes` is false: then the caller goes on with these grants.
        """

    def of_request(self, request_id: RequestId) -> Grant | None: ...

    def open(self) -> list[Grant]: ...

    def open_on_target(self, cluster: str, target: str, *, limit: int) -> Some[Grant]:
        """Return the first open grants on the target, oldest first."""

    def revocable(
        self,
        groups: Collection[str] | None,
        accounts: Collection[SlackId],
        *,
        others_only: bool,
        limit: int,
        of: Named | None = None,
    ) -> Some[Grant]:
        """Return the first grants, not being revoked, that these groups review or these accounts hold.

        With `groups` None every reviewer counts. Oldest first; with `others_only`, without those that the
        accounts hold, sorted by their end. `of` selects those of any of its accounts, or on its targets.
        """

    def holders(self) -> set[Holder]:
        """Return who holds grants that are not being revoked, and on which targets."""

    def to_remind(
        self, *, after: datetime, until: datetime, longer_than: timedelta, limit: int
    ) -> list[ToRemind]:
        """Return active grants that end in that time, with the cause of the end, and without a reminder."""

    def roles_held(self) -> list[tuple[str, str]]:
        """Return target and role of every active grant, each pair once."""

    def active(
        self,
        *,
        of: Collection[tuple[str, str]] = (),
        by: Collection[SlackId] = (),
        after: GrantId,
        limit: int,
    ) -> list[GrantId]:
        """Return active grants after that id, of any of these pairs or accounts, sorted by id."""

    def counts(self) -> dict[GrantState, int]:
        """Return the number of grants in each state except ended."""

    def failing(self) -> int:
        """Return the number of open grants after a failed attempt."""

    def overdue_since(self, now: datetime) -> datetime | None:
        """Return when the longest overdue open grant was to end; None if no grant is overdue."""

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        """Return the open grants of any of these accounts, oldest first."""

    def open_on_cluster(self, cluster: str) -> list[Grant]: ...

    def active_recipes(self, cluster: str, *, after: GrantId, limit: int) -> Mapping[GrantId, Recipe | None]:
        """Return the recipes of active grants on the cluster after that id, sorted by id.

        An unreadable recipe is None.
        """

    def logins_given(self, cluster: str, logins: Collection[str]) -> set[str]:
        """Return those of these logins to which an open grant on the cluster gives something."""

    def given_on(self, cluster: str) -> list[Given]:
        """Return what the open grants that were begun give there, without loading the grants."""

    def open_with(
        self, cluster: str, logins: Collection[str], *, but: GrantState | None = None
    ) -> list[Grant]:
        """Return the open grants on the cluster that give something to any of these logins, oldest first.

        Grants in the state `but` are left out.
        """

    def ended_of(self, accounts: Collection[SlackId], *, limit: int) -> list[Grant]:
        """Return ended grants of any of these accounts, the latest first."""

    def due_to_end(
        self,
        cluster: str,
        now: datetime,
        *,
        limit: int,
        begun: bool | None = None,
        only: Collection[GrantId] | None = None,
        wait: bool = False,
    ) -> list[Grant]:
        """Return active grants past `expires_at`, and revoking ones with a due attempt and a free lease.

        `begun` selects those with an end that an attempt has begun, or has not; `only` limits the search.
        The rows are locked; those that others lock are left out, or waited for some seconds.
        """

    def held(self, *, target: str | None, person: str | None) -> list[Grant]:
        """Return provisioning and active grants, on the target and of the person if given, oldest first.

        A person is a name under `[people]`, or one Slack id.
        """

    def to_lock_down(self, lockdown: Lockdown, *, spare_break_glass: bool, limit: int) -> list[GrantId]:
        """Return the active and provisioning grants that the lockdown must end, in this order, locked or not.

        A lifted lockdown ends the grants from before its declaration. `spare_break_glass` leaves out those of
        a break-glass after it.
        """

    def overdue(
        self,
        since: datetime,
        *,
        untold: MessageKind | None = None,
        but: Collection[str] = (),
        limit: int,
    ) -> list[GrantId]:
        """Return grants that should have ended by then and have not, the longest overdue first.

        `untold` selects those without such a message; targets in `but` are left out.
        """

    def overdue_by_target(self, since: datetime) -> list[Overdue]:
        """Return the same, counted for each target that has any."""

    def due_to_provision(self, now: datetime, *, limit: int) -> list[GrantId]:
        """Return provisioning grants with a due attempt and a free lease; not locked."""

    def add_progress(self, done: Mapping[GrantId, EndProgress]) -> None:
        """Add the work of these calls to the earlier work; this waits for no lock on a grant."""

    def late(self, cluster: str, before: datetime, *, after: GrantId, limit: int) -> list[Grant]:
        """Return grants past their end by then that no attempt has certainly cut off; not locked.

        They follow that id, in the order of their ids.

        A failed attempt, or one of a live worker, proves no cut-off.
        """

    def late_by_cluster(self, before: datetime) -> dict[str, Late]:
        """Return the same, counted for each cluster that has any."""

    def give_back(self, grant_ids: Collection[GrantId], lease: str) -> None:
        """Release those that were cut off under this lease, so that they can be finished.

        Skip locked rows.
        """

    def hurry(self, cluster: str, now: datetime) -> None:
        """Make every revoking grant there due now, whatever its backoff (worker only)."""

    def to_cut_off(self, cluster: str, now: datetime) -> int:
        """Return how many due grants wait for their cut-off, or are being cut off by a live worker."""

    def many_wait(self, now: datetime, *, since: datetime, more_than: int) -> bool:
        """Return whether more grants than that are due since then, and no worker has begun their end."""

    def oldest_overdue(self, cluster: str, now: datetime) -> GrantId | None:
        """Return the first grant past its end without a backoff, leased or not; None if there is none."""

    def is_free(self, grant: Grant, now: datetime) -> bool:
        """Return whether no live worker holds the grant's lease."""

    def clusters_due(self, now: datetime) -> list[str]:
        """Return the clusters on which a grant is due to end."""

    def next_end(self) -> NextEnd:
        """Return when something becomes due to end, and whether any grant is revoking."""

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Grant]:
        """Return the newest first."""

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[GrantId]:
        """Return the same grants by their ids alone."""

    def search(self, question: GrantQuestion, *, before: GrantId | None = None, limit: int) -> list[GrantId]:
        """Return the grants that the question admits, the newest first, from before that one on."""

    def holders_by_login(self, login: str) -> set[tuple[PersonId, SlackId]]:
        """Return each name with each account of a grant that used this login of the target."""

    def unknown(self, logins: Sequence[tuple[GrantId | None, str]]) -> set[str]:
        """Return those of these logins that belong to no grant of this id."""

    def written_off(self) -> int:
        """Return the number of written-off grants: their access may be open for ever."""


class Extensions(Protocol):
    """The outcomes of approved extensions (worker only)."""

    def add(self, extension: Extension) -> None: ...

    def of(self, grant_id: GrantId) -> list[Extension]:
        """Return them in the order in which they were requested."""

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        """Return active grants with an approved extension and a due attempt; not locked."""

    def unsettled(self, grant_ids: Collection[GrantId]) -> set[GrantId]:
        """Return those of these grants with an approved extension that has no outcome yet."""


class CredentialViews(Protocol):
    def add(self, view: CredentialView) -> CredentialView: ...

    def lock(self, view_id: CredentialViewId) -> CredentialView:
        """Return it; raises `NotFound`."""

    def save(self, view: CredentialView) -> None: ...

    def shown_before(self, grant_id: GrantId) -> datetime | None:
        """Return when a password of this grant was last shown; None if never."""

    def asked_since(self, grant_id: GrantId, since: datetime) -> int:
        """Return how many passwords were requested at `since` or later, whatever the outcome."""

    def taken_up_after(self, view: CredentialView) -> list[CredentialView]:
        """Return later views of the same grant that a worker has taken up, the latest first."""

    def earlier(self, view: CredentialView, *, limit: int) -> list[CredentialView]:
        """Return earlier views of the same grant, the latest first."""

    def waiting(self, since: datetime, *, started_before: datetime, limit: int) -> list[CredentialViewId]:
        """Return views requested at `since` or later and not taken up, or stuck since `started_before`.

        At most `limit`, because a compromised bot may request any number.
        """
