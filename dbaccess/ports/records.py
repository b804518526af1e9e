"""The repositories of the control database, a protocol for each kind of row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from dbaccess.domain.break_glass import Announcement
from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.credential_view import CredentialView, CredentialViewId
from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Given, Grant, GrantId, GrantState
from dbaccess.domain.ledger import Entry, Expected
from dbaccess.domain.lockdown import Lockdown, LockdownId, Progress
from dbaccess.domain.message import Message, MessageId, MessageKind
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.observation import Observation
from dbaccess.domain.overdue import Late, NextEnd, Overdue
from dbaccess.domain.people import Person, PersonId, SlackId, SourceId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_report import PolicyReport, Process
from dbaccess.domain.request import Request, RequestId, Review
from dbaccess.domain.team import Team
from dbaccess.domain.truncated_list import Some

ToRemind = tuple[RequestId, SlackId]


class PendingReviews(NamedTuple):
    """How many reviews of break-glasses are pending, and how many of these are past their time."""

    pending: int
    overdue: int


class IdempotencyKeys(Protocol):
    """Keys of Slack payloads, each taken once."""

    def claim(self, key: str) -> None:
        """The key is taken in this transaction; raises `DuplicateRequest` where it was before."""


class KnownTeam(Protocol):
    """The workspace that the workers' token belongs to, as Slack said last (worker only)."""

    def get(self) -> Team | None:
        """Return the workspace; None if it was never stored."""

    def put(self, team: Team) -> None: ...


class ClockSkews(Protocol):
    """Clocks that differ from the control database's (worker only)."""

    def put(self, place: str, seconds: float, *, at: datetime) -> datetime:
        """Record the difference, and return since when this clock differs."""

    def clear(self, place: str) -> bool:
        """Remove the entry, and return whether the clock differed before."""

    def largest(self, *, since: datetime) -> float:
        """Return the largest difference in seconds, of those measured since then."""


