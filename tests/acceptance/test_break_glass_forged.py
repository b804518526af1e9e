"""Break-glass by payloads that were forged or came twice: refused in words, and nothing changes."""

import copy

import pytest

from dbaccess.slack.views.break_glass import REVIEW_BREAK_GLASS
from dbaccess.slack.views.break_glass_review import REVIEW_FORM
from sandbox.client import plain
from tests.acceptance import forge, records, talk
from tests.acceptance.break_glass import RULE
from tests.acceptance.config import RULES
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message

CHANGED = "This changed, look again."
WRONG = "f" * 64


@pytest.fixture(scope="module")
def rules() -> str:
    """The usual ones, and one for break-glass."""
    return RULES + RULE


def test_payload_that_names_a_reviewer_neither_opens_nor_closes_the_review(stack: Stack) -> None:
    maya, priya = stack.person("U0MAYA"), stack.person("U0PRIYA")
    talk.say(stack, "break-glass orders-prod read 10m Payments down, INC-881")
    told = wait_message(lambda: priya.messages(CHANNEL), "Break-glass: Maya Lindqvist (maya)", "Active since")
    usual = talk.ask(stack, f"orders-prod read 10m {talk.REASON}", "U0TOM")

    assert "Your own request" in plain(talk.answer_to(stack, told, REVIEW_BREAK_GLASS))
    payload = forge.click(stack, "break_glass.review")
    pending, shown = payload["actions"][0]["value"].split(".")
    for who, value, why in (
        ("U0PRIYA", f"{pending}.{WRONG[:9]}", CHANGED),
        ("U0PRIYA", f"{usual}.{WRONG}", CHANGED),
        ("U0PRIYA", f"999999.{WRONG}", "There is no request R-999999."),
        ("U0TOM", f"{pending}.{shown}", "Only dba reviews this; you are not in dba."),
    ):
        assert plain(forge.told(stack, payload, who=who, value=value)) == why
    assert priya.view() is None

    view = talk.open_by(stack, told, REVIEW_BREAK_GLASS, REVIEW_FORM, "U0PRIYA")
    priya.choose(view, "break_glass_review.verdict", "justified")
    priya.type(view, "break_glass_review.note", "   ")
    assert set(priya.submit(view).errors) == {"break_glass_review.note"}
    sent = forge.submission(stack, "break_glass.review.form")
    sent["view"]["state"]["values"]["break_glass_review.note"]["break_glass_review.note"]["value"] = (
        "INC-881, all is well"
    )
    for who, metadata, why in (
        ("U0MAYA", f"{pending}.{shown}", "Your own request: somebody else in dba reviews it."),
        ("W0MAYA", f"{pending}.{shown}", "Your own request: somebody else in dba reviews it."),
        ("U0TOM", f"{pending}.{shown}", "Only dba reviews this; you are not in dba."),
        ("U0PRIYA", f"{pending}.{WRONG}", CHANGED),
    ):
        forged = copy.deepcopy(sent)
        forged["user"]["id"] = who
        forged["view"] |= {"private_metadata": metadata, "id": f"V{who}{metadata[-1]}"}
        answer = stack.sandbox.forge("interactive", forged).payload
        assert answer is not None
        assert answer["errors"] == {"break_glass_review.note": why}
    assert records.rows(stack, "select state, reviewer from break_glass_reviews") == [("pending", None)]
    assert maya.view() is None


def test_form_is_held_against_the_rule_whatever_was_sent_and_sent_twice_it_breaks_one_glass(
    stack: Stack,
) -> None:
    maya = stack.person("U0MAYA")
    assert maya.command("/dbaccess", "break-glass orders-prod read", channel=CHANNEL).error is None
    view = maya.wait_view(lambda view: "break.duration" in view.action_ids())
    maya.type(view, "break.reason", "Payments down, INC-881")
    maya.choose(view, "break.duration", "15m")
    maya.choose(view, "break.what", "orders-prod/read")
    assert maya.submit(view).errors == {}
    sent = forge.submission(stack, "break_glass.form")
    assert stack.sandbox.replay(forge.replays(stack, "interactive")[-1]).error is None
    wait(lambda: records.rows(stack, "select 1 from grants where state = 'active'"))
    assert records.rows(stack, "select count(*) from grants") == [(1,)]

    values = next(b for b in sent["view"]["state"]["values"] if b.startswith("break.duration"))
    for change, why in (
        ({values: {"break.duration": {"selected_option": {"value": "8h"}}}}, "At most 30 min (rule"),
        ({"break.what": {"break.what": {"selected_option": {"value": "orders-prod/root"}}}}, "root"),
        ({"break.reason": {"break.reason": {"value": " "}}}, "Say why"),
        ({}, "is not reviewed yet"),
    ):
        forged = copy.deepcopy(sent)
        forged["view"]["id"] = f"V{len(why)}"
        forged["view"]["state"]["values"] |= change
        answer = stack.sandbox.forge("interactive", forged).payload
        assert answer is not None
        assert why in str(answer["errors"])
    assert records.rows(stack, "select count(*) from grants") == [(1,)]
