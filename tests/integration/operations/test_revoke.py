"""From active to ended: once, with a receipt, however often it takes."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.operations.grants.claim import FEW
from dbaccess.operations.grants.end_early import revoke_by_operator, revoke_grant
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain, revoke
from tests.databases import PostgresServer
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House, down
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, TOM, at_once, later, new_key
from workers.metrics import StateCollector


def _is_gone(house: House, grant: Grant) -> Grant:
    ended = house.grant(grant.id)
    assert ended.state == "ended"
    assert ended.receipt is not None
    assert ended.receipt.login_removed
    assert ended.receipt.sessions_left == 0
    assert ended.recipe is not None
    assert house.look("select 1 from pg_roles where rolname = %s", ended.recipe.login) == []
    assert len([e for e in house.ledger("grant.ended") if e["grant"] == grant.id]) == 1
    return ended


def test_grant_ends_when_its_time_is_over_and_not_before(house: House) -> None:
    grant = house.active(seconds=2)
    assert revoke(house.context, grant.id) == 0
    assert house.grant(grant.id).state == "active"
    time.sleep(2.1)
    assert revoke(house.context, grant.id) == 1
    assert _is_gone(house, grant).end_cause == "expired"
    assert house.kinds()[-3:] == ["grant.expired", "grant.revoke_started", "grant.ended"]
    assert {"thread.ended", "dm.ended"} <= house.planned(grant.request_id)
    assert revoke(house.context, grant.id) == 0


def test_only_the_holder_surrenders_under_any_of_their_accounts(house: House) -> None:
    grant = house.active()
    with pytest.raises(NotYours):
        house.surrender(grant, TOM)
    assert house.grant(grant.id).state == "active"
    house.surrender(grant, SECOND_MAYA)
    drain(house.context, "main")
    assert _is_gone(house, grant).end_cause == "surrendered"
    with pytest.raises(AlreadyDecided):
        house.surrender(grant)


def _revoke(house: House, grant: Grant, who: SlackId) -> None:
    revoke_grant(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        grant_id=grant.id,
        reason="the incident is over",
        idempotency_key=new_key(),
    )


def test_reviewers_revoke_with_a_reason_and_colleagues_do_not(house: House) -> None:
    grant = house.active()
    with pytest.raises(NotYours):
        _revoke(house, grant, TOM)
    _revoke(house, grant, PRIYA)
    drain(house.context, "main")
    ended = _is_gone(house, grant)
    assert (ended.end_cause, ended.ended_by, ended.end_note) == ("revoked", PRIYA, "the incident is over")


def test_holder_and_reviewer_at_the_same_instant_end_it_once(house: House) -> None:
    grant = house.active()
    outcomes = at_once(lambda: house.surrender(grant), lambda: _revoke(house, grant, PRIYA))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided", "NoneType"]
    drain(house.context, "main")
    _is_gone(house, grant)


def test_target_down_is_tried_again_told_after_the_third_and_ends_late(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.active()
    house.surrender(grant)
    with down(target_postgres):
        for attempt in range(1, 4):
            house.next_try_now(grant.id)
            assert drain(house.context, "main") == 1
            assert house.grant(grant.id).attempts == attempt
            assert ("ops.overdue" in house.planned(grant.request_id)) == (attempt >= 3)
    assert house.grant(grant.id).state == "revoking"
    assert not house.planned(grant.request_id) & {"dm.ended", "thread.ended", "ops.ended_late"}
    assert drain(house.context, "main") == 0, "its wait is not over"
    house.next_try_now(grant.id)
    drain(house.context, "main")
    _is_gone(house, grant)
    assert "ops.ended_late" in house.planned(grant.request_id)
    failed = [event["data"] for event in house.ledger("grant.revoke_failed")]
    assert [data["attempt"] for data in failed] == [1, 2, 3]
    assert all(f":{target_postgres.port}" in data["said"] for data in failed), "the reason names the server"


def test_bot_session_that_locks_a_grant_is_terminated_and_the_end_goes_on(house: House) -> None:
    """PostgreSQL lets every role lock a row that it may change; the metrics ask for no lock."""
    grant = house.active(seconds=60)
    after = later(house, minutes=5)
    context = replace(house.context, begin=after)
    with house.bot.connect() as enemy:
        enemy.execute(text("select from grants for update"))
        assert drain(context, "main") == 0
        figures = {metric.name: metric.samples[0].value for metric in StateCollector(after).collect()}
        assert figures["dbaccess_overdue_seconds"] > 200
    assert drain(context, "main") == 1
    _is_gone(house, grant)


def test_grant_taken_away_before_its_end_is_overdue_from_then_on(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.active(seconds=4 * 3600)

    def overdue() -> float:
        metrics = {metric.name: metric for metric in StateCollector(later(house, minutes=60)).collect()}
        return float(metrics["dbaccess_overdue_seconds"].samples[0].value)

    assert overdue() == 0
    house.surrender(grant)
    with down(target_postgres):
        drain(house.context, "main")
    assert 3600 <= overdue() < 3700
    house.next_try_now(grant.id)
    drain(house.context, "main")
    assert overdue() == 0


def test_revocation_outlives_the_workers_configuration_of_the_role(house: House) -> None:
    grant = house.active()
    house.surrender(grant)
    context = replace(house.context, policy=replace(house.policy, targets={}, rules=()))
    drain(context, "main")
    _is_gone(house, grant)


def test_worker_killed_after_the_target_was_cleaned_is_followed_by_one_that_says_so(house: House) -> None:
    grant = house.active()
    house.surrender(grant)

    with pytest.raises(KilledError):
        drain(eventful(house, after=die), "main")
    assert house.grant(grant.id).state == "revoking"
    assert drain(house.context, "main") == 0, "its lease holds"
    house.lease_is_over(grant.id)
    assert drain(house.context, "main") == 1
    _is_gone(house, grant)


def test_many_grants_at_once_end_each_once_with_two_workers(build_house: BuildHouse) -> None:
    many = FEW + 5
    with build_house(engineers=many) as house:
        people = [SlackId(f"U0E{number:03}") for number in range(many)]
        grants = [house.approved(person) for person in people]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(partial(provision, house.context), [grant.id for grant in grants]))
        assert len(house.made_logins()) == many
        for grant in grants:
            revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="all out")
        outcomes = at_once(*[lambda: drain(house.context, "main")] * 2)
        assert sum(done for done in outcomes if isinstance(done, int)) == many, outcomes
        for grant in grants:
            ended = house.grant(grant.id)
            assert ended.state == "ended"
            assert ended.receipt is not None
            assert ended.receipt.login_removed
        assert house.made_logins() == []
        assert len({event["grant"] for event in house.ledger("grant.ended")}) == many
        assert house.kinds().count("grant.ended") == house.kinds().count("grant.revoke_started") == many


def test_grants_that_end_in_the_same_second_are_shared_by_workers_that_come_while_others_work(
    house: House,
) -> None:
    """Each grant is under one lease: who comes later takes what is not taken."""
    grants = [house.active(who, role) for who in (MAYA, TOM) for role in ("read", "migrate")]
    for grant in grants[:2]:
        house.surrender(grant)

    def more() -> None:
        for grant in grants[2:]:
            house.surrender(grant, TOM)
        assert drain(house.context, "main") == 2

    once = [more]
    busy = eventful(house, before=lambda: once.pop()() if once else None)
    assert drain(busy, "main") == 2
    for grant in grants:
        _is_gone(house, grant)
