"""A name under `[people]` is given to another person: requests and grants stay with the accounts."""

from dbaccess.slack.views.direct_messages import ASK_AGAIN, SEE_REQUEST
from dbaccess.slack.views.form import REQUEST_FORM
from dbaccess.slack.views.request_details import DETAILS_VIEW
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import plain
from tests.acceptance import forge, records, talk
from tests.acceptance.stack import Stack, wait_message

BEFORE = 'maya = { slack = ["U0MAYA", "W0MAYA"], login = "maya" }'
AFTER = 'maya = { slack = ["U0TOM"] }\nlindqvist = { slack = ["U0MAYA", "W0MAYA"], login = "maya" }'


def _rename(stack: Stack) -> None:
    text = stack.config.read_text()
    assert BEFORE in text
    stack.stop("bot")
    stack.config.write_text(text.replace(BEFORE, AFTER))
    stack.start_bot()


def test_requests_and_grants_stay_with_the_account(stack: Stack) -> None:
    maya = stack.person("U0MAYA")
    records.nobody_decided(stack, talk.ask(stack, f"orders-prod migrate 20m {talk.REASON}"))
    lapsed = wait_message(maya.direct_messages, "Lapsed: not decided by")
    talk.activate(stack)
    recorded = talk.say(stack, "extend 20s index still building")
    waits = records.last_request(stack)
    _rename(stack)

    assert plain(talk.say(stack, "list", "U0TOM")).startswith("You hold nothing and wait for nothing.")
    for word in ("done", "extend"):
        assert "You hold nothing." in plain(talk.say(stack, word, "U0TOM"))
        assert "read on orders-prod" in plain(talk.say(stack, "done"))
    assert f"R-{waits} for more time is still open" in plain(talk.say(stack, "extend 20s once more please"))
    listed = plain(talk.say(stack, "list"))
    assert "You hold" in listed
    assert "You wait for" in listed

    form = talk.open_by(stack, lapsed, ASK_AGAIN, REQUEST_FORM)
    assert "Rule prod-ddl" in plain(form)
    maya.close(form)
    clicked = forge.click(stack, "request.ask_again")
    for action_id, why in (
        ("request.ask_again", "Only the requester can request this again."),
        ("request.see", "Only the requester and the reviewers of this request see its details."),
        ("request.withdraw", "Only the requester can withdraw a request."),
    ):
        clicked["actions"][0]["action_id"] = action_id
        assert plain(forge.told(stack, clicked, who="U0TOM", value=str(waits))) == why
    assert records.request_state(stack, waits) == "pending"
    direct = wait_message(maya.direct_messages, f"R-{waits}", "See request")
    maya.close(talk.open_by(stack, direct, SEE_REQUEST, DETAILS_VIEW))
    assert f"Withdrawn: R-{waits}" in plain(talk.answer_to(stack, recorded, WITHDRAW))
