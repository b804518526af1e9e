"""What the control database keeps, a protocol for each kind of row."""

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
    """Each Slack payload is taken once."""

    def claim(self, key: str) -> None:
        """The key is taken in this transaction; raises `DuplicateRequest` where it was before."""


class KnownTeam(Protocol):
    """The workspace that the workers' token belongs to, as Slack said last (worker only)."""

    def get(self) -> Team | None:
        """None: it never did."""

    def put(self, team: Team) -> None: ...


class ClockSkews(Protocol):
    """Clocks that differ from the control database's (worker only)."""

    def put(self, place: str, seconds: float, *, at: datetime) -> datetime:
        """Return since when this clock differs."""

    def clear(self, place: str) -> bool:
        """Return whether it differed before."""

    def largest(self, *, since: datetime) -> float:
        """Seconds, of those that were measured since then."""


class DirectorySnapshot(Protocol):
    """What Slack said of people and groups, last time it was asked."""

    def person(self, slack_id: SlackId) -> Person | None:
        """The account, with the sources that list it; None where the snapshot does not have it.

        What lists the same human's other accounts is not looked up.
        """

    def listing(self, slack_ids: Iterable[SlackId]) -> frozenset[SourceId]:
        """The sources that list any of these accounts, or did until their last reading."""

    def people(self, slack_ids: Iterable[SlackId]) -> dict[SlackId, Person]: ...

    def read_at(self) -> datetime | None:
        """When the groups were last read whole; None: never."""

    def unread(self, sources: Collection[SourceId], *, since: datetime) -> bool:
        """Whether any of these was not read since then, or never."""

    def replace_sources(
        self,
        members: Mapping[SourceId, frozenset[SlackId]],
        *,
        read_at: datetime,
        keep_others: bool = False,
    ) -> bool:
        """The snapshot has these sources with these members, others only where kept (worker only).

        A member whom a source does not list any more is missing from it, and gone once a reading
        `CONFIRMED_AFTER` the first without them does not list them either; a source itself goes at once.
        False, with nothing changed, where a later reading is there already.
        """

    def told_groups(self) -> dict[str, frozenset[SlackId]]:
        """The groups that review, with the members that the channels know of (worker only)."""

    def put_told_groups(self, groups: Mapping[str, frozenset[SlackId]]) -> None:
        """They are exactly these (worker only)."""

    def put_people(self, people: Iterable[Person]) -> None:
        """Each person is as given, but for `sources`, which follow from the sources (worker only)."""

    def members(self) -> set[SlackId]:
        """Whoever some source lists, or did until its last reading."""

    def never_read(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Those of these accounts that the snapshot does not have."""

    def unfit_holders(self, team_id: str) -> list[SlackId]:
        """Holders who left, or are a bot, of another team, or a guest, who may be allowed to hold it."""

    def involved(self, slack_ids: Iterable[SlackId]) -> set[SlackId]:
        """Those of these accounts that wait for a decision or hold something."""

    def stale_involved(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Known accounts that do so and were not read since `before`."""

    def stale_people(self, *, before: datetime, limit: int) -> list[SlackId]:
        """Members of some source that were never read, or not since `before`; the never read first."""

    def list_cursor(self) -> str | None:
        """Where the workspace's list of accounts is to be read on, empty for its beginning; None: nowhere."""

    def want_list(self, *, begun_before: datetime, now: datetime) -> None:
        """The list is to be read from its beginning, unless it is being read or was begun since then.

        Worker only, as is `list_read_to`.
        """

    def list_read_to(self, cursor: str | None) -> None:
        """The list is to be read on from there; None: it is read to its end."""


class Requests(Protocol):
    def add(self, request: Request) -> Request:
        """The request with its id; `AlreadyOpen` where one of this account for the same role is pending."""

    def get(self, request_id: RequestId) -> Request:
        """Raises `NotFound`."""

    def lock(self, request_id: RequestId) -> Request:
        """The same, locked until the transaction ends."""

    def save(self, request: Request) -> None: ...

    def due_to_lapse(
        self, now: datetime, *, limit: int, only: Collection[RequestId] | None = None
    ) -> list[Request]:
        """Pending ones whose `decide_by` is over, locked, those locked by others left out; `only` these."""

    def pending_ids(self, *, after: RequestId, limit: int) -> list[RequestId]:
        """The next ones after that id, in the order of their ids."""

    def readable(self, request_ids: Collection[RequestId]) -> list[Request]:
        """Those of these that this program can read, in the order of their ids."""

    def count_pending(self) -> int: ...

    def pending_for(self, groups: Collection[str]) -> list[Request]:
        """Pending ones that ask any of these groups for a yes, oldest first."""

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        """Those asked from any of these accounts, oldest first."""

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        """When the `back`th of the last requests of these accounts was asked for; None: there are fewer."""

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        """What was asked about these grants later, readable or not."""

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        """What was asked about a grant later, its extensions, oldest first.

        Without what cannot be read: it keeps the grant from nothing.
        """

    def recent(self, *, limit: int, state: str | None = None, kind: str | None = None) -> list[Request]: ...


class Reviews(Protocol):
    def add(self, review: Review) -> Review:
        """The review with its id; raises `AlreadyReviewed`."""

    def of(self, request_id: RequestId) -> list[Review]:
        """In the order in which they came."""

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, list[Review]]:
        """The same of several; every one of them has a list."""

    def keep(self, request_ids: Collection[RequestId]) -> None:
        """`of` answers for these from one reading, until a review is written; for who only shows them."""

    def void(self, review: Review, *, why: str, at: datetime) -> bool:
        """The approval counts no more; False where that was found before."""


