"""Requests, reviews and grants to store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from dbaccess.domain.approved_scope import asked
from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState, Recipe
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Request, RequestId, RequestState, Review, ReviewId, Verdict
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from tests.entering_connection import EnteringUnitOfWork
from tests.terms import TERMS

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Begin = Engine | UnitOfWorkFactory
"""Makes units of work that record by themselves what a test writes; an engine stands for those over it."""


def _begin(of: Begin) -> UnitOfWork:
    return EnteringUnitOfWork(of, None) if isinstance(of, Engine) else of()


def now() -> datetime:
    """The time that the guards ask of what the bot writes."""
    return datetime.now(UTC)


def terms(requester: str = "maya", role: str = "read") -> Terms:
    return replace(TERMS, requester=PersonId(requester), role=role)


def extension(of: Grant, *, seconds: int = 3600, whole: int = 14400) -> Terms:
    """An hour more for an active grant, within four hours in all."""
    return replace(
        terms(of.holder, of.role),
        kind=RequestKind.EXTENSION,
        of_grant=of.id,
        duration_seconds=seconds,
        longest_seconds=whole,
    )


def request(asked: Terms | None = None, *, decide_by: datetime | None = None) -> Request:
    asked, at = asked or terms(), now()
    return Request(
        id=RequestId(0),
        requester_slack_id=SlackId(f"U{asked.requester.upper()}"),
        terms=asked,
        fingerprint=asked.fingerprint,
        policy_hash="p1",
        state=RequestState.PENDING,
        submitted_at=at,
        decide_by=decide_by or at + HOUR,
    )


def review(of: Request, reviewer: str = "priya") -> Review:
    return Review(
        id=ReviewId(0),
        request_id=of.id,
        reviewer=PersonId(reviewer),
        reviewer_slack_id=SlackId(f"U{reviewer.upper()}"),
        verdict=Verdict.APPROVED,
        groups=("dba",),
        note="",
        fingerprint=of.fingerprint,
        policy_hash="p1",
        reviewed_at=now(),
        scope=asked(of.terms),
        membership_read_at=of.submitted_at,
    )


def approval_data(given: Review) -> dict[str, object]:
    """The data of the entry of this approval, as the guard of the ledger requires it."""
    assert given.scope is not None
    read_at = given.membership_read_at
    return {
        "slack_id": given.reviewer_slack_id,
        "groups": list(given.groups),
        "note": given.note,
        "fingerprint": given.fingerprint,
        "policy_hash": given.policy_hash,
        "role": given.scope.role,
        "duration_seconds": int(given.scope.duration.total_seconds()),
        **({"membership_read_at": read_at.isoformat(timespec="microseconds")} if read_at else {}),
    }


def grant(of: Request) -> Grant:
    at = now()
    return Grant(
        id=GrantId(0),
        request_id=of.id,
        holder=of.requester,
        holder_slack_id=of.requester_slack_id,
        target=of.terms.target,
        cluster=of.terms.cluster,
        role=of.terms.role,
        duration=of.terms.duration,
        state=GrantState.PROVISIONING,
        created_at=at,
        next_attempt_at=at,
    )


def recipe(of: Grant) -> Recipe:
    return Recipe(
        grant_id=of.id,
        cluster=of.cluster,
        cluster_identity="7",
        database="orders",
        login_kind="ephemeral",
        login="jit_acme_maya_7f3a",
        login_identity=None,
        tag="dbaccess acme G-1001",
        roles=("orders_read",),
        act_as=None,
        standing=(),
    )


def submitted(bot: Begin, asked: Terms | None = None) -> Request:
    with _begin(bot) as uow:
        added = uow.requests.add(request(asked))
        uow.commit()
    return added


def reviewed(bot: Begin, pending: Request, *reviewers: str) -> None:
    """Approved by these, or by Priya if none is given, and not decided."""
    with _begin(bot) as uow:
        for reviewer in reviewers or ("priya",):
            uow.reviews.add(review(pending, reviewer))
        uow.commit()


def approve(uow: UnitOfWork, pending: Request) -> Grant:
    """One review, the decision, and the grant: as the bot does it."""
    uow.reviews.add(review(pending))
    uow.requests.save(advance(pending, EventKind.REQUEST_APPROVED, decided_at=uow.now))
    return uow.grants.add(grant(pending))


def granted(bot: Begin, asked: Terms | None = None) -> Grant:
    pending = submitted(bot, asked)
    with _begin(bot) as uow:
        made = approve(uow, pending)
        uow.commit()
    return made


def posted(worker: Begin, request_id: RequestId, kind: MessageKind = MessageKind.REQUEST) -> None:
    """The worker has told others of the request."""
    with _begin(worker) as uow:
        uow.messages.plan(request_id, kind, channel="C0APPROVALS")
        (message,) = [message for message in uow.messages.of(request_id) if message.kind is kind]
        uow.messages.save(
            replace(message, posted_channel="C0APPROVALS", posted_ts="1.2", rendered="a", posted_at=uow.now)
        )
        uow.commit()


def active(
    bot: Begin, worker: Begin, *, expires_at: datetime, asked: Terms | None = None, **recorded: Any
) -> Grant:
    """`recorded`: what its recipe has otherwise."""
    made = granted(bot, asked)
    posted(worker, made.request_id)
    with _begin(worker) as uow:
        made = advance(
            made,
            EventKind.GRANT_ACTIVATED,
            recipe=replace(recipe(made), **recorded),
            expires_at=expires_at,
            activated_at=uow.now,
            next_attempt_at=None,
        )
        uow.grants.save(made)
        uow.commit()
    return made


def break_glass(
    bot: Begin, name: str = "maya", slack_id: str = "UMAYA", role: str = "read"
) -> BreakGlassReview:
    """The pending review of a new break-glass, from this account under this name."""
    asked = replace(terms(name, role), break_glass=True, approvals=())
    with _begin(bot) as uow:
        asking = uow.requests.add(replace(request(asked), requester_slack_id=SlackId(slack_id)))
        uow.requests.save(advance(asking, EventKind.REQUEST_BREAK_GLASS_INVOKED, decided_at=uow.now))
        made = uow.grants.add(grant(asking))
        pending = BreakGlassReview(
            request=uow.requests.get(asking.id),
            grant_id=made.id,
            review_by="dba",
            state=BreakGlassReviewState.PENDING,
            opened_at=now(),
            due_at=now() + HOUR,
        )
        uow.break_glass_reviews.add(pending)
        uow.commit()
    return pending


def event(kind: EventKind = EventKind.REQUEST_SUBMITTED, /, **data: object) -> Event:
    return Event(kind=kind, actor="maya", request_id=RequestId(1001), data=data)
