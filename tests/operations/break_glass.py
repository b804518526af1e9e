"""Breaking the glass in a house of the tests."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.ask import Ask
from dbaccess.domain.break_glass import Place
from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState, GivenVerdict
from dbaccess.domain.errors import SinkFailure
from dbaccess.domain.grant import Grant
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.break_glass.invoke import break_glass
from dbaccess.operations.break_glass.review import event_of, review_break_glass
from dbaccess.ports import UnitOfWorkFactory
from tests.operations.house import MAYA, PRIYA, House, new_key

RULE = """
[[rules]]
id = "prod-emergency"
env = ["prod"]
access = ["read", "write", "ddl"]
requester = ["engineers"]
max = "30m"
break_glass = true
review_by = "dba"
review_within = "24h"
"""


def invoke(
    house: House,
    who: SlackId = MAYA,
    *,
    role: str = "write",
    key: str | None = None,
    seconds: int = 1800,
    reason: str = "Payments down, INC-881",
    begin: UnitOfWorkFactory | None = None,
) -> Request:
    return break_glass(
        begin or house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        ask=Ask(
            target="orders-prod",
            role=role,
            duration=timedelta(seconds=seconds),
            reason=reason,
        ),
        idempotency_key=key or new_key(),
    )


def granted(house: House, request: Request) -> Grant:
    grant = house.grant_of(request.id)
    assert grant is not None
    return grant


def review_of(house: House, request: Request) -> BreakGlassReview:
    """The review that came with it, as it is now."""
    with house.begin() as uow:
        found = uow.break_glass_reviews.of(request.id)
    assert found is not None
    return found


def close_review(
    house: House,
    review: BreakGlassReview,
    who: SlackId = PRIYA,
    verdict: BreakGlassReviewState = BreakGlassReviewState.JUSTIFIED,
    note: str = "INC-881, stock fixed.",
) -> BreakGlassReview:
    return review_break_glass(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        request_id=review.request.id,
        fingerprint=review.request.fingerprint,
        verdict=verdict,
        note=note,
        idempotency_key=new_key(),
    )


def forge_review(house: House, review: BreakGlassReview, reviewer: str, account: str) -> None:
    """Close the review as a compromised bot can: in the name of any person, with any account."""
    with house.begin() as uow:
        given = GivenVerdict(
            reviewer=PersonId(reviewer), reviewer_slack_id=SlackId(account), note="Fine.", reviewed_at=uow.now
        )
        closed = replace(review, state=BreakGlassReviewState.JUSTIFIED, verdict=given)
        uow.break_glass_reviews.save_verdict(closed)
        uow.record(event_of(closed, given, house.policy))
        uow.commit()


def doubts_told(house: House) -> list[list[str]]:
    """Return the reasons of each alarm to the operators about a review."""
    with house.work() as uow:
        notices = [uow.notices.lock(notice_id) for notice_id in uow.notices.due(uow.now, limit=10)]
    doubtful = [notice for notice in notices if notice.kind is NoticeKind.DOUBTFUL_REVIEW]
    assert {notice.channel for notice in doubtful} <= {house.policy.ops_channel}
    return [list(notice.data["doubts"]) for notice in doubtful]


class Heard:
    """A second sink that keeps the texts that it took, as long as it takes anything."""

    place = Place.SYSLOG

    def __init__(self, *, takes: bool = True) -> None:
        self.texts: list[str] = []
        self.takes = takes

    def take(self, text: str) -> None:
        if not self.takes:
            raise SinkFailure("full")
        self.texts.append(text)