class BreakGlassReviews(Protocol):
    """The review that each break-glass owes. Lists leave out a break-glass whose terms cannot be read."""

    def add(self, review: BreakGlassReview) -> None:
        """Open the review; raises `ReviewOwed` where one of this name or this account is pending."""

    def of(self, request_id: RequestId) -> BreakGlassReview | None:
        """Return the review of this break-glass; None for any other request."""

    def lock(self, request_id: RequestId) -> BreakGlassReview | None:
        """The same, locked until the transaction ends."""

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
        """The grant with its id."""

    def get(self, grant_id: GrantId) -> Grant:
        """Raises `NotFound`."""

    def get_all(self, grant_ids: Collection[GrantId]) -> list[Grant]:
        """Those that there are, in the order of their ids."""

    def lock(self, grant_id: GrantId) -> Grant:
        """The same, locked until the transaction ends."""

    def lock_free(self, grant_ids: Collection[GrantId], *, wait: bool = False) -> list[Grant]:
        """Lock them until the transaction ends; leave out rows that are locked, or `wait` some seconds."""

    def save(self, grant: Grant) -> None: ...

    def save_all(self, grants: Sequence[Grant]) -> None:
        """The same for any number, in one statement."""

    def of_request(self, request_id: RequestId) -> Grant | None: ...

    def open(self) -> list[Grant]: ...

    def open_on_target(self, cluster: str, target: str, *, limit: int) -> Some[Grant]:
        """The first of those on the target, oldest first."""

    def revocable(
        self, groups: Collection[str] | None, accounts: Collection[SlackId], *, others_only: bool, limit: int
    ) -> Some[Grant]:
        """The first of those not on their way out that any of these groups reviews, or these accounts hold.

        None: whoever reviews them. Oldest first; `others_only`: without what the accounts hold, by their end.
        """

    def to_remind(
        self, *, after: datetime, until: datetime, longer_than: timedelta, limit: int
    ) -> list[ToRemind]:
        """What set the end of active ones that end in that time, and who was not reminded of it yet."""

    def roles_held(self) -> list[tuple[str, str]]:
        """Target and role of every active one, each pair once."""

    def active(
        self,
        *,
        of: Collection[tuple[str, str]] = (),
        by: Collection[SlackId] = (),
        after: GrantId,
        limit: int,
    ) -> list[GrantId]:
        """Active ones after that id, of any of these pairs or held by any of these accounts; by their ids."""

    def counts(self) -> dict[GrantState, int]:
        """How many are in each state but ended."""

    def failing(self) -> int:
        """How many open ones have a last attempt that failed."""

    def overdue_since(self, now: datetime) -> datetime | None:
        """When the first of the open ones was to have ended; None: no end is over."""

    def open_of(self, accounts: Collection[SlackId]) -> list[Grant]:
        """Those that any of these accounts holds, oldest first."""

    def open_on_cluster(self, cluster: str) -> list[Grant]: ...

    def given_on(self, cluster: str) -> list[Given]:
        """What the open grants that were begun give there; the grants themselves are not loaded."""

    def open_with(self, cluster: str, logins: Collection[str]) -> list[Grant]:
        """Those on the cluster that give something to any of these logins, oldest first."""

    def ended_of(self, accounts: Collection[SlackId], *, limit: int) -> list[Grant]:
        """Ended ones that any of these accounts held, the latest first."""

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
        """Active ones whose `expires_at` is over, and revoking ones whose next attempt is due and lease free.

        Those whose end was `begun` by an attempt, or was not, or both; `only` these of them. Locked; those
        locked by others are left out, or some seconds waited for.
        """

    def held(self, *, target: str | None, person: str | None) -> list[Grant]:
        """Provisioning and active ones, on the target and of the person where given, oldest first.

        A person is a name under `[people]`, or one Slack id.
        """

    def to_lock_down(self, lockdown: Lockdown, *, spare_break_glass: bool, limit: int) -> list[GrantId]:
        """Active and provisioning ones that it has to end, in this order, whoever has them locked.

        A lifted one ends the grants from before its declaration; `spare_break_glass` leaves out those of a
        break-glass after it.
        """

    def overdue(
        self,
        since: datetime,
        *,
        untold: MessageKind | None = None,
        but: Collection[str] = (),
        limit: int,
    ) -> list[GrantId]:
        """Those that should have ended by then and have not, the longest overdue first.

        With `untold` only those without such a message; none of the targets named in `but`.
        """

    def overdue_by_target(self, since: datetime) -> list[Overdue]:
        """The same, counted for each target that has any."""

    def due_to_provision(self, now: datetime, *, limit: int) -> list[GrantId]:
        """Provisioning ones whose next attempt is due and lease free; not locked."""

    def add_progress(self, done: Mapping[GrantId, EndProgress]) -> None:
        """What calls did about these ends is added to what earlier ones did; waits for no lock on a grant."""

    def late(self, cluster: str, before: datetime, *, after: GrantId, limit: int) -> list[Grant]:
        """Those that were to end before then and that no attempt has cut off for certain; not locked.

        In the order of their ids, and after that one.

        Nothing is known to have been cut off where an attempt failed, or where a worker that lives is at it.
        """

    def late_by_cluster(self, before: datetime) -> dict[str, Late]:
        """Those of each cluster that has any."""

    def give_back(self, grant_ids: Collection[GrantId], lease: str) -> None:
        """Those that were cut off under this lease are free to be finished, but for rows that are locked."""

    def hurry(self, cluster: str, now: datetime) -> None:
        """Every revoking grant there is due, however long it was to wait (worker only)."""

    def to_cut_off(self, cluster: str, now: datetime) -> int:
        """How many are due and wait to be cut off, or a worker that lives cuts them off."""

    def oldest_overdue(self, cluster: str, now: datetime) -> GrantId | None:
        """The first that is to have ended and is not put off, whoever works on it; None: there is none."""

    def is_free(self, grant: Grant, now: datetime) -> bool:
        """Whether no worker that lives holds the grant's lease."""

    def clusters_due(self, now: datetime) -> list[str]:
        """The clusters on which something is due to end."""

    def next_end(self) -> NextEnd:
        """Return when something becomes due to end, and whether any grant is revoking."""

    def recent(self, *, limit: int, state: str | None = None) -> list[Grant]: ...

    def unknown(self, logins: Sequence[tuple[GrantId | None, str]]) -> set[str]:
        """Those of these logins that no grant of this id was ever to have."""

    def written_off(self) -> int:
        """How many grants were written off: their access may be open for ever."""


