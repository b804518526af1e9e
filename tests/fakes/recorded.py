"""The entries that a transaction has to record: the database refuses a change without its ledger entry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.events import Event
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.lifecycle import BREAK_GLASS_REVIEW_TRANSITIONS, GRANT_TRANSITIONS, REQUEST_TRANSITIONS
from dbaccess.domain.lockdown import Lockdown, LockdownId
from dbaccess.domain.request import Request, RequestId
from tests.fakes.database import Table
from tests.fakes.tables import (
    ANNOUNCEMENTS,
    BREAK_GLASS_REVIEWS,
    CREDENTIAL_VIEWS,
    EXTENSIONS,
    GRANTS,
    LOCKDOWNS,
    REQUESTS,
    REVIEWS,
    VOIDED_REVIEWS,
)

History = Sequence[tuple[str, Any, Any]]


class NotRecorded(Exception):
    """A row was written without an entry that tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """An entry of one of these kinds, about this request, grant or lockdown."""

    kinds: tuple[E, ...]
    request_id: RequestId | None = None
    grant_id: GrantId | None = None
    lockdown_id: LockdownId | None = None

    def is_met_by(self, event: Event) -> bool:
        return (
            event.kind in self.kinds
            and self.request_id in {None, event.request_id}
            and self.grant_id in {None, event.grant_id}
            and self.lockdown_id in {None, event.data.get("lockdown")}
        )

    def as_event(self) -> Event:
        """An entry that meets it."""
        data = {} if self.lockdown_id is None else {"lockdown": self.lockdown_id}
        return Event(
            kind=self.kinds[0], actor="system", request_id=self.request_id, grant_id=self.grant_id, data=data
        )


def check_recorded(history: History, events: Sequence[Event]) -> None:
    """Raises `NotRecorded`."""
    for needed in entries_needed(history):
        if not any(needed.is_met_by(event) for event in events):
            raise NotRecorded(f"nothing tells of {needed}")


def entries_needed(history: History) -> Iterator[Needed]:
    """Return the entries for these writes, each with the row before and after."""
    rules: dict[Table[Any, Any], Callable[[Any, Any], Needed | None]] = {
        REQUESTS: _of_request,
        GRANTS: _of_grant,
        BREAK_GLASS_REVIEWS: _of_break_glass_review,
        LOCKDOWNS: _of_lockdown,
        REVIEWS: lambda _, row: Needed(kinds=(E(f"review.{row.verdict}"),), request_id=row.request_id),
        VOIDED_REVIEWS: lambda _, row: Needed(kinds=(E.REVIEW_VOIDED,), request_id=row.review.request_id),
        ANNOUNCEMENTS: lambda _, row: Needed(kinds=(E.BREAK_GLASS_ANNOUNCED,), request_id=row.request_id),
        EXTENSIONS: lambda _, row: Needed(
            kinds=(E.GRANT_EXTENDED, E.GRANT_NOT_EXTENDED), grant_id=row.grant_id
        ),
        CREDENTIAL_VIEWS: _of_view,
    }
    for name, before, after in history:
        rule = rules.get(Table(name))
        needed = rule(before, after) if rule is not None else None
        if needed is not None:
            yield needed


def _of_request(before: Request | None, after: Request) -> Needed | None:
    if before is None:
        return Needed(kinds=(E.REQUEST_SUBMITTED,), request_id=after.id)
    steps = REQUEST_TRANSITIONS.items()
    kinds = tuple(event for (was, event), (to, _) in steps if (was, to) == (before.state, after.state))
    return Needed(kinds=kinds, request_id=after.id) if after.state is not before.state else None


def _of_grant(before: Grant | None, after: Grant) -> Needed | None:
    if before is None:
        return Needed(kinds=(E.GRANT_CREATED,), grant_id=after.id)
    if (before.state, before.expires_at) == (after.state, after.expires_at):
        return None
    steps = GRANT_TRANSITIONS.items()
    kinds = tuple(event for (was, event), (to, _) in steps if (was, to) == (before.state, after.state))
    return Needed(kinds=kinds, grant_id=after.id)


def _of_break_glass_review(before: BreakGlassReview | None, after: BreakGlassReview) -> Needed:
    if before is None:
        return Needed(kinds=(E.BREAK_GLASS_REVIEW_OPENED,), request_id=after.request.id)
    step = (before.state, after.state)
    kinds = tuple(event for was, event, to in BREAK_GLASS_REVIEW_TRANSITIONS if (was, to) == step)
    return Needed(kinds=kinds, request_id=after.request.id)


def _of_lockdown(before: Lockdown | None, after: Lockdown) -> Needed | None:
    if before is None:
        return Needed(kinds=(E.LOCKDOWN_DECLARED,), lockdown_id=after.id)
    is_lifted = before.lifted_at != after.lifted_at
    return Needed(kinds=(E.LOCKDOWN_LIFTED,), lockdown_id=after.id) if is_lifted else None


def _of_view(before: Any, after: Any) -> Needed | None:
    return None if before else Needed(kinds=(E.CREDENTIALS_REQUESTED,), grant_id=after.grant_id)
