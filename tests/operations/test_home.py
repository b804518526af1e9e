"""The texts of one person's Home and `who` say, from the control database with the bot's rights alone."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from dbaccess.domain.errors import DirectoryTooOld, UnknownName, UnknownPerson
from dbaccess.domain.hours import Hours
from dbaccess.domain.overview import Holding
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.queries.home import ENDED_SHOWN
from dbaccess.operations.queries.who import holders_of
from tests.operations.edited_policies import edit, with_rule
from tests.operations.extensions import allow, ask_more, extended
from tests.operations.home_views import home_of
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, TOM, House, new_key

OLGA, CARLA, STRANGER = SlackId("U0OPS"), SlackId("U0CARLA"), SlackId("U0STRANGER")


def told(house: House, slack_id: SlackId, target: str = "orders-prod") -> tuple[Holding, ...]:
    with house.begin() as uow:
        return holders_of(
            uow, policy=house.policy, workspace=house.workspace, slack_id=slack_id, target=target
        )


def known(house: House, slack_id: SlackId, group: str) -> None:
    """A group lists this person by name, in the configuration of bot and worker."""
    listed = (*house.policy.groups.get(group, ()), SourceId(slack_id))
    house.policy = replace(house.policy, groups={**house.policy.groups, group: listed})
    house.context = replace(house.context, policy=house.policy)
    refresh_directory(house.context, people=[slack_id])


def with_rules(house: House, **changes: Any) -> None:
    rules = tuple(replace(rule, **changes) for rule in house.policy.rules)
    house.policy = replace(house.policy, rules=rules)
    house.context = replace(house.context, policy=house.policy)


def test_engineer_without_anything_sees_what_could_be_asked(house: House) -> None:
    seen = home_of(house, TOM)
    assert (seen.reviews_for, seen.reviews, seen.revocable) == ((), (), ())
    assert (seen.holds, seen.waits, seen.ended) == ((), (), ())
    assert seen.possible == (("migrate", 1), ("read", 1), ("write", 1))


def test_engineer_sees_what_they_hold_wait_for_and_held_under_any_of_their_accounts(house: House) -> None:
    grant = house.active(SECOND_MAYA)
    over = house.active(MAYA, role="migrate")
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=over.id, idempotency_key=new_key())
    drain(house.context, "main")
    waits = house.submit(MAYA, role="write")
    for account in (MAYA, SECOND_MAYA):
        seen = home_of(house, account)
        assert [held.id for held in seen.holds] == [grant.id]
        assert [request.id for request in seen.waits] == [waits.id]
        assert [ended.id for ended in seen.ended] == [over.id]
        assert seen.credentials_shown == frozenset()
    assert home_of(house, TOM).holds == ()


def test_more_time_is_offered_while_the_rule_has_some_and_none_is_asked_for(house: House) -> None:
    grant = house.active()
    edit(house, with_rule(house.policy, extend=None))
    assert home_of(house, MAYA).extendable == frozenset(), "no rule has more time"
    allow(house, hours=3)
    assert home_of(house, MAYA).extendable == {grant.id}
    assert home_of(house, SECOND_MAYA).extendable == frozenset(), "another account holds it"
    extended(house, grant)
    assert home_of(house, MAYA).extendable == {grant.id}
    request = ask_more(house, grant)
    assert home_of(house, MAYA).extendable == frozenset(), "a wish is open"
    house.review(request)
    apply_extension(house.context, grant.id)
    assert home_of(house, MAYA).extendable == frozenset(), "nothing is left"


def test_last_few_ended_grants_are_shown_latest_first(house: House) -> None:
    ended = []
    for _ in range(ENDED_SHOWN + 1):
        grant = house.active(TOM)
        surrender(
            house.begin, policy=house.policy, slack_id=TOM, grant_id=grant.id, idempotency_key=new_key()
        )
        drain(house.context, "main")
        ended.append(grant.id)
    assert [grant.id for grant in home_of(house, TOM).ended] == ended[:0:-1]


def test_reviewer_sees_requests_by_lapse_time_and_the_grants_they_may_revoke(house: House) -> None:
    nothing = home_of(house, PRIYA)
    assert (nothing.reviews_for, nothing.reviews, nothing.revocable) == (("dba",), (), ())
    later = house.submit(TOM)
    with_rules(house, decide_within=timedelta(minutes=5))
    sooner = house.submit(MAYA)
    grant = house.active(TOM, role="migrate")
    seen = home_of(house, PRIYA)
    assert [one.request.id for one in seen.reviews] == [sooner.id, later.id]
    assert [one.requester_name for one in seen.reviews] == ["Maya Lindqvist (maya)", "Tom Berg (U0TOM)"]
    assert [(one.grant.id, one.holder_name) for one in seen.revocable] == [(grant.id, "Tom Berg (U0TOM)")]


def test_own_request_and_own_grant_are_not_offered_for_review_or_revocation(house: House) -> None:
    house.submit(MAYA)
    house.active(MAYA, role="migrate")
    seen = home_of(house, SECOND_MAYA)  # of engineers and of dba
    assert (seen.reviews_for, seen.reviews, seen.revocable) == (("dba",), (), ())


def test_operator_sees_every_grant_and_reviews_nothing(house: House) -> None:
    house.submit(TOM)
    grant = house.active(TOM, role="migrate")
    known(house, OLGA, "operators")
    seen = home_of(house, OLGA)
    assert (seen.reviews_for, seen.reviews) == ((), ())
    assert [one.grant.id for one in seen.revocable] == [grant.id]
    assert seen.possible == ()


def test_guest_sees_only_what_guests_may_do(house: House) -> None:
    house.submit(TOM)
    house.active(TOM, role="migrate")
    for group in ("dba", "engineers", "operators"):
        known(house, CARLA, group)
    seen = home_of(house, CARLA)
    assert (seen.reviews_for, seen.reviews, seen.revocable, seen.possible) == ((), (), (), ())
    with_rules(house, guests=True)
    seen = home_of(house, CARLA)
    assert seen.possible == (("migrate", 1), ("read", 1), ("write", 1))
    assert (seen.reviews_for, seen.reviews, seen.revocable) == ((), (), ())


def test_deactivated_people_strangers_and_the_unknown_see_nothing(house: House) -> None:
    house.slack.deactivate("U0TOM")
    refresh_directory(house.context, people=[TOM])
    known(house, STRANGER, "engineers")
    for slack_id in (TOM, STRANGER, SlackId("U0NOBODY")):
        with pytest.raises(UnknownPerson):
            home_of(house, slack_id)
        with pytest.raises(UnknownPerson):
            told(house, slack_id)


def test_nothing_is_shown_by_a_snapshot_too_old(house: House) -> None:
    house.workspace = replace(house.workspace, snapshot_max_age=timedelta(0))
    with pytest.raises(DirectoryTooOld):
        home_of(house, MAYA)
    with pytest.raises(DirectoryTooOld):
        told(house, MAYA)


def test_requesters_reviewers_and_operators_see_the_holders_of_a_target(house: House) -> None:
    assert told(house, TOM) == ()
    grant = house.active(MAYA)
    known(house, OLGA, "operators")
    for slack_id in (TOM, PRIYA, OLGA):
        (held,) = told(house, slack_id)
        assert (held.grant.id, held.holder_name, held.approved_by) == (
            grant.id,
            "Maya Lindqvist (maya)",
            ("Priya Nair (U0PRIYA)",),
        )


def test_target_stays_in_sight_outside_the_hours_of_its_rules(house: House) -> None:
    house.active(MAYA)
    with house.begin() as uow:
        yesterday = Hours(tz="UTC", days=frozenset({(uow.now.weekday() - 2) % 7}), start=time(1), end=time(2))
    with_rules(house, hours=yesterday)
    assert home_of(house, TOM).possible == ()
    assert len(told(house, TOM)) == 1
    with_rules(house, hours=None)
    never = replace(house.policy.rules[0], id="never-now", denies=True, hours=None, access=frozenset())
    house.policy = replace(house.policy, rules=(never, *house.policy.rules))
    with pytest.raises(UnknownName):
        told(house, TOM)


def test_target_that_cannot_be_asked_for_is_as_if_it_were_not_there(house: House) -> None:
    house.active(MAYA)
    known(house, CARLA, "engineers")
    answers = []
    for target in ("orders-prod", "orders-prxd"):
        with pytest.raises(UnknownName) as refused:
            told(house, CARLA, target)
        answers.append((str(refused.value).replace(target, "…"), refused.value.nearest))
    assert answers[0] == answers[1]
    assert "orders-prod" not in answers[0][0]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("orders-prd", 'No target "orders-prd". Nearest: orders-prod.'),
        ("zzz", 'No target "zzz". You can look at: orders-prod.'),
        ("", "Name a target: /dbaccess who TARGET. You can look at: orders-prod."),
    ],
)
def test_mistyped_target_names_the_nearest(house: House, typed: str, answer: str) -> None:
    with pytest.raises(UnknownName) as refused:
        told(house, TOM, typed)
    assert str(refused.value) == answer
