"""A rule that wants a ticket takes it from the line that was typed, or says what to do."""

import pytest

from dbaccess.slack.views.answers import CHANGE, REQUEST_LONGEST
from dbaccess.slack.views.form import REQUEST_FORM
from sandbox.client import plain
from tests.acceptance import records, talk
from tests.acceptance.config import RULES
from tests.acceptance.stack import Stack


@pytest.fixture(scope="module")
def rules() -> str:
    """Reading takes a ticket."""
    return RULES.replace('decide_within = "30m"', 'decide_within = "30m"\nticket = "OPS-[0-9]+"')


def _ticket(stack: Stack, request_id: int) -> str | None:
    found: str | None = records.rows(
        stack, "select terms ->> 'ticket' from requests where id = %s", request_id
    )[0][0]
    return found


def test_one_line_with_the_ticket_in_its_reason_is_a_request_with_that_ticket(line: Stack) -> None:
    request_id = talk.ask(line, "orders-prod read 2h looking into OPS-4512")
    assert _ticket(line, request_id) == "OPS-4512"
    shown = plain(talk.waiting(line, request_id))
    assert shown.count("OPS-4512") == 1, shown


def test_one_line_without_it_leads_to_the_form_with_all_that_was_typed(line: Stack) -> None:
    before = records.last_request(line)
    answer = talk.say(line, f"orders-prod read 1h {talk.REASON}")
    says = "Rule prod-read requires a ticket that matches OPS-[0-9]+, such as OPS-1234; no word of the reason"
    assert says in plain(answer)
    assert records.last_request(line) == before

    view = talk.open_by(line, answer, CHANGE, REQUEST_FORM)
    assert view.value("form.reason") == talk.REASON
    maya = line.person("U0MAYA")
    maya.type(view, "form.ticket", "OPS-4512 and more")
    assert list(maya.submit(view).errors) == ["form.ticket"]
    maya.type(view, "form.ticket", "OPS-4512")
    assert maya.submit(view).errors == {}
    assert _ticket(line, records.last_request(line)) == "OPS-4512"


def test_longest_time_offered_instead_keeps_the_ticket(line: Stack) -> None:
    refused = talk.say(line, "orders-prod read 8h looking into OPS-4512")
    assert "Sent: R-" in plain(talk.answer_to(line, refused, REQUEST_LONGEST))
    assert _ticket(line, records.last_request(line)) == "OPS-4512"