class Extensions(Protocol):
    """What became of approved extensions (worker only)."""

    def add(self, extension: Extension) -> None: ...

    def of(self, grant_id: GrantId) -> list[Extension]:
        """In the order in which they were asked for."""

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        """Active grants with an approved extension to carry out, whose next attempt is due; not locked."""

    def unsettled(self, grant_ids: Collection[GrantId]) -> set[GrantId]:
        """Those of these grants with an approved extension of which nothing has become yet."""


class Lockdowns(Protocol):
    """Which targets take no request. A lift is final; a lockdown after it is another one."""

    def add(self, lockdown: Lockdown) -> Lockdown:
        """The lockdown with its id and time; raises `AlreadyOpen` where the same is in lockdown."""

    def get(self, lockdown_id: LockdownId) -> Lockdown:
        """Raises `NotFound`."""

    def lock(self, lockdown_id: LockdownId) -> Lockdown:
        """The same, locked until the transaction ends."""

    def lift(self, lockdown: Lockdown) -> None:
        """It is lifted, by `lifted_by` for its `lift_reason`."""

    def open(self) -> list[Lockdown]:
        """Those that are not lifted, oldest first."""

    def covering(self, target: str) -> list[Lockdown]:
        """Those that are not lifted and cover the target, oldest first: two at most."""

    def to_enforce(self, *, limit: int) -> list[Lockdown]:
        """Those with a grant that may have to be sent out, and those that were not found enforced yet.

        The former first, and of them those that are not lifted (worker only).
        """

    def enforced(self, lockdown_id: LockdownId, *, at: datetime) -> None:
        """Every grant that was open at its declaration is on its way out (worker only)."""

    def untold(self, *, targets: Collection[str], limit: int) -> list[Lockdown]:
        """Of those that are not lifted, or not enforced, some that no channel was told of, the newest first.

        Of these targets, those with open grants, and every target: others stop nothing (worker only).
        """

    def untold_lifts(self, *, since: datetime, targets: Collection[str], limit: int) -> list[Lockdown]:
        """The same of those that were lifted since then."""

    def recent(self, *, limit: int) -> list[Lockdown]:
        """The newest first."""

    def progress(self, lockdown: Lockdown) -> Progress: ...

    def count_open(self, target: str | None) -> int:
        """How many grants are open on the target; None: on every target."""


