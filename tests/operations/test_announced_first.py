"""The worker announces a request before it gives or extends access."""

from dataclasses import replace

from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.operations.house import House, later
from tests.operations.request_messages import CHANNEL, told


def test_request_that_was_posted_is_not_posted_again(house: House) -> None:
    grant = house.approved()
    house.notify(grant.request_id)
    before = len(told(house))
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"
    assert len(told(house)) == before


def test_channel_that_takes_no_message_gives_nothing_and_is_told(house: House) -> None:
    grant = house.approved()
    house.slack.archive(CHANNEL)
    for _ in range(3):
        provision(house.context, grant.id)
        house.next_try_now(grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.state, waiting.last_failure, waiting.recipe) == ("provisioning", "unannounced", None)
    assert house.made_logins() == []
    (failed,) = house.ledger("grant.provision_failed")
    assert (failed["data"]["code"], failed["data"]["touched"]) == ("unannounced", False)
    assert house.ledger("grant.provision_started") == []
    assert {"dm.problem", "ops.problem"} <= house.planned(grant.request_id)
    house.notify(grant.request_id)
    operators = house.slack.person("U0OPS").messages("C0OPS")
    assert any("its message could not be posted" in str(message.blocks) for message in operators)


def test_request_that_could_not_be_posted_for_an_hour_is_abandoned(house: House) -> None:
    grant = house.approved()
    house.slack.archive(CHANNEL)
    provision(house.context, grant.id)
    context = replace(house.context, begin=later(house, minutes=61))
    provision(context, grant.id)
    abandoned = house.grant(grant.id)
    assert (abandoned.end_cause, abandoned.recipe) == ("abandoned", None)
    assert abandoned.end_note == "Its message could not be posted within an hour. Request it again."
    drain(context, "main")
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []


def test_intent_names_who_approved_and_what(house: House) -> None:
    grant = house.active()
    (started,) = house.ledger("grant.provision_started")
    request = house.request(grant.request_id)
    assert started["data"]["fingerprint"] == request.fingerprint
    assert started["data"]["reviewers"] == ["U0PRIYA"], "the tests' file gives her no other name"
    assert started["data"]["reviewer_slack_ids"] == ["U0PRIYA"]
