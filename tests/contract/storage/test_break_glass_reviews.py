"""The review that a break-glass needs: one pending for each name and account, closed by another person."""

from dataclasses import replace

import pytest

from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState, GivenVerdict
from dbaccess.domain.errors import AlreadyDecided, OwnRequest, ReviewPending
from dbaccess.domain.events import EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.request import RequestId
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, break_glass, submitted

JUSTIFIED, NOT_JUSTIFIED = BreakGlassReviewState.JUSTIFIED, BreakGlassReviewState.NOT_JUSTIFIED


def closed(
    uow: UnitOfWork, review: BreakGlassReview, who: str = "priya", verdict: BreakGlassReviewState = JUSTIFIED
) -> BreakGlassReview:
    given = GivenVerdict(
        reviewer=PersonId(who),
        reviewer_slack_id=SlackId(f"U{who.upper()}"),
        note="stock fixed",
        reviewed_at=uow.now,
        membership_read_at=uow.now,
    )
    return advance(review, EventKind.BREAK_GLASS_REVIEWED, to=verdict, verdict=given)


@pytest.mark.parametrize(("name", "slack_id"), [("maya", "WMAYA"), ("lindqvist", "UMAYA")])
def test_one_pending_review_a_name_and_an_account(bot: UnitOfWorkFactory, name: str, slack_id: str) -> None:
    pending = break_glass(bot)
    with pytest.raises(ReviewPending, match=pending.label):
        break_glass(bot, name, slack_id, "write")
    assert break_glass(bot, "lindqvist", "WMAYA", "write").is_pending
    with bot() as uow:
        uow.break_glass_reviews.save_verdict(closed(uow, pending))
        uow.commit()
    assert break_glass(bot, "maya", "UMAYA", "write").is_pending


def test_review_comes_back_as_given_and_only_for_its_break_glass(bot: UnitOfWorkFactory) -> None:
    review, usual = break_glass(bot), submitted(bot)
    with bot() as uow:
        reviews = uow.break_glass_reviews
        assert reviews.of(review.request.id) == reviews.lock(review.request.id) == review
        for other in (usual.id, RequestId(7)):
            assert reviews.of(other) is reviews.lock(other) is None


@pytest.mark.parametrize("verdict", [JUSTIFIED, NOT_JUSTIFIED])
def test_verdict_is_given_once_and_by_another_person(
    bot: UnitOfWorkFactory, verdict: BreakGlassReviewState
) -> None:
    review = break_glass(bot)
    with bot() as uow, pytest.raises(OwnRequest):
        uow.break_glass_reviews.save_verdict(closed(uow, review, "maya", verdict))
    with bot() as uow:
        done = closed(uow, review, verdict=verdict)
        uow.break_glass_reviews.save_verdict(done)
        uow.commit()
    with bot() as uow:
        assert uow.break_glass_reviews.of(review.request.id) == done
    with bot() as uow, pytest.raises(AlreadyDecided):
        uow.break_glass_reviews.save_verdict(closed(uow, review, "sam", JUSTIFIED))


def test_alarm_is_due_once(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    review = break_glass(bot)
    with worker() as uow:
        assert uow.break_glass_reviews.overdue(review.due_at - HOUR / 2, limit=9) == []
        assert uow.break_glass_reviews.overdue(review.due_at, limit=9) == [review.request.id]
        assert uow.break_glass_reviews.overdue(review.due_at, limit=0) == []
        late = replace(review, overdue_at=review.due_at)
        uow.break_glass_reviews.save_alarm(late)
        uow.commit()
    with worker() as uow:
        assert uow.break_glass_reviews.overdue(review.due_at + HOUR, limit=9) == []
        assert uow.break_glass_reviews.pending() == [late]
        assert uow.break_glass_reviews.count_pending(review.due_at) == (1, 1)


def test_lists_and_figures_follow_the_verdict(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    review, other = break_glass(bot), break_glass(bot, "tom", "UTOM", "write")
    of_both = [review.request.id, other.request.id]
    with bot() as uow:
        reviews = uow.break_glass_reviews
        assert reviews.pending() == reviews.pending_for(["owners", "dba"]) == [review, other]
        assert reviews.pending_for(["owners"]) == reviews.pending_for([]) == []
        assert reviews.pending_of([SlackId("UTOM")]) == [other]
        assert reviews.pending_of([SlackId("UTOM")], name=PersonId("maya")) == [review, other]
        assert reviews.pending_of([]) == []
        assert reviews.count_pending(other.due_at) == (2, 2)
        assert reviews.closed_untold(limit=9) == []
        reviews.save_verdict(closed(uow, review))
        uow.commit()
    with worker() as uow:
        reviews = uow.break_glass_reviews
        assert reviews.pending() == [other]
        assert reviews.count_pending(uow.now) == (1, 0)
        assert reviews.overdue(other.due_at, limit=9) == of_both[1:]
        assert [found.request.id for found in reviews.recent(limit=9)] == of_both[::-1]
        assert [
            found.request.id for found in reviews.recent(limit=9, only=RecordFilter(state="justified"))
        ] == of_both[:1]
        assert reviews.recent(limit=1) == [other]
        assert reviews.closed_untold(limit=9) == of_both[:1]
        uow.messages.plan(review.request.id, MessageKind.THREAD_REVIEWED, channel="")
        assert reviews.closed_untold(limit=9) == []