class Announcements(Protocol):
    """Where break-glasses were announced (worker only)."""

    def add(self, announcement: Announcement) -> bool:
        """False where another place was first."""

    def of(self, request_id: RequestId) -> Announcement | None: ...


class Ledger(Protocol):
    def head(self) -> Entry | None: ...

    def holds(self, expected: Expected) -> bool:
        """Whether the entry that was written down elsewhere stands in its place."""

    def entries(self, *, after: int = 0) -> Iterable[Entry]:
        """From `after` on, in order, in batches over a server-side cursor."""

    def tail(self, limit: int) -> list[Entry]:
        """The last ones, oldest first."""


class Messages(Protocol):
    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        """There is one such message; planned again it stays as it is. `touch` says when it is looked at."""

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        """The same for any number of (request, kind, channel), in one statement."""

    def of(self, request_id: RequestId) -> list[Message]:
        """In the order in which they were planned."""

    def lock(self, message_id: MessageId) -> Message: ...

    def save(self, message: Message) -> None: ...

    def due(
        self, now: datetime, *, limit: int, to_post: Collection[MessageKind] | None = None
    ) -> list[RequestId]:
        """Requests with a message that was never posted, or whose state changed since it was, and is due.

        `to_post`: those only with a message of one of these kinds to post.
        """

    def settle(
        self, request_id: RequestId, *, leased_until: datetime, next_attempt_at: datetime | None = None
    ) -> None:
        """Nothing is due any more, or at that time again.

        A request that was touched since it was leased until then stays due.
        """

    def touch(self, request_id: RequestId, *, next_attempt_at: datetime | None) -> None:
        """The request's messages are to be looked at again then; None: they show the present state."""

    def touch_all(self, request_ids: Collection[RequestId], *, next_attempt_at: datetime) -> None:
        """The same for any number of requests, in one statement."""


