"""The form and the modals: what is chosen is kept, what is wrong is told at its field."""

import pytest

from dbaccess.slack.views.form import REQUEST_FORM
from dbaccess.slack.views.request_message import REVOKE
from dbaccess.slack.views.revoke import REVOKE_FORM
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import Message, Person, View, plain
from tests.acceptance import forge, records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message


def _form(stack: Stack, who: str = "U0MAYA") -> tuple[Person, View]:
    """The open form with target and role chosen."""
    person = stack.person(who)
    person.command("/dbaccess", "", channel=CHANNEL)
    view = talk.modal(person, REQUEST_FORM)
    assert [option["value"] for option in person.suggest(view, "form.target", "ord")] == ["orders-prod"]
    person.choose(view, "form.target", "orders-prod")
    view = person.wait_view(lambda view: "form.role" in view.action_ids())
    person.choose(view, "form.role", "read")
    return person, person.wait_view(lambda view: "form.duration" in view.action_ids())


def _block(view: View, action_id: str) -> str:
    """The block that holds this element."""
    found = (b["block_id"] for b in view.blocks if b.get("element", {}).get("action_id") == action_id)
    return str(next(found))


def test_the_form_asks_for_a_role_step_by_step(line: Stack) -> None:
    maya, view = _form(line)
    assert "*Can:* read every table in schema shop." in plain(view)
    assert "*Takes:* 1 approval from dba within 30 min. *Longest:* 4 h." in plain(view)
    maya.choose(view, "form.duration", "1h")
    maya.type(view, "form.reason", talk.REASON)

    assert maya.submit(view).errors == {}

    assert maya.view() is None
    message = talk.waiting(line, records.last_request(line))
    assert "Waiting: Maya Lindqvist (maya), read on orders-prod, 1 h" in plain(message)


def test_typed_text_is_kept_when_another_role_is_chosen(line: Stack) -> None:
    maya, view = _form(line)
    maya.type(view, "form.reason", talk.REASON)
    maya.choose(view, "form.role", "migrate")
    view = maya.wait_view(lambda view: "change the schema shop" in plain(view))

    assert view.value("form.target") == "orders-prod"
    assert view.value("form.reason") == talk.REASON
    offered = [option["value"] for option in view.element("form.duration")["options"]]
    assert offered[-1] == "1h"
    assert "4h" not in offered


def test_each_error_stands_at_its_field_and_nothing_typed_is_lost(line: Stack) -> None:
    maya, view = _form(line)
    assert set(maya.submit(view).errors) == {_block(view, "form.duration"), "form.reason"}
    maya.choose(view, "form.duration", "1h")
    maya.type(view, "form.reason", "short")

    assert maya.submit(view).errors == {"form.reason": "Say why, at least 10 characters."}

    kept = maya.view()
    assert kept is not None
    assert (kept.value("form.duration"), kept.value("form.reason")) == ("1h", "short")
    maya.type(kept, "form.reason", talk.REASON)
    assert maya.submit(kept).errors == {}


def test_second_request_for_the_same_takes_the_place_of_the_first_in_one_click(line: Stack) -> None:
    request_id = talk.ask(line, f"orders-prod read 1h {talk.REASON}")
    maya, view = _form(line)
    maya.choose(view, "form.duration", "1h")
    maya.type(view, "form.reason", talk.REASON)

    assert maya.submit(view).errors == {}
    offer = maya.view()
    assert offer is not None
    assert offer.callback_id == "request.replace"
    assert records.last_request(line) == request_id
    assert maya.submit(offer).errors == {}
    assert records.last_request(line) > request_id


def test_a_forged_submission_over_the_maximum_is_refused_and_a_replayed_one_is_one_request(
    line: Stack,
) -> None:
    maya, view = _form(line)
    maya.choose(view, "form.duration", "1h")
    maya.type(view, "form.reason", talk.REASON)
    assert maya.submit(view).errors == {}
    request_id = records.last_request(line)
    payload = forge.submission(line, "request.form")

    again = line.sandbox.forge("interactive", payload)
    place = _block(view, "form.duration")
    payload["view"]["hash"] = "1.forged"
    chosen = payload["view"]["state"]["values"][place]["form.duration"]["selected_option"]
    chosen["value"] = "9h"
    longer = line.sandbox.forge("interactive", payload)

    assert again.error is None
    assert not again.payload
    assert longer.payload is not None
    assert longer.payload["errors"] == {place: "At most 4 h (rule prod-read)."}
    assert records.last_request(line) == request_id


def test_a_guest_sees_no_form(line: Stack) -> None:
    carla = line.person("U0CARLA")
    carla.command("/dbaccess", "", channel=CHANNEL)

    wait(lambda: any("You are in no group of the policy" in plain(m) for m in carla.ephemerals(CHANNEL)))

    assert carla.view() is None


@pytest.mark.parametrize(("who", "name"), [("U0PRIYA", "Priya Nair"), ("U0OPS", "Olga Petrova")])
def test_a_reviewer_and_an_operator_revoke_and_say_why(line: Stack, who: str, name: str) -> None:
    request_id = talk.activate(line)
    person = line.person(who)
    view = talk.open_by(line, talk.say(line, "revoke", who), REVOKE, REVOKE_FORM, who)
    assert "Maya Lindqvist (maya), read on orders-prod" in plain(view)
    assert set(person.submit(view).errors) == {"revoke.reason"}
    person.type(view, "revoke.reason", "Wrong <!channel> table")

    assert person.submit(view).errors == {}

    told = wait_message(
        lambda: _ended(line, request_id), f"revoked by {name} ({who})", "\n> Wrong <!channel> table"
    )
    assert "<!channel>" not in str(told.blocks)
    assert records.grant_state(line, request_id) == "ended"
    assert "grant.revoked" in records.kinds(line, request_id)


def test_person_who_may_revoke_nothing_sees_no_revoke_list(line: Stack) -> None:
    talk.activate(line)
    assert plain(talk.say(line, "revoke", "U0TOM")) == "There is nothing to revoke."


def test_the_holder_is_done_before_the_time_is_over(line: Stack) -> None:
    request_id = talk.activate(line)

    waits = talk.ask(line, f"orders-prod migrate 10m {talk.REASON}")
    offered = talk.say(line, "done")

    told = talk.answer_to(line, offered, SURRENDER)

    assert told.ts == offered.ts
    assert plain(told).startswith("Ending: read on orders-prod. Reported as ended once verified.")
    assert talk.has(told, WITHDRAW, str(waits))
    assert not talk.has(told, SURRENDER)
    talk.answer_to(line, told, WITHDRAW)
    wait_message(lambda: _ended(line, request_id), "ended early by the holder")
    assert "grant.surrendered" in records.kinds(line, request_id)


def _ended(stack: Stack, request_id: int) -> list[Message]:
    """The request's approval message, once it shows the end."""
    shown = stack.person("U0PRIYA").messages(CHANNEL)
    return [m for m in shown if f"R-{request_id}" in plain(m) and "Ended: " in plain(m)]
