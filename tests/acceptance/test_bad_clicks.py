"""Clicks that may not be, came twice, came too late or were forged: refused in words, and nothing changes."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

from dbaccess.domain.limits import PASSWORDS_A_MINUTE
from dbaccess.slack.views.credentials import CREDENTIALS, SHOW_CREDENTIALS
from dbaccess.slack.views.deny import DENY_FORM
from dbaccess.slack.views.request_message import APPROVE, DENY
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import plain
from tests.acceptance import forge, records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message

READ = f"orders-prod read 10m {talk.REASON}"
OWN = "Your own request: somebody else in dba reviews it."
NO_GROUP = "You are in no group of the policy; ask an operator of dbaccess."
ONLY_DBA = "Only dba reviews this; you are not in dba."
CHANGED = "This changed, look again."
NOT_THERE = "There is no such request or grant."


def test_refused_reviewer_sees_the_reason(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    message = talk.waiting(line, request_id)

    for who, why in (
        ("U0MAYA", OWN),
        ("W0MAYA", OWN),
        ("U0TOM", ONLY_DBA),
        ("U0OPS", ONLY_DBA),
        ("U0CARLA", NO_GROUP),
        ("U0STRANGER", NO_GROUP),
    ):
        for button in (APPROVE, DENY):
            assert plain(talk.answer_to(line, message, button, who)) == why, (who, button)
        assert line.person(who).view() is None, who

    assert records.kinds(line, request_id) == ["request.submitted"]
    everyone = {"U0MAYA", "W0MAYA", "U0TOM", "U0OPS", "U0CARLA", "U0STRANGER"}
    wait(lambda: {entry["data"]["slack_id"] for entry in refusals(line, request_id)} == everyone)


def refusals(stack: Stack, request_id: int) -> list[dict[str, Any]]:
    """Return the entries about refused clicks on the request, which follow the answer."""
    bodies = records.rows(
        stack, "select convert_from(body, 'utf8') from ledger where kind = 'attempt.refused'"
    )
    return [entry for (body,) in bodies if (entry := json.loads(body))["data"]["about"] == request_id]


def test_a_reviewer_who_was_deactivated_reviews_nothing(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    talk.answer_to(line, talk.waiting(line, request_id), APPROVE, "U0TOM")
    payload = forge.click(line, "request.approve")
    members = """select 1 from directory_members
                  where slack_id = 'U0SAM' and source_id = 'S0DBA' and missing_since is null"""
    line.sandbox.deactivate("U0SAM")
    try:
        wait(lambda: not records.rows(line, members))
        refused = plain(forge.told(line, payload, who="U0SAM"))
    finally:
        line.sandbox.reactivate("U0SAM")
        line.sandbox.set_group("S0DBA", ["U0PRIYA", "U0SAM", "U0MAYA", "W0MAYA"])
    assert refused in {"This account is deactivated.", ONLY_DBA}
    assert records.kinds(line, request_id) == ["request.submitted"]
    # An account that was just read is read again after some seconds; the next test finds Sam as he was.
    active = "select 1 from directory_people where slack_id = 'U0SAM' and not is_deactivated"
    wait(lambda: records.rows(line, members) and records.rows(line, active))


def test_guest_deactivated_person_and_stranger_learn_no_target(line: Stack) -> None:
    talk.say(line, "help")
    payload = forge.last_payload(line, "slash_commands")
    before = records.last_request(line)

    for who, text in product(("U0CARLA", "U0GONE", "U0STRANGER", "U0NOBODY"), (READ, "lsit")):
        answer = line.sandbox.forge(
            "slash_commands", {**payload, "user_id": who, "text": text, "trigger_id": f"1.2.{who}{text}"}
        )

        assert answer.error is None, (who, text)
        assert answer.payload is not None, (who, text)
        assert answer.payload["response_type"] == "ephemeral"
        assert "Sent: R-" not in answer.payload["text"]
        assert "You are in no group of the policy" in answer.payload["text"], (who, text)
        assert records.last_request(line) == before


def test_the_same_click_delivered_many_times_at_once_is_one_review(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    message = talk.waiting(line, request_id)
    line.person("U0PRIYA").click(message, action_id=APPROVE)
    place = forge.replays(line, "interactive")[-1]

    with ThreadPoolExecutor(4) as pool:
        acks = list(pool.map(line.sandbox.replay, [place] * 4))

    assert [ack.error for ack in acks] == [None] * 4
    wait(lambda: records.grant_state(line, request_id) == "active")
    line.sandbox.replay(place)
    told = records.kinds(line, request_id)
    assert told.count("review.approved") == told.count("grant.created") == 1


def test_the_same_command_delivered_twice_is_one_request(line: Stack) -> None:
    request_id = talk.ask(line, READ)

    ack = line.sandbox.replay(forge.replays(line, "slash_commands")[-1])

    assert ack.error is None
    assert not ack.payload
    assert records.last_request(line) == request_id


def test_a_click_on_what_is_decided_names_who_decided(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    message = talk.waiting(line, request_id)
    talk.answer_to(line, message, APPROVE, "U0TOM")
    late = forge.click(line, "request.approve")
    priya = line.person("U0PRIYA")
    view = talk.open_by(line, message, DENY, DENY_FORM, "U0PRIYA")
    priya.choose(view, "deny.why", "not-now")
    assert priya.submit(view).errors == {}

    assert "Priya Nair (U0PRIYA) denied this" in plain(forge.told(line, late, who="U0SAM"))

    assert records.kinds(line, request_id) == ["request.submitted", "review.denied", "request.denied"]
    wait_message(lambda: priya.messages(CHANNEL), f"R-{request_id}", "Denied: ", "Not now")


def test_forged_approvals_approve_nothing(line: Stack) -> None:
    mine, other = talk.ask(line, READ), talk.ask(line, READ, "U0TOM")
    message = talk.waiting(line, mine)
    talk.answer_to(line, message, APPROVE, "U0TOM")
    payload = forge.click(line, "request.approve")
    fingerprint = payload["actions"][0]["value"].partition(".")[2]

    for value in (f"{mine}.{'0' * 64}", f"{mine}.", f"{mine}"):
        assert plain(forge.told(line, payload, who="U0PRIYA", value=value)) == CHANGED, value
    # Last: the bot takes the message for a copy of the other's, and deletes it by its response URL, which is
    # good for five uses.
    talk.answer_to(line, message, APPROVE, "U0TOM")
    payload = forge.click(line, "request.approve")
    assert plain(forge.told(line, payload, who="U0PRIYA", value=f"{other}.{fingerprint}")) == CHANGED

    for request_id in (mine, other):
        assert records.kinds(line, request_id) == ["request.submitted"]


def test_garbage_in_the_approve_button_approves_nothing(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    message = talk.waiting(line, request_id)
    garbage = {
        "": CHANGED,
        "nonsense": CHANGED,
        "1 or 1=1.x": CHANGED,
        f"{'9' * 30}.{'a' * 64}": CHANGED,
        f"999999.{'a' * 64}": "There is no request R-999999.",
    }

    for value, why in garbage.items():
        talk.answer_to(line, message, APPROVE, "U0TOM")  # a response URL is good for five uses
        refused = forge.told(line, forge.click(line, "request.approve"), who="U0PRIYA", value=value)
        assert plain(refused) == why, value

    assert records.kinds(line, request_id) == ["request.submitted"]


def test_strangers_reach_nothing_of_the_holders(line: Stack) -> None:
    request_id = talk.activate(line)
    shown = talk.holders_message(line)
    maya = line.person("U0MAYA")
    assert maya.click(shown, action_id=SHOW_CREDENTIALS).sent
    maya.wait_view(lambda view: "*Password*" in plain(view))
    wait(lambda: "credentials.set" in records.kinds(line, request_id))  # the modal shows it before
    show = forge.click(line, "credentials.show")
    before = records.kinds(line, request_id)

    assert plain(forge.told(line, show, who="U0TOM")) == "Only the holder sees these credentials."
    show["actions"][0]["action_id"] = "grant.surrender"
    assert plain(forge.told(line, show, who="U0TOM")) == "Only the holder can end this grant this way."
    for action_id in ("credentials.show", "grant.surrender", "grant.revoke", "request.withdraw"):
        show["actions"][0]["action_id"] = action_id
        # A response URL is good for five uses, so that of another message is needed here: only look.
        assert forge.deliver(line, show, who="U0TOM", value="x' or 1=1").error is None

    assert line.person("U0TOM").view() is None
    assert records.kinds(line, request_id) == before
    assert records.grant_state(line, request_id) == "active"


def test_person_who_clicks_too_often_is_told_to_wait(line: Stack) -> None:
    request_id = talk.activate(line)
    maya = line.person("U0MAYA")
    for _ in range(PASSWORDS_A_MINUTE):
        shown = talk.holders_message(line)
        assert maya.click(shown, action_id="credentials.show", confirmed=True).error is None
        view = maya.wait_view(lambda view: "*Password*" in plain(view))
        maya.close(view)
    wait(lambda: records.kinds(line, request_id).count("credentials.set") == PASSWORDS_A_MINUTE)
    before = records.kinds(line, request_id)

    seen = len(maya.ephemerals(shown.channel))
    assert maya.click(talk.holders_message(line), action_id="credentials.show", confirmed=True).sent

    told = wait(lambda: maya.ephemerals(shown.channel)[seen:])[0]
    assert plain(told).endswith("within a minute; that is the limit. Wait a minute, then ask for one.")
    assert maya.view() is None
    assert records.kinds(line, request_id) == before


def test_a_click_on_what_is_over_opens_the_modal_that_says_so(stack: Stack) -> None:
    request_id = talk.activate(stack)
    maya, shown = stack.person("U0MAYA"), talk.holders_message(stack)
    stack.stop("workers")
    assert maya.click(shown, action_id=SURRENDER, confirmed=True).sent
    wait(lambda: records.grant_state(stack, request_id) == "revoking")
    assert maya.click(shown, action_id=SHOW_CREDENTIALS).sent
    view = talk.modal(maya, CREDENTIALS)
    assert "Revoking since " in plain(view)
    assert "No password is made any more." in plain(view)
    maya.close(view)
    stack.start_workers("messages", "reconciler")
    wait(lambda: records.grant_state(stack, request_id) == "ended")

    assert maya.click(shown, action_id=SHOW_CREDENTIALS).sent

    ended = talk.modal(maya, CREDENTIALS)
    assert "This grant ended " in plain(ended)
    assert "credentials.requested" not in records.kinds(stack, request_id)


def test_only_who_asked_withdraws(line: Stack) -> None:
    mine, other = talk.ask(line, READ), talk.ask(line, READ, "U0TOM")
    recorded = line.person("U0TOM").ephemerals(CHANNEL)[-1]
    talk.answer_to(line, recorded, WITHDRAW, "U0TOM")
    payload = forge.click(line, "request.withdraw")

    refused = forge.told(line, payload, value=str(mine))

    assert plain(refused) == "Only the requester can withdraw a request."
    assert plain(forge.told(line, payload, value="-1")) == NOT_THERE
    assert plain(forge.told(line, payload, value=str(other))) == f"R-{other} is already withdrawn."
    assert records.request_state(line, mine) == "pending"
