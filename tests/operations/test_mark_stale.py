"""A request that could not be made now becomes stale, and the people are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import Changed
from dbaccess.domain.policy import Policy
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.requests.mark_stale import mark_stale
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_groups, with_role, with_rule
from tests.operations.house import MAYA, PRIYA, House, later


def _without_rules(policy: Policy) -> Policy:
    return replace(policy, rules=())


def _without_target(policy: Policy) -> Policy:
    return replace(policy, targets={})


def _other_words(policy: Policy) -> Policy:
    """Reviewers read something else; what it grants is the same."""
    return with_role(policy, cannot="see the table of cards")


def _wider(policy: Policy) -> Policy:
    """Reviewers read the same; it grants more."""
    target = policy.targets["orders-prod"]
    read, write = target.roles["read"], target.roles["write"]
    wider = replace(read, grants=write.grants)
    return replace(policy, targets={"orders-prod": replace(target, roles={**target.roles, "read": wider})})


def _shorter(policy: Policy) -> Policy:
    return with_rule(policy, longest=timedelta(minutes=5))


def _longer_wait(policy: Policy) -> Policy:
    return with_rule(policy, decide_within=timedelta(minutes=31))


@pytest.mark.parametrize(
    ("change", "why", "said"),
    [
        (_without_rules, "policy_forbids", "no rule allows this now"),
        (_without_target, "policy_forbids", "no rule allows this now"),
        (_shorter, "policy_forbids", "no rule allows this now"),
        (_other_words, "policy_changed", "this has to be requested again"),
        (_wider, "policy_changed", "this has to be requested again"),
        (_longer_wait, "policy_changed", "this has to be requested again"),
    ],
)
def test_change_of_the_deciding_rule_or_role_makes_it_stale_and_tells_who_asked(
    house: House, change: Callable[[Policy], Policy], why: str, said: str
) -> None:
    request = house.submit()
    house.notify(request.id)
    assert mark_stale(house.context) == []
    edit(house, change(house.policy))
    with pytest.raises(Changed, match="This changed, look again"):
        house.review(request)
    assert mark_stale(house.context) == [request.id]
    assert mark_stale(house.context) == []
    assert house.request(request.id).state == "stale"
    (event,) = house.ledger("request.stale")
    assert event["data"] == {"why": why, "policy_hash": house.policy.hash}
    house.notify(request.id)
    (root,) = house.slack.person(PRIYA).messages("C0APPROVALS")
    assert said in plain(root)
    assert "No access was granted." in plain(root)
    assert not root.buttons()
    assert any("Stale: " in plain(message) for message in house.slack.person(MAYA).direct_messages())


def test_change_of_another_rule_leaves_it_alone(house: House) -> None:
    request = house.submit()
    edit(house, with_rule(house.policy, "prod-write", longest=timedelta(minutes=5)))
    assert mark_stale(house.context) == []
    house.review(request)
    assert house.request(request.id).state == "approved"


def test_requester_who_left_the_group_is_told_that_no_rule_allows_it(house: House) -> None:
    request = house.submit()
    house.slack.set_group("S0ENGINEERS", ["U0TOM"])
    house.read_twice()
    assert mark_stale(house.context) == [request.id]
    assert house.ledger("request.stale")[0]["data"]["why"] == "no_rule"


def test_requester_who_was_deactivated_waits_no_more(house: House) -> None:
    request = house.submit()
    house.slack.deactivate(MAYA)
    refresh_directory(house.context, people=[MAYA])
    assert mark_stale(house.context) == [request.id]


def test_request_is_stale_when_another_rule_decides(house: House) -> None:
    """The policy is the same, but not the effect of a rule's hours or a person's groups."""
    first = replace(house.policy.rules[0], id="prod-oncall", requester=("operators",))
    edit(house, replace(house.policy, rules=(first, *house.policy.rules)))
    request = house.submit()
    both = with_groups(house.policy, operators=[MAYA])
    house.context = replace(house.context, policy=both)
    assert mark_stale(house.context) == [request.id]
    assert house.ledger("request.stale")[0]["data"]["why"] == "other_rule"


def test_lapsing_request_is_not_called_stale(house: House) -> None:
    house.submit()
    edit(house, _without_rules(house.policy))
    assert mark_stale(replace(house.context, begin=later(house, minutes=31))) == []
