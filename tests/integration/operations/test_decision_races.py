"""Two things at the same instant, on two real connections: one of them is what happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from dbaccess.domain.errors import AlreadyDecided
from dbaccess.domain.policy import Ask, Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from dbaccess.operations.requests.submit import submit
from dbaccess.operations.requests.withdraw import withdraw
from tests.entering_connection import enter
from tests.integration.operations.forging import driver_of
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, two_groups, with_groups, with_rule
from tests.operations.house import MAYA, PRIYA, SAM, TOM, at_once, later, new_key

ROUNDS = 4


def _one_outcome(house: House, request: Request) -> str:
    """The state, after it was seen that grant and ledger say the same and nothing else."""
    state = house.request(request.id).state
    decided = [
        event["kind"]
        for event in house.ledger()
        if event["request"] == request.id and event["kind"].startswith("request.")
    ]
    assert decided == ["request.submitted", f"request.{state}"]
    assert (house.grant_of(request.id) is not None) == (state == "approved")
    return state


def _again(house: House, request: Request) -> None:
    """The grant is over, so that the same may be requested again."""
    grant = house.grant_of(request.id)
    if grant is not None:
        for change in (
            "state = 'revoking', end_cause = 'abandoned', revoking_at = now()",
            "state = 'ended', ended_at = now()",
        ):
            with house.worker.begin() as connection:
                connection.exec_driver_sql(f"update grants set {change} where id = {grant.id}")
                enter(driver_of(connection))


def test_two_reviewers_for_the_last_slot_fill_it_once(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    edit(house, with_groups(house.policy, dba=[PRIYA, SAM, TOM]))
    for _ in range(ROUNDS):
        request = house.submit()
        house.review(request, PRIYA)
        outcomes = at_once(partial(house.review, request, SAM), partial(house.review, request, TOM))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided", "Request"]
        assert _one_outcome(house, request) == "approved"
        _again(house, request)
    assert house.kinds().count("grant.created") == ROUNDS


def test_two_reviewers_for_different_slots_are_both_heard(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[PRIYA])
    for _ in range(ROUNDS):
        request = house.submit()
        outcomes = at_once(partial(house.review, request, PRIYA), partial(house.review, request, SAM))
        assert [type(outcome).__name__ for outcome in outcomes] == ["Request", "Request"]
        assert _one_outcome(house, request) == "approved"
        _again(house, request)


def _withdraw(house: House, request: Request) -> None:
    withdraw(
        house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
    )


def _lapse(house: House, _: Request) -> None:
    lapse(later(house, minutes=31))


def _mark_stale(house: House, _: Request) -> None:
    mark_stale(replace(house.context, policy=replace(house.policy, rules=())))


def _deny(house: House, request: Request) -> None:
    house.review(request, SAM, Verdict.DENIED)


@pytest.mark.parametrize(
    ("other", "state"),
    [(_withdraw, "withdrawn"), (_lapse, "lapsed"), (_mark_stale, "stale"), (_deny, "denied")],
)
def test_approval_at_the_same_instant_as_another_end_leaves_one_of_them(
    house: House, other: Callable[[House, Request], None], state: str
) -> None:
    for _ in range(ROUNDS):
        request = house.submit()
        at_once(partial[object](house.review, request, PRIYA), partial[object](other, house, request))
        assert _one_outcome(house, request) in {"approved", state}
        _again(house, request)


def _replace(house: House, request: Request) -> Request:
    """Withdraw it and send another for the same role, in one click."""
    return submit(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=MAYA,
        ask=Ask(
            target="orders-prod", role="read", duration=timedelta(minutes=15), reason="shorter is enough"
        ),
        idempotency_key=new_key(),
        instead_of=request.id,
    )


def test_approval_at_the_same_instant_as_withdraw_and_send_leaves_one_request(house: House) -> None:
    for _ in range(ROUNDS):
        request = house.submit()
        _, sent = at_once(
            partial[object](house.review, request, PRIYA), partial[object](_replace, house, request)
        )
        with house.begin() as uow:
            waiting = uow.requests.pending_of([MAYA])
        if _one_outcome(house, request) == "approved":
            assert isinstance(sent, AlreadyDecided)
            assert waiting == []
            _again(house, request)
        else:
            assert isinstance(sent, Request)
            assert [one.id for one in waiting] == [sent.id]
            assert house.request(request.id).state == "withdrawn"
            _withdraw(house, sent)


def test_approval_that_is_voided_while_the_last_one_comes_is_not_counted(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[TOM])
    for _ in range(ROUNDS):
        before = house.policy
        request = house.submit()
        house.review(request, PRIYA)
        edit(house, with_groups(house.policy, dba=[SAM], owners=[TOM]))
        at_once(
            partial[object](house.review, request, TOM), partial[object](recheck_approvals, house.context)
        )
        assert house.request(request.id).state == "pending"
        assert house.grant_of(request.id) is None
        house.review(request, SAM)
        assert _one_outcome(house, request) == "approved"
        _again(house, request)
        edit(house, before)
    assert house.kinds().count("review.voided") == ROUNDS


def test_two_workers_that_find_the_same_stale_request_say_so_once(house: House) -> None:
    request = house.submit()
    context = replace(house.context, policy=replace(house.policy, rules=()))
    outcomes = at_once(*[lambda: mark_stale(context)] * 4)
    assert sorted(map(str, outcomes)) == sorted(map(str, [[request.id], [], [], []]))
    assert house.kinds().count("request.stale") == 1
