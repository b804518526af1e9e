"""The bot says who reviewed; who is one human is for the worker's own configuration to say."""

from dataclasses import replace

import pytest

from dbaccess.domain.errors import OwnRequest
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Verdict
from dbaccess.operations.grants.provision import provision
from tests.operations.edited_policies import edit, with_groups
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, House


def test_two_accounts_of_one_reviewer_are_one_approval_to_the_worker(house: House) -> None:
    """The bot's configuration does not know yet that Sam's account is Priya's second one."""
    rules = tuple(
        replace(rule, approvals=tuple(replace(slot, count=2) for slot in rule.approvals))
        for rule in house.policy.rules
    )
    bots = replace(house.policy, rules=rules)
    house.policy = bots
    request = house.submit()
    house.review(request, PRIYA)
    house.review(request, SAM)
    grant = house.grant_of(request.id)
    assert grant is not None
    one = {SlackId(PRIYA): PersonId("priya"), SlackId(SAM): PersonId("priya")}
    context = replace(house.context, policy=replace(bots, aliases={**bots.aliases, **one}))
    provision(context, grant.id)
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    assert house.made_logins() == []


@pytest.mark.parametrize("verdict", list(Verdict))
def test_account_joined_to_the_requester_later_cannot_review_the_request(
    house: House, verdict: Verdict
) -> None:
    joined = house.policy
    edit(house, replace(joined, aliases={}))
    request = house.submit(MAYA)
    edit(house, with_groups(joined, dba=[SECOND_MAYA]))
    with pytest.raises(OwnRequest):
        house.review(request, SECOND_MAYA, verdict)
    assert house.request(request.id).state == "pending"
