"""A bot in enemy hands, by its own statements: nothing is given that nobody hears of or owes a review for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dbaccess.domain.ask import Ask
from dbaccess.domain.break_glass import review_terms
from dbaccess.domain.errors import OwnRequest
from dbaccess.domain.grant import Grant
from dbaccess.domain.rule import BreakGlass
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import look_up
from tests.integration.operations import forging
from tests.integration.operations.house import House
from tests.operations.breaking import Heard, granted, invoke, judge, owed
from tests.operations.house import MAYA

DUE = BreakGlass(review_by="dba", review_within=timedelta(hours=24))


def forged(house: House) -> tuple[Terms, Grant]:
    """A break-glass of Maya's as the bot's role can write it, without what is owed for it."""
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
    return terms, grant


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


def test_break_glass_that_owes_nobody_a_review_is_not_given(glass: House) -> None:
    is_refused(glass, forged(glass)[1])


@pytest.mark.parametrize(
    ("change", "days"),
    [
        (lambda terms: replace(terms, approvals=(("engineers", 1),)), 0.9),
        (lambda terms: replace(terms, approvals=(("dba", 1), ("engineers", 1))), 0.9),
        (lambda terms: terms, 365),
    ],
    ids=["another group", "a group too many", "never due"],
)
def test_break_glass_that_owes_another_review_than_its_rule_wants_is_not_given(
    glass: House, change: Callable[[Terms], Terms], days: float
) -> None:
    terms, grant = forged(glass)
    forging.ask(glass, change(review_terms(terms, grant.id, DUE)), within=timedelta(days=days))
    is_refused(glass, grant)


def test_what_is_owed_as_the_rule_wants_it_is_announced_where_the_worker_says(glass: House) -> None:
    terms, grant = forged(glass)
    forging.ask(glass, review_terms(terms, grant.id, DUE), within=timedelta(hours=23))
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "active"
    told = glass.sandbox.person("U0PRIYA").messages("C0APPROVALS")
    assert any("Break-glass: Maya Lindqvist" in str(message.blocks) for message in told)


def test_second_review_could_be_the_one_that_is_shown_and_is_refused(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    judge(glass, debt)
    with pytest.raises(IntegrityError, match="requests_one_review"):
        forging.ask(glass, debt.terms)


def test_review_is_of_what_was_given(glass: House) -> None:
    terms, grant = forged(glass)
    wanted = review_terms(terms, grant.id, DUE)
    for other in ({"reason": "nothing much"}, {"duration_seconds": 60}, {"access": "read"}):
        with pytest.raises(IntegrityError, match="what is reviewed is what was given"):
            forging.ask(glass, wanted, odd=other)


@pytest.mark.parametrize("state", ["denied", "approved", "withdrawn"])
def test_nothing_closes_a_review_but_a_review(glass: House, state: str) -> None:
    debt = owed(glass, invoke(glass))
    close = "update requests set state = :state, decided_at = now() where id = :id"
    with pytest.raises(IntegrityError):
        forging.run(glass, close, state=state, id=debt.id)
    assert glass.request(debt.id).state == "pending"


@pytest.mark.parametrize(("reviewer", "slack_id"), [("maya", "U0SAM"), ("sam", "U0MAYA")])
@pytest.mark.parametrize("verdict", ["approved", "denied"])
def test_nobody_writes_the_review_of_their_own(
    glass: House, reviewer: str, slack_id: str, verdict: str
) -> None:
    debt = owed(glass, invoke(glass))
    with pytest.raises(OwnRequest):
        forging.run(
            glass,
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds,
                                    groups, note, fingerprint, policy_hash, reviewed_at)
               values (:id, :reviewer, :slack_id, :verdict, :role, :seconds, '{dba}', 'fine', :fingerprint,
                       'p', now())""",
            id=debt.id,
            reviewer=reviewer,
            slack_id=slack_id,
            verdict=verdict,
            role=debt.terms.role if verdict == "approved" else None,
            seconds=debt.terms.duration_seconds if verdict == "approved" else None,
            fingerprint=debt.fingerprint,
        )


def test_more_time_on_a_break_glass_cannot_be_written(glass: House) -> None:
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    with pytest.raises(IntegrityError, match="it stays short"):
        forging.ask(glass, forging.about(request, granted(glass, request), RequestKind.EXTENSION))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into announcements (request_id, place, announced_at) values (:id, 'syslog', now())",
        "update messages set posted_ts = '1', posted_channel = 'C0APPROVALS' where request_id = :id",
        """insert into messages (request_id, kind, channel, posted_channel, posted_ts)
           values (:id, 'thread.approved', '', 'C0APPROVALS', '1')""",
        "insert into messages (request_id, kind, channel) values (:debt, 'thread.overdue', '')",
        "insert into messages (request_id, kind, channel) values (:debt, 'thread.reviewed', '')",
        "insert into messages (request_id, kind, channel) values (:id, 'thread.active', '')",
    ],
)
def test_the_bot_neither_says_that_people_were_told_nor_when_they_hear_of_it(
    glass: House, statement: str
) -> None:
    request = invoke(glass)
    debt = owed(glass, request)
    with pytest.raises(ProgrammingError, match=r"permission denied|plans no alarm"):
        forging.run(glass, statement, id=request.id, debt=debt.id)
