"""A guest of the very group that may ask, where no rule says that it is for guests: nothing, by any way."""

import pytest

from dbaccess.slack.views.answers import OPEN_FORM
from dbaccess.slack.views.form import REQUEST_FORM, TARGET
from sandbox.client import plain
from tests.acceptance import forge, records, talk
from tests.acceptance.break_glass import configure
from tests.acceptance.stack import CHANNEL, Stack, wait

READ = f"orders-prod read 10m {talk.REASON}"
REFUSED = "No rule allows read on orders-prod"
GLASS = """
[[rules]]
id = "prod-emergency"
access = ["read"]
requester = ["contractors"]
max = "30m"
break_glass = true
review_by = "dba"
review_within = "24h"
"""


@pytest.fixture(scope="module")
def module_guests(module_stack: Stack) -> Stack:
    """Carla, a guest, and Tom, who is none, are the contractors, and every rule is for contractors alone."""
    text = module_stack.config.read_text()
    text = text.replace("\n[slack]", '\ncontractors = ["U0CARLA", "U0TOM"]\n\n[slack]', 1)
    module_stack.config.write_text(text.replace('requester = ["engineers"]', 'requester = ["contractors"]'))
    configure(module_stack, GLASS)
    module_stack.keep_configuration()
    return module_stack


@pytest.fixture
def guests(module_guests: Stack, line: Stack) -> Stack:
    assert line is module_guests
    known = "select is_guest from directory_people where slack_id = 'U0CARLA'"
    wait(lambda: records.rows(line, known) == [(True,)])
    return line


@pytest.mark.parametrize("text", [READ, f"break-glass {READ}"])
def test_line_of_a_guest_is_refused_and_that_of_another_of_the_group_taken(guests: Stack, text: str) -> None:
    before = records.last_request(guests)
    assert REFUSED in plain(talk.say(guests, text, "U0CARLA"))
    assert records.last_request(guests) == before
    assert "Sent: R-" in plain(talk.say(guests, READ, "U0TOM"))


def test_form_offers_a_guest_no_target(guests: Stack) -> None:
    carla, tom = guests.person("U0CARLA"), guests.person("U0TOM")
    for person in (carla, tom):
        assert person.command("/dbaccess", "", channel=CHANNEL).error is None
    of_guest, of_member = talk.modal(carla, REQUEST_FORM), talk.modal(tom, REQUEST_FORM)
    assert (of_guest.action_ids(), of_guest.submit) == ([], None)
    assert [option["value"] for option in tom.suggest(of_member, TARGET, "")] == ["orders-prod"]


def test_form_that_another_of_the_group_filled_is_refused_as_a_guests(guests: Stack) -> None:
    refused = talk.say(guests, f"orders-prod read 90 {talk.REASON}", "U0TOM")
    view = talk.open_by(guests, refused, OPEN_FORM, REQUEST_FORM, "U0TOM")
    tom = guests.person("U0TOM")
    tom.choose(view, "form.duration", "1h")
    assert tom.submit(view).errors == {}
    before = records.last_request(guests)
    payload = forge.submission(guests, "request.form")
    payload["user"]["id"] = "U0CARLA"
    payload["view"]["hash"] = "1.forged"
    answer = guests.sandbox.forge("interactive", payload)
    assert answer.payload is not None
    assert [text.startswith(REFUSED) for text in answer.payload["errors"].values()] == [True]
    assert records.last_request(guests) == before


def test_home_of_a_guest_offers_nothing(guests: Stack) -> None:
    assert "Request a role" not in plain(talk.open_home(guests, "U0CARLA"))
    assert "Request a role" in plain(talk.open_home(guests, "U0TOM"))
