"""The bot says who reviewed; who is one human is for the worker's own configuration to say."""

from dataclasses import replace

from dbaccess.domain.people import PersonId, SlackId
from dbaccess.operations.provision import provision
from tests.integration.operations.house import PRIYA, SAM, House


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
    hands = replace(house.hands, policy=replace(bots, aliases={**bots.aliases, **one}))
    provision(hands, grant.id)
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    assert house.made_logins() == []
