"""Only the transitions of the design exist."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState
from dbaccess.domain.errors import IllegalTransition
from dbaccess.domain.events import BOT_MAY_RECORD, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import (
    BOT,
    BOTH,
    BREAK_GLASS_REVIEW_TRANSITIONS,
    GRANT_TRANSITIONS,
    REQUEST_TRANSITIONS,
    advance,
)
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request, RequestId, RequestState
from tests.terms import TERMS

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def request(state: RequestState) -> Request:
    return Request(
        id=RequestId(1042),
        requester_slack_id=SlackId("U0MAYA"),
        terms=TERMS,
        fingerprint=TERMS.fingerprint,
        policy_hash="p",
        state=state,
        submitted_at=T0,
        decide_by=T0 + timedelta(hours=1),
    )


def grant(state: GrantState) -> Grant:
    return Grant(
        id=GrantId(1042),
        request_id=RequestId(1042),
        holder=TERMS.requester,
        holder_slack_id=SlackId("U0MAYA"),
        target="orders-prod",
        cluster="main",
        role="read",
        duration=TERMS.duration,
        state=state,
        created_at=T0,
    )


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("state", list(RequestState))
def test_a_request_moves_only_where_the_table_says(state: RequestState, kind: EventKind) -> None:
    step = REQUEST_TRANSITIONS.get((state, kind))
    if step is None:
        with pytest.raises(IllegalTransition, match=f"R-1042 is {state}"):
            advance(request(state), kind)
    else:
        assert advance(request(state), kind).state is step[0]


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("state", list(GrantState))
def test_a_grant_moves_only_where_the_table_says(state: GrantState, kind: EventKind) -> None:
    step = GRANT_TRANSITIONS.get((state, kind))
    if step is None:
        with pytest.raises(IllegalTransition, match=f"G-1042 is {state}"):
            advance(grant(state), kind)
    else:
        moved = advance(grant(state), kind, attempts=3)
        assert (moved.state, moved.attempts) == (step[0], 3)


@pytest.mark.parametrize("state", list(BreakGlassReviewState))
def test_a_break_glass_review_moves_only_where_the_table_says(state: BreakGlassReviewState) -> None:
    review = BreakGlassReview(
        request=request(RequestState.APPROVED),
        grant_id=GrantId(1042),
        review_by="dba",
        state=state,
        opened_at=T0,
        due_at=T0 + timedelta(days=1),
    )
    for kind, after in product(EventKind, [None, *BreakGlassReviewState]):
        if after is not None and (state, kind, after) in BREAK_GLASS_REVIEW_TRANSITIONS:
            assert advance(review, kind, to=after).state is after
        else:
            with pytest.raises(IllegalTransition, match=f"R-1042 is {state}"):
                advance(review, kind, to=after)


def test_a_verdict_on_a_break_glass_is_final() -> None:
    assert {before for before, _, _ in BREAK_GLASS_REVIEW_TRANSITIONS} == {BreakGlassReviewState.PENDING}


def test_a_decision_is_final() -> None:
    assert {state for state, _ in REQUEST_TRANSITIONS} == {RequestState.PENDING}


def test_every_open_grant_can_leave_and_only_through_revoking() -> None:
    leads = {
        state: {to for (come, _), (to, _) in GRANT_TRANSITIONS.items() if come is state}
        for state in GrantState
    }
    assert GrantState.REVOKING in leads[GrantState.PROVISIONING]
    assert GrantState.REVOKING in leads[GrantState.ACTIVE]
    final = {state for state in GrantState if state.is_final}
    assert leads[GrantState.REVOKING] == {GrantState.REVOKING, *final}
    assert all(leads[state] == set() for state in final)
    assert {come for (come, _), (to, _) in GRANT_TRANSITIONS.items() if to in final} == {GrantState.REVOKING}


def test_only_a_worker_makes_a_grant_active_or_ended() -> None:
    for (_, kind), (to, who) in GRANT_TRANSITIONS.items():
        if to is GrantState.ACTIVE or to.is_final:
            assert who != BOTH, kind


def test_bot_may_record_its_own_acts_and_no_others() -> None:
    steps = [(kind, who) for (_, kind), (_, who) in REQUEST_TRANSITIONS.items()]
    steps += [(kind, who) for (_, kind), (_, who) in GRANT_TRANSITIONS.items()]
    steps += [(kind, who) for (_, kind, _), who in BREAK_GLASS_REVIEW_TRANSITIONS.items()]
    for kind, who in steps:
        assert (who in {BOTH, BOT}) == (kind in BOT_MAY_RECORD), kind


def test_a_state_cannot_be_set_past_the_table() -> None:
    with pytest.raises(TypeError):
        advance(grant(GrantState.ACTIVE), EventKind.GRANT_EXPIRED, state=GrantState.ENDED)


@pytest.mark.parametrize("cause", list(EndCause))
def test_every_cause_of_an_end_has_its_event(cause: EndCause) -> None:
    assert EventKind(f"grant.{cause.value}")
