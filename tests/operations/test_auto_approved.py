"""A rule may need no approval; the worker still grants by its own policy alone."""

from dbaccess.operations.grants.provision import provision
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_rule
from tests.operations.house import MAYA, PRIYA, House


def test_request_without_approvals_is_granted_and_names_its_rule(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=()))
    request = house.submit()
    assert request.state == "approved"
    grant = house.grant_of(request.id)
    assert grant is not None
    assert house.kinds() == ["request.submitted", "request.auto_approved", "grant.created"]
    house.notify(request.id)
    (root,) = house.slack.person(PRIYA).messages("C0APPROVALS")
    assert "Approved by rule prod-read, no approval is needed." in plain(root)
    assert not root.buttons()
    (direct,) = house.slack.person(MAYA).direct_messages()
    assert "Approved by rule prod-read, no approval is needed." in plain(direct)
    assert not direct.buttons()
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"
    house.notify(request.id)
    told = [plain(message) for message in house.slack.person(MAYA).direct_messages()]
    assert any("Rule prod-read approved 1 h." in said for said in told)


def test_worker_whose_policy_wants_an_approval_grants_nothing_without_one(house: House) -> None:
    workers = house.context
    edit(house, with_rule(house.policy, approvals=()))
    grant = house.grant_of(house.submit().id)
    assert grant is not None
    provision(workers, grant.id)
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    assert house.made_logins() == []
