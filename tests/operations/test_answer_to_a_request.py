"""The answer to a request keeps its button until a click: Slack edits such an answer only then."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.withdraw import withdraw
from dbaccess.slack.views import answers
from dbaccess.slack.views.withdraw import WITHDRAW
from tests.operations.clicks import click_in_answer
from tests.operations.edited_policies import edit
from tests.operations.house import MAYA, House, later, new_key


def _approve(house: House, request: Request) -> None:
    house.review(request)


def _make_active(house: House, request: Request) -> None:
    house.review(request)
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)


def _deny(house: House, request: Request) -> None:
    house.review(request, verdict=Verdict.DENIED)


def _lapse(house: House, _: Request) -> None:
    lapse(later(house, minutes=61))


def _withdraw(house: House, request: Request) -> None:
    withdraw(
        house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
    )


def _make_stale(house: House, _: Request) -> None:
    edit(house, replace(house.policy, rules=()))
    mark_stale(house.context)


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (_approve, "is already approved. End it with /dbaccess done."),
        (_make_active, "is already approved. End it with /dbaccess done."),
        (_deny, "is already denied."),
        (_lapse, "is already lapsed."),
        (_withdraw, "is already withdrawn."),
        (_make_stale, "is already stale."),
    ],
)
def test_late_click_puts_the_outcome_in_the_place_of_the_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, end: Callable[[House, Request], None], says: str
) -> None:
    request = house.submit()
    answer = answers.recorded(request)
    end(house, request)
    (outcome,) = click_in_answer(house, monkeypatch, MAYA, answer, WITHDRAW)
    assert outcome["text"] == f"{request.label} {says}"
    assert outcome["replace_original"] is True
    assert "button" not in str(outcome["blocks"])


def test_click_in_time_puts_the_withdrawal_in_the_place_of_the_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = house.submit()
    (outcome,) = click_in_answer(house, monkeypatch, MAYA, answers.recorded(request), WITHDRAW)
    assert (outcome["replace_original"], "Withdrawn" in outcome["text"]) == (True, True)
    assert "button" not in str(outcome["blocks"])