class DirectorySnapshot(Protocol):
    """The last reading of people and groups from Slack."""

    def person(self, slack_id: SlackId) -> Person | None:
        """Return the account with the sources that list it; None if the snapshot lacks it.

        The sources of the human's other accounts are not looked up.
        """

    def listing(self, slack_ids: Iterable[SlackId]) -> frozenset[SourceId]:
        """Return the sources that list any of these accounts, or did until their last reading."""

    def people(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, Person]: ...

    def read_at(self) -> datetime | None:
        """Return when all groups were last read; None if never."""

    def unread(self, sources: Collection[SourceId], *, since: datetime) -> bool:
        """Return whether any of these sources was not read since then."""

    def replace_sources(
        self,
        members: Mapping[SourceId, frozenset[SlackId]],
        *,
        read_at: datetime,
        keep_others: bool = False,
    ) -> bool:
        """Store these sources with these members; keep others only if asked (worker only).

        A member whom a source no longer lists is missing from it. It is removed once a second reading,
        `CONFIRMED_AFTER` later, does not list it either. A source itself is removed at once. Returns False,
        with no change, if a later reading is already stored.
        """

    def told_groups(self) -> dict[str, frozenset[SlackId]]:
        """Return the reviewing groups with the members that the channels were told of (worker only)."""

    def put_told_groups(self, groups: Mapping[str, frozenset[SlackId]]) -> None:
        """Store exactly these groups as told (worker only)."""

    def put_people(self, people: Iterable[Person]) -> None:
        """Store each person, except for `sources`, which follow from the stored sources (worker only)."""

    def members(self) -> set[SlackId]:
        """Return the accounts that some source lists, or did until its last reading."""

    def never_read(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Return those of these accounts that the snapshot lacks."""

    def reviewers(
        self, sources: Collection[SourceId], *, team_id: str, but: Collection[SlackId], limit: int
    ) -> list[SlackId]:
        """Return accounts of these sources that may review, as far as is known; a source may be an account.

        Without guests, bots, deactivated accounts and other teams. An account that was never read may review.
        """

    def unfit_holders(self, team_id: str) -> list[SlackId]:
        """Return holders who left, are bots, of another team, or guests; guests may be allowed."""

    def involved(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Return those of these accounts that wait for a decision or hold a grant."""

    def stale_involved(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Return involved accounts that are known and were not read since `before`."""

    def stale_people(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Return members of some source that were not read since `before`; those never read come first."""

    def list_cursor(self) -> str | None:
        """Return where to continue reading the list of accounts, empty for its start; None if it is read."""

    def want_list(self, *, begun_before: datetime, now: datetime) -> None:
        """Plan to read the list from its start, unless a reading is under way or began since then.

        Worker only, as is `list_read_to`.
        """

    def list_read_to(self, cursor: str | None) -> None:
        """Plan to continue the list at the cursor; None means that it is read to its end."""


class Requests(Protocol):
    def add(self, request: Request) -> Request:
        """The request with its id; `AlreadyOpen` where one of this account for the same role is pending."""

    def get(self, request_id: RequestId) -> Request:
        """Return it; raises `NotFound`."""

    def lock(self, request_id: RequestId) -> Request:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def save(self, request: Request) -> None: ...

    def due_to_lapse(
        self, now: datetime, *, limit: int, only: Collection[RequestId] | None = None
    ) -> list[Request]:
        """Pending ones whose `decide_by` is over, locked, those locked by others left out; `only` these."""

    def pending_ids(self, *, after: RequestId, limit: int) -> list[RequestId]:
        """Return the next pending ids after that one, in order."""

    def readable(self, request_ids: Collection[RequestId]) -> list[Request]:
        """Return those of these requests that this program can read, in the order of their ids."""

    def count_pending(self) -> int: ...

    def pending_for(self, groups: Collection[str]) -> list[Request]:
        """Return pending requests that need an approval of any of these groups, oldest first."""

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        """Return pending requests of any of these accounts, oldest first."""

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        """When the `back`th of the last requests of these accounts was asked for; None: there are fewer."""

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        """Return the ids of later requests about these grants, readable or not."""

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        """What was asked about a grant later, its extensions, oldest first.

        Without what cannot be read: it keeps the grant from nothing.
        """

    def recent(self, *, limit: int, state: str | None = None, kind: str | None = None) -> list[Request]: ...


class Reviews(Protocol):
    def add(self, review: Review) -> Review:
        """Store the review and return it with its id; raises `AlreadyReviewed`."""

    def of(self, request_id: RequestId) -> list[Review]:
        """Return them in the order in which they were made."""

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, list[Review]]:
        """Return the same for several requests; each of them has a list."""

    def keep(self, request_ids: Collection[RequestId]) -> None:
        """Let `of` answer for these from one reading, until a review is written; for display only."""

    def void(self, review: Review, *, why: str, at: datetime) -> bool:
        """Void the approval; return False if it was void before."""


class BreakGlassReviews(Protocol):
    """The review that each break-glass owes. Lists leave out a break-glass whose terms cannot be read."""

    def add(self, review: BreakGlassReview) -> None:
        """Open the review; raises `ReviewOwed` where one of this name or this account is pending."""

    def of(self, request_id: RequestId) -> BreakGlassReview | None:
        """Return the review of this break-glass; None for any other request."""

    def lock(self, request_id: RequestId) -> BreakGlassReview | None:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def save_verdict(self, review: BreakGlassReview) -> None:
        """Write state and verdict (bot only)."""

    def save_alarm(self, review: BreakGlassReview) -> None:
        """Write when the alarm was raised (worker only)."""

    def pending(self) -> list[BreakGlassReview]:
        """Return those that are not closed yet, oldest first."""

    def pending_of(
        self, accounts: Collection[SlackId], *, name: PersonId | None = None
    ) -> list[BreakGlassReview]:
        """Return those of them that any of these accounts owes, or this name, oldest first."""

    def pending_for(self, groups: Collection[str]) -> list[BreakGlassReview]:
        """Return those of them that any of these groups gives, oldest first."""

    def count_pending(self, now: datetime) -> PendingReviews: ...

    def overdue(self, now: datetime, *, limit: int) -> list[RequestId]:
        """Return pending ones that are past their time and raised no alarm yet, oldest first."""

    def closed_untold(self, *, limit: int) -> list[RequestId]:
        """Return closed ones for which no message to thread and holder is planned, oldest first."""

    def recent(self, *, limit: int, state: str | None = None) -> list[BreakGlassReview]:
        """Return the newest ones first."""


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

    def save_all(self, grants: Sequence[Grant]) -> None:
        """Store any number of grants in one statement."""

    def of_request(self, request_id: RequestId) -> Grant | None: ...

    def open(self) -> list[Grant]: ...

    def open_on_target(self, cluster: str, target: str, *, limit: int) -> Some[Grant]:
        """Return the first open grants on the target, oldest first."""

    def revocable(
        self, groups: Collection[str] | None, accounts: Collection[SlackId], *, others_only: bool, limit: int
    ) -> Some[Grant]:
        """Return the first grants, not being revoked, that these groups review or these accounts hold.

        With `groups` None every reviewer counts. Oldest first; with `others_only`, without those that the
        accounts hold, sorted by their end.
        """

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
        """Return the number of open grants whose last attempt failed."""

    def overdue_since(self, now: datetime) -> datetime | None:
        """Return when the longest overdue open grant was to end; None if no grant is overdue."""

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        """Return the open grants of any of these accounts, oldest first."""

    def open_on_cluster(self, cluster: str) -> list[Grant]: ...

    def given_on(self, cluster: str) -> list[Given]:
        """Return what the open grants that were begun give there, without loading the grants."""

    def open_with(self, cluster: str, logins: Collection[str]) -> list[Grant]:
        """Return the open grants on the cluster that give something to any of these logins, oldest first."""

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

        `begun` selects those whose end an attempt has begun, or has not; `only` limits the search to these.
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

    def oldest_overdue(self, cluster: str, now: datetime) -> GrantId | None:
        """Return the first grant past its end without a backoff, leased or not; None if there is none."""

    def is_free(self, grant: Grant, now: datetime) -> bool:
        """Return whether no live worker holds the grant's lease."""

    def clusters_due(self, now: datetime) -> list[str]:
        """Return the clusters on which a grant is due to end."""

    def next_end(self) -> NextEnd:
        """Return when something becomes due to end, and whether any grant is revoking."""

    def recent(self, *, limit: int, state: str | None = None) -> list[Grant]: ...

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
        """Return active grants with an approved extension whose next attempt is due; not locked."""

    def unsettled(self, grant_ids: Collection[GrantId]) -> set[GrantId]:
        """Return those of these grants with an approved extension that has no outcome yet."""


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


class Announcements(Protocol):
    """The places where break-glasses were announced (worker only)."""

    def add(self, announcement: Announcement) -> bool:
        """Store it; return False if another place was first."""

    def of(self, request_id: RequestId) -> Announcement | None: ...


class Ledger(Protocol):
    def head(self) -> Entry | None: ...

    def holds(self, expected: Expected) -> bool:
        """Return whether the entry that was recorded elsewhere stands at its place."""

    def entries(self, *, after: int = 0) -> Iterable[Entry]:
        """Yield the entries after `after` in order, in batches over a server-side cursor."""

    def tail(self, limit: int) -> list[Entry]:
        """Return the last entries, oldest first."""


class Messages(Protocol):
    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        """Plan the message once; a repeated plan changes nothing. `touch` sets when it is processed."""

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        """Plan any number of (request, kind, channel) in one statement."""

    def of(self, request_id: RequestId) -> list[Message]:
        """Return them in the order in which they were planned."""

    def lock(self, message_id: MessageId) -> Message: ...

    def save(self, message: Message) -> None: ...

    def due(
        self, now: datetime, *, limit: int, to_post: Collection[MessageKind] | None = None
    ) -> list[RequestId]:
        """Return requests with a due message that was never posted, or whose state changed since.

        `to_post` selects those with a message of one of these kinds to post.
        """

    def settle(
        self, request_id: RequestId, *, leased_until: datetime, next_attempt_at: datetime | None = None
    ) -> None:
        """Record that no message is due, or that the next is due at that time.

        A request that was touched since it was leased until then stays due.
        """

    def touch(self, request_id: RequestId, *, next_attempt_at: datetime | None) -> None:
        """Make the request's messages due then; None means that they show the present state."""

    def touch_all(self, request_ids: Collection[RequestId], *, next_attempt_at: datetime) -> None:
        """Do the same for any number of requests in one statement."""


class CredentialViews(Protocol):
    def add(self, view: CredentialView) -> CredentialView: ...

    def lock(self, view_id: CredentialViewId) -> CredentialView:
        """Return it; raises `NotFound`."""

    def save(self, view: CredentialView) -> None: ...

    def shown_before(self, grant_id: GrantId) -> datetime | None:
        """Return when a password of this grant was last shown; None if never."""

    def asked_since(self, grant_id: GrantId, since: datetime) -> int:
        """Return how many passwords were requested at `since` or later, whatever the outcome."""

    def is_overtaken(self, view: CredentialView) -> bool:
        """Return whether a worker has taken up a later view of the same grant."""

    def filled_before(self, view: CredentialView, *, limit: int) -> list[CredentialView]:
        """Return earlier views of the same grant that show a password or are about to, the latest first."""

    def waiting(self, since: datetime, *, started_before: datetime, limit: int) -> list[CredentialViewId]:
        """Return views requested at `since` or later and not taken up, or stuck since `started_before`.

        At most `limit`, because a compromised bot may request any number.
        """


class Drafts(Protocol):
    """Refused lines that a person may still change; a button holds only the id.

    Only the newest of each person are kept.
    """

    def add(self, slack_id: SlackId, fields: Mapping[str, str]) -> int: ...

    def get(self, draft_id: int, slack_id: SlackId) -> dict[str, str]:
        """Return the draft; raises `NotFound` if this person has none with that id."""


class Policies(Protocol):
    """The policies that were loaded, and by which process."""

    def is_new(self, policy_hash: str, *, writer: str) -> bool:
        """Return whether `bot` or `worker` loads this version for the first time, and record it."""

    def report(self, process: Process, policy_hash: str, *, refused: str | None) -> bool:
        """Record that the process runs now with this policy; `refused` is the problem of a newer file.

        Returns whether no other part of the worker on its host has refused the same file before.
        """

    def last_of_workers(self, host: str) -> Policy | None:
        """Return the last policy of a worker's part from the ledger, on this host if there is one.

        None if there is none, or if this version cannot read it (worker only).
        """

    def knows_other(self, policy_hash: str, *, since: datetime) -> bool:
        """Return whether a process with another policy was seen since then."""

    def seen_since(self, moment: datetime) -> list[PolicyReport]:
        """Return the reports since then, workers first; of very many only some."""


class Notices(Protocol):
    def plan(
        self,
        kind: NoticeKind,
        *,
        key: str,
        channel: str,
        data: Mapping[str, Any],
        at: datetime | None = None,
    ) -> NoticeId | None:
        """Plan the notice for the channel, now or at `at`; None if the key was planned before."""

    def knows_open(self, kind: NoticeKind, *, channel: str, target: str, since: datetime) -> bool:
        """Return whether the channel has an open notice about the target that was planned after `since`."""

    def lock_alike(self, notice: Notice) -> list[Notice]:
        """Lock and return some waiting notices of the same channel, target and cause, this one among them."""

    def knows(self, key: str) -> bool:
        """Return whether a notice with this key was planned for some channel."""

    def lock(self, notice_id: NoticeId) -> Notice:
        """Return it; raises `NotFound`."""

    def posted(self, notice_id: NoticeId, *, at: datetime) -> None: ...

    def shown(self, notice: Notice, *, next_look_at: datetime | None) -> None:
        """Record that it shows what `rendered` says; None means that it needs no further look."""

    def look_again(self, key: str, *, at: datetime) -> bool:
        """Make the notices with that key due again; False if some were locked and skipped."""

    def failed(self, notice_id: NoticeId, *, next_attempt_at: datetime) -> None: ...

    def put_off(self, channel: str, *, until: datetime) -> None:
        """Delay all notices of the channel until then, except those planned from now on."""

    def drop(self, notice_id: NoticeId) -> None:
        """Remove the notice; the channel is not told."""

    def due(self, now: datetime, *, limit: int) -> list[NoticeId]:
        """Return the notices due by then, each channel's first before any channel's second."""


class Observations(Protocol):
    """The last observation of each cluster (worker only)."""

    def all(self) -> list[Observation]: ...

    def lock(self, first: Observation) -> Observation:
        """Return the cluster's observation, locked; `first` if there is none yet."""

    def save(self, observation: Observation) -> None: ...