class CredentialViews(Protocol):
    def add(self, view: CredentialView) -> CredentialView: ...

    def lock(self, view_id: CredentialViewId) -> CredentialView:
        """Raises `NotFound`."""

    def save(self, view: CredentialView) -> None: ...

    def shown_before(self, grant_id: GrantId) -> datetime | None:
        """When a password of this grant was last shown; None: never."""

    def asked_since(self, grant_id: GrantId, since: datetime) -> int:
        """How many were asked for at `since` or later, whatever became of them."""

    def is_overtaken(self, view: CredentialView) -> bool:
        """Whether a worker has taken up a later view of the same grant."""

    def filled_before(self, view: CredentialView, *, limit: int) -> list[CredentialView]:
        """Earlier views of the same grant that show a password or are about to, the latest first."""

    def waiting(self, since: datetime, *, started_before: datetime, limit: int) -> list[CredentialViewId]:
        """Requested at `since` or later, and not taken up; or taken up by `started_before`, and not done.

        The first of them: a bot in enemy hands may ask for any number.
        """


class Drafts(Protocol):
    """What somebody typed and may still change; a button holds only the id.

    Of each person only the newest are kept.
    """

    def add(self, slack_id: SlackId, fields: Mapping[str, str]) -> int: ...

    def get(self, draft_id: int, slack_id: SlackId) -> dict[str, str]:
        """Raises `NotFound` where there is none of this person."""


class Policies(Protocol):
    """Which policies were loaded, and by whom."""

    def is_new(self, policy_hash: str, *, writer: str) -> bool:
        """Whether `bot` or `worker` loads this version for the first time; the next time it is not new."""

    def report(self, process: Process, policy_hash: str, *, refused: str | None) -> bool:
        """The process was seen now and goes by this policy; `refused` names what the file has wrong since.

        Returns whether no part of the worker that runs on its host has refused the same before it.
        """

    def last_of_workers(self, host: str) -> Policy | None:
        """What a part of the worker went by last, on this host if there was one on it; out of the ledger.

        None where there was none, or where this version reads it as something else (worker only).
        """

    def knows_other(self, policy_hash: str, *, since: datetime) -> bool:
        """Whether some process was seen since then that goes by another policy."""

    def seen_since(self, moment: datetime) -> list[PolicyReport]:
        """Of very many only some; workers first."""


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
        """The channel is to be told, now or then; None where it was before, by the same key."""

    def knows_open(self, kind: NoticeKind, *, channel: str, target: str, since: datetime) -> bool:
        """Whether the channel's notice about the target is kept true, and was planned after `since`."""

    def lock_alike(self, notice: Notice) -> list[Notice]:
        """Some that wait to tell its channel of the same target and cause, locked, it among them."""

    def knows(self, key: str) -> bool:
        """Whether some channel was told by this key, or is to be."""

    def lock(self, notice_id: NoticeId) -> Notice:
        """Raises `NotFound`."""

    def posted(self, notice_id: NoticeId, *, at: datetime) -> None: ...

    def shown(self, notice: Notice, *, next_look_at: datetime | None) -> None:
        """It was posted and shows what `rendered` says; None: it is not looked at any more."""

    def look_again(self, key: str, *, at: datetime) -> bool:
        """Every channel's notice by that key is due again; False where some were locked, and left alone."""

    def failed(self, notice_id: NoticeId, *, next_attempt_at: datetime) -> None: ...

    def put_off(self, channel: str, *, until: datetime) -> None:
        """Nothing is due in the channel before then, but for what is planned from now on."""

    def drop(self, notice_id: NoticeId) -> None:
        """The channel is not to be told any more."""

    def due(self, now: datetime, *, limit: int) -> list[NoticeId]:
        """Those to be looked at by then, each channel's first before any channel's second."""


class Observations(Protocol):
    """What the last look at each cluster found (worker only)."""

    def all(self) -> list[Observation]: ...

    def lock(self, first: Observation) -> Observation:
        """The cluster's, locked; `first` where there is none yet."""

    def save(self, observation: Observation) -> None: ...
