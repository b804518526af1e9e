"""The offer to withdraw a request that stands in the way keeps all that was typed."""

import pytest

from dbaccess.domain.errors import AlreadyOpen, NotFound, TooMany
from dbaccess.slack.views import answers, replace_request
from dbaccess.slack.views.form import FormState
from tests.unit.slack.limits import elements_of, faults_of_view

STATE = FormState(target="orders-prod", role="read", duration="1h", reason='"\\\n' * 333, ticket="OPS-4512")
IN_THE_WAY = AlreadyOpen("R-1041 for this is still open.", request_id=1041)


def test_modal_carries_both_requests() -> None:
    view = replace_request.build(IN_THE_WAY, STATE)
    assert faults_of_view(view) == []
    assert replace_request.parse(view) == (1041, STATE)


@pytest.mark.parametrize("forged", ["", "[]", "{}", "7", '{"instead_of":"x"}'])
def test_forged_modal_is_refused(forged: str) -> None:
    with pytest.raises(NotFound):
        replace_request.parse({"private_metadata": forged})


def test_only_a_request_that_can_be_withdrawn_is_offered() -> None:
    assert replace_request.offers(IN_THE_WAY)
    assert not replace_request.offers(AlreadyOpen("G-7 for this is still open."))
    assert not replace_request.offers(TooMany("Later."))


def test_line_has_the_same_way_on() -> None:
    (button, change) = elements_of(answers.refused(IN_THE_WAY, draft_id=5))
    assert (button["action_id"], button["value"]) == (answers.REPLACE, "5:1041")
    assert change["action_id"] == answers.CHANGE
