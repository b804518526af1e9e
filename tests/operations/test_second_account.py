"""A group that excludes a person does so under each account; a group that admits does not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dbaccess.domain.errors import Changed, NotAllowed
from dbaccess.domain.policy import Policy
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.home import home
from dbaccess.operations.requests.mark_stale import mark_stale
from tests.operations.break_glass import RULE, invoke
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.extensions import ask_more
from tests.operations.house import MAYA, SECOND_MAYA, TOM, House
from tests.operations.setting import BuildHouse

GROUP, CHANNEL = "S0OUT", "C0OUT"


def _excluded(policy: Policy) -> Policy:
    return with_rule(policy, requester_not=("out",))


def _denied(policy: Policy) -> Policy:
    deny = replace(policy.rules[0], id="out", denies=True, requester=("out",), approvals=(), extend=None)
    return replace(policy, rules=(*policy.rules, deny))


@pytest.fixture(params=[GROUP, CHANNEL])
def source(request: pytest.FixtureRequest, house: House) -> str:
    """A user group, or a channel; it is empty."""
    house.slack.add_group(id=GROUP, handle="out", name="Out", users=[])
    house.slack.add_channel(id=CHANNEL, name="out", members=["U0DBACCESS"])
    return str(request.param)


@pytest.fixture(params=[_excluded, _denied])
def kept_out(request: pytest.FixtureRequest, house: House, source: str) -> Callable[[], None]:
    """Members of `out` may request nothing; a call adds Maya's other account."""
    edit(house, request.param(with_groups(house.policy, out=[source])))
    refresh_directory(house.context)

    def join() -> None:
        if source == GROUP:
            house.slack.set_group(GROUP, [SECOND_MAYA])
        else:
            house.slack.join(CHANNEL, SECOND_MAYA)
        refresh_directory(house.context)

    return join


def test_it_is_seen_when_it_is_asked_and_in_what_is_offered(
    house: House, kept_out: Callable[[], None]
) -> None:
    kept_out()
    for account in (MAYA, SECOND_MAYA):
        with pytest.raises(NotAllowed):
            house.submit(account)
        with house.begin() as uow:
            seen = home(uow, policy=house.policy, workspace=house.workspace, slack_id=account)
        assert "read" not in dict(seen.possible)
    house.submit(TOM)


def test_it_is_seen_at_each_click_and_makes_what_waits_stale(
    house: House, kept_out: Callable[[], None]
) -> None:
    request = house.submit(MAYA)
    kept_out()
    with pytest.raises(Changed):
        house.review(request)
    assert mark_stale(house.context) == [request.id]


def test_it_is_seen_by_the_worker_before_it_gives(house: House, kept_out: Callable[[], None]) -> None:
    grant = house.approved(MAYA)
    kept_out()
    provision(house.context, grant.id)
    left = house.grant(grant.id)
    assert (left.state, left.end_cause, left.recipe) == ("revoking", "invalidated", None)


def test_it_is_seen_when_more_time_is_asked_and_before_it_is_given(
    house: House, kept_out: Callable[[], None]
) -> None:
    grant = house.active(MAYA)
    request = ask_more(house, grant)
    house.review(request)
    kept_out()
    apply_extension(house.context, grant.id)
    assert house.kinds()[-1] == "grant.not_extended"
    with pytest.raises(NotAllowed):
        ask_more(house, grant)


def test_exception_of_a_denial_is_for_the_account_that_is_in_the_group(house: House) -> None:
    deny = replace(house.policy.rules[0], id="freeze", denies=True, requester=(), approvals=(), extend=None)
    deny = replace(deny, requester_not=("spared",))
    frozen = replace(house.policy, rules=(*house.policy.rules, deny))
    edit(house, with_groups(frozen, spared=[MAYA]))
    with pytest.raises(NotAllowed, match="freeze denies"):
        house.submit(SECOND_MAYA)
    house.submit(MAYA)


def test_break_glass_sees_it_too(build_house: BuildHouse[House]) -> None:
    with build_house(more=RULE) as house:
        edit(
            house, with_groups(with_rule(house.policy, "prod-emergency", requester_not=("out",)), out=[GROUP])
        )
        house.slack.add_group(id=GROUP, handle="out", name="Out", users=[SECOND_MAYA])
        refresh_directory(house.context)
        with pytest.raises(NotAllowed):
            invoke(house, MAYA)
        invoke(house, TOM)


@pytest.mark.parametrize("guest", [False, True])
def test_other_account_lends_no_group_and_no_full_membership(house: House, *, guest: bool) -> None:
    house.slack.set_group("S0ENGINEERS", [MAYA, TOM])
    if guest:
        house.slack.make_guest(SECOND_MAYA)
    house.read_twice()
    refresh_directory(house.context, people=[SECOND_MAYA])
    house.submit(MAYA)
    with pytest.raises(NotAllowed):
        house.submit(SECOND_MAYA, "migrate")


def test_full_account_in_the_group_makes_no_reviewer_of_the_other_one(house: House) -> None:
    house.slack.set_group("S0DBA", [MAYA])
    house.read_twice()
    with house.begin() as uow:
        second = identify(uow, SECOND_MAYA, house.policy, house.workspace)
    assert not house.policy.belongs(second, "dba")
