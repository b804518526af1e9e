"""A compromised bot with statements of its own: nothing is given without an announcement and a review."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dbaccess.domain.ask import Ask
from dbaccess.domain.errors import AlreadyDecided, OwnRequest
from dbaccess.domain.grant import Grant
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import look_up
from tests.integration.operations import forging
from tests.integration.operations.house import House
from tests.operations.break_glass import Heard, close_review, granted, invoke, review_of
from tests.operations.house import MAYA, TOM

OPEN = """insert into break_glass_reviews
              (request_id, grant_id, holder, holder_slack_id, review_by, state, opened_at, due_at)
          values (:id, :grant, :holder, :slack_id, :group, 'pending', now(), now() + :within)"""
CLOSE = """update break_glass_reviews
              set state = :state, reviewer = :reviewer, reviewer_slack_id = :slack_id, note = :note,
                  reviewed_at = now()
            where request_id = :id"""

FORBIDDEN = (
    "insert into announcements (request_id, place, announced_at) values (:id, 'syslog', now())",
    "update messages set posted_ts = '1', posted_channel = 'C0APPROVALS' where request_id = :id",
    """insert into messages (request_id, kind, channel, posted_channel, posted_ts)
       values (:id, 'thread.approved', '', 'C0APPROVALS', '1')""",
    "insert into messages (request_id, kind, channel) values (:id, 'thread.overdue', '')",
    "insert into messages (request_id, kind, channel) values (:id, 'thread.reviewed', '')",
    "insert into messages (request_id, kind, channel) values (:id, 'thread.active', '')",
    "update break_glass_reviews set overdue_at = now() where request_id = :id",
    "update break_glass_reviews set due_at = now() + interval '1 year' where request_id = :id",
    "delete from break_glass_reviews where request_id = :id",
)


def forged(house: House) -> Grant:
    """A break-glass of Maya's as the bot's role can write it, without its review and announcement."""
    with house.begin() as uow:
        person, now = look_up(uow, MAYA, house.policy), uow.now
    assert person is not None
    ask = Ask(
        target="orders-prod",
        role="write",
        duration=timedelta(minutes=30),
        reason="Payments down, INC-881",
        break_glass=True,
    )
    terms = house.policy.terms(person, ask, house.policy.check(person, ask, now=now))
    request_id = forging.ask(house, terms)
    approve = "update requests set state = 'approved', decided_at = now() where id = :id"
    forging.run(house, approve, id=request_id)
    forging.run(
        house,
        """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration, state,
                               created_at, next_attempt_at)
           values (:id, 'maya', 'U0MAYA', 'orders-prod', 'main', 'write', '30 min', 'provisioning', now(),
                   now())""",
        id=request_id,
    )
    plan = "insert into messages (request_id, kind, channel) values (:id, 'request', 'C0ELSEWHERE')"
    forging.run(house, plan, id=request_id)
    with house.begin() as uow:
        (grant,) = uow.grants.open()
    return grant


def owe(house: House, grant: Grant, **changed: Any) -> None:
    """The review that the rule asks for, as the bot's role can write it; `changed` is written instead."""
    values = {"holder": "maya", "slack_id": "U0MAYA", "group": "dba", "within": timedelta(hours=23)}
    forging.run(house, OPEN, id=grant.request_id, grant=grant.id, **(values | changed))


def is_refused(house: House, grant: Grant) -> None:
    """The worker gives nothing, announces nothing, and does not try again."""
    sink = Heard()
    house.sandbox.fault("chat.postMessage", "500", times=1)
    provision(replace(house.context, sink=sink), grant.id)
    provision(replace(house.context, sink=sink), grant.id)
    assert sink.texts == []
    assert house.ledger("break_glass.announced") == []
    assert house.sandbox.person("U0PRIYA").messages("C0APPROVALS") == []
    house.sandbox.clear_faults()
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    assert house.made_logins() == []


