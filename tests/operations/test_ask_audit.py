"""An auditor asks in Slack: no other person gets an answer, and statements shown are a recorded look."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.audit_page import AuditKey
from dbaccess.domain.errors import DuplicateRequest, NotYours, UnknownName
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId
from dbaccess.operations.grants.record_reach import record_reach
from dbaccess.operations.queries.ask_audit import AskedPage, ask_audit
from dbaccess.slack.views import audit_answer as view
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, PRIYA, SAM, TOM, new_key
from tests.operations.test_show_statements import add_statements, auditors


@pytest.fixture
def audited(fake_house: FakeHouse) -> FakeHouse:
    auditors(fake_house, SAM)
    return fake_house


def ask(
    house: FakeHouse, who: SlackId = SAM, after: AuditKey | None = None, key: str = "", **asked: Any
) -> AskedPage:
    return ask_audit(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        asked=AuditAsk(**asked),
        after=after,
        limit=1,
        idempotency_key=key or new_key(),
    )


def pages(house: FakeHouse, **asked: Any) -> Iterator[AskedPage]:
    """Each page, as its button Older leads to it."""
    places: list[AuditKey] = []
    while True:
        found = ask(house, after=places[-1] if places else None, **asked)
        yield found
        shown = view.build(found.page, found.names, AuditAsk(**asked), draft_id=7, places=places)
        older = [one for one in buttons(shown) if one["action_id"] == view.OLDER]
        if not older:
            return
        draft_id, places = view.parse_place(older[0]["value"])
        assert draft_id == 7


def buttons(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for block in shown["blocks"] if block["type"] == "actions" for one in block["elements"]]


def looks(house: FakeHouse) -> list[dict[str, Any]]:
    return house.ledger("activity.viewed")


def test_each_part_of_a_question_narrows_the_answer(audited: FakeHouse) -> None:
    mayas, toms = audited.active(MAYA), audited.active(TOM)
    record_reach(audited.context, "main")
    questions: list[tuple[dict[str, Any], list[GrantId]]] = [
        ({}, [toms.id, mayas.id]),
        ({"person": "maya"}, [mayas.id]),
        ({"person": TOM}, [toms.id]),
        ({"reviewer": PRIYA}, [toms.id, mayas.id]),
        ({"reviewer": SAM}, []),
        ({"target": "orders-prod", "role": "read"}, [toms.id, mayas.id]),
        ({"role": "write"}, []),
        ({"grant": mayas.id}, [mayas.id]),
        ({"table": "shop.orders", "at": datetime.now(UTC)}, [toms.id, mayas.id]),
        ({"until": mayas.created_at}, []),
        ({"ticket": "OPS-1"}, []),
    ]
    for asked, wanted in questions:
        found = [answer.grant.id for page in pages(audited, **asked) for answer in page.page.answers]
        assert found == wanted, asked
    assert looks(audited) == []


def test_statements_come_in_pages_and_each_page_is_a_recorded_look(audited: FakeHouse) -> None:
    grant = audited.active(MAYA)
    ran = add_statements(audited, grant, 3)
    found = [answer.statement for page in pages(audited, words="select") for answer in page.page.answers]
    assert found == ran[::-1]
    events = looks(audited)
    assert [(event["actor"], event["data"]["grants"]) for event in events] == [(SAM, [grant.id])] * 3
    assert not any("select" in str(event["data"]) for event in events)


def test_only_an_auditor_gets_an_answer(audited: FakeHouse) -> None:
    add_statements(audited, audited.active(MAYA), 1)
    for words in (None, "select"):
        with pytest.raises(NotYours, match=r"groups\.auditors"):
            ask(audited, MAYA, words=words)
    auditors(audited, TOM)
    with pytest.raises(NotYours):
        ask(audited)
    assert looks(audited) == []


def test_target_that_never_was_is_said_and_not_answered_with_none(audited: FakeHouse) -> None:
    audited.active(MAYA)
    with pytest.raises(UnknownName, match="orders-prod"):
        ask(audited, target="orders-prd")


def test_click_that_comes_twice_is_one_look(audited: FakeHouse) -> None:
    add_statements(audited, audited.active(MAYA), 1)
    ask(audited, words="select", key="click 1")
    with pytest.raises(DuplicateRequest):
        ask(audited, words="select", key="click 1")
    assert len(looks(audited)) == 1


def test_names_are_those_of_holder_and_reviewers(audited: FakeHouse) -> None:
    audited.active(MAYA)
    assert ask(audited).names == {MAYA: "Maya Lindqvist (maya)", PRIYA: f"Priya Nair ({PRIYA})"}