def test_break_glass_without_a_pending_review_is_not_provisioned(glass: House) -> None:
    is_refused(glass, forged(glass))


@pytest.mark.parametrize(
    "changed",
    [{"group": "engineers"}, {"within": timedelta(days=365)}],
    ids=["another group", "never due"],
)
def test_break_glass_that_owes_another_review_than_its_rule_wants_is_not_given(
    glass: House, changed: dict[str, Any]
) -> None:
    grant = forged(glass)
    owe(glass, grant, **changed)
    is_refused(glass, grant)


def test_break_glass_with_the_right_review_is_announced_by_the_worker(glass: House) -> None:
    grant = forged(glass)
    owe(glass, grant)
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "active"
    told = glass.sandbox.person("U0PRIYA").messages("C0APPROVALS")
    assert any("Break-glass: Maya Lindqvist (maya)" in str(message.blocks) for message in told)


def test_second_review_could_be_the_one_that_is_shown_and_is_refused(glass: House) -> None:
    request = invoke(glass)
    close_review(glass, review_of(glass, request))
    with pytest.raises(IntegrityError, match="break_glass_reviews_pk"):
        owe(glass, granted(glass, request))


def test_review_is_of_a_break_glass_and_owed_by_its_holder(glass: House) -> None:
    grant = forged(glass)
    for changed in ({"holder": "tom"}, {"slack_id": "U0TOM"}):
        with pytest.raises(IntegrityError, match="are no break-glass of"):
            owe(glass, grant, **changed)
    usual = glass.approved(TOM)
    for other in (
        usual,
        replace(grant, request_id=usual.request_id),
        replace(usual, request_id=grant.request_id),
    ):
        with pytest.raises(IntegrityError, match="are no break-glass of"):
            owe(glass, other, holder="tom", slack_id="U0TOM")


def test_nothing_closes_a_review_but_a_whole_verdict(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    closings = (
        "update break_glass_reviews set state = :state where request_id = :id",
        "update break_glass_reviews set state = :state, reviewed_at = now() where request_id = :id",
    )
    for state, close in product(("justified", "not_justified", "withdrawn", "pending"), closings):
        with pytest.raises((IntegrityError, AlreadyDecided)):
            forging.run(glass, close, state=state, id=pending.request.id)
        assert review_of(glass, pending.request) == pending, (state, close)


def test_holder_cannot_write_the_review_of_their_own(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    reviewers = [("maya", "U0SAM"), ("sam", "U0MAYA")]
    for (reviewer, slack_id), state in product(reviewers, ("justified", "not_justified")):
        verdict = {"state": state, "reviewer": reviewer, "slack_id": slack_id, "note": "fine"}
        with pytest.raises(OwnRequest):
            forging.run(glass, CLOSE, id=pending.request.id, **verdict)
        assert review_of(glass, pending.request) == pending, verdict


def test_verdict_says_why_and_is_never_changed(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    verdict = {"id": pending.request.id, "state": "justified", "reviewer": "sam", "slack_id": "U0SAM"}
    with pytest.raises(IntegrityError, match="break_glass_reviews_say_why"):
        forging.run(glass, CLOSE, **verdict, note=" ")
    forging.run(glass, CLOSE, **verdict, note="fine")
    closed = review_of(glass, pending.request)
    for state in ("justified", "not_justified"):
        with pytest.raises(AlreadyDecided):
            forging.run(glass, CLOSE, **(verdict | {"state": state}), note="on second thoughts")
    assert review_of(glass, pending.request) == closed


def test_more_time_on_a_break_glass_cannot_be_written(glass: House) -> None:
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    with pytest.raises(IntegrityError, match="it stays short"):
        forging.ask(glass, forging.about(request, granted(glass, request), RequestKind.EXTENSION))


def test_the_bot_neither_says_that_people_were_told_nor_when_they_hear_of_it(glass: House) -> None:
    request = invoke(glass)
    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError, match=r"permission denied|plans no alarm"):
            forging.run(glass, statement, id=request.id)
