"""An auditor's question is answered in pages; statements that it shows are recorded as a look."""

from datetime import datetime, timedelta

import pytest

from dbaccess.domain.audit_page import AuditAnswer, AuditKey, AuditPage
from dbaccess.domain.errors import BadQuestion
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.reach import NOT_READ
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.record_reach import record_reach
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.search_audit import search_audit
from tests.operations.fake_house import FakeHouse
from tests.operations.house import TOM
from tests.operations.test_show_statements import add_statements


def ask(
    house: FakeHouse,
    question: GrantQuestion,
    *,
    words: str | None = None,
    after: AuditKey | None = None,
    limit: int = 10,
) -> AuditPage:
    with house.work() as uow:
        page = search_audit(uow, actor="audit", question=question, words=words, after=after, limit=limit)
        uow.commit()
    return page


def grants(page: AuditPage) -> list[GrantId]:
    return [answer.grant.id for answer in page.answers]


def looks(house: FakeHouse) -> list[dict[str, object]]:
    return [event["data"] for event in house.ledger(EventKind.ACTIVITY_VIEWED.value)]


def test_one_question_lists_people_who_could_read_a_table_then(fake_house: FakeHouse) -> None:
    before = datetime.now().astimezone()
    known = fake_house.active()
    record_reach(fake_house.context, "main")
    unknown = fake_house.active(TOM)
    waits = fake_house.approved(TOM, "write")
    held = datetime.now().astimezone()
    page = ask(fake_house, GrantQuestion(table="shop.orders", at=held))
    assert grants(page) == [unknown.id, known.id]
    first, second = (answer.reach for answer in page.answers)
    assert (first.found, first.unknown_why) == ((), NOT_READ)
    assert ([table.label for table in second.found], second.unknown_why) == (["shop.orders"], None)
    assert page.knows_table
    assert grants(ask(fake_house, GrantQuestion(table="shop.orders", at=before))) == []
    misspelt = ask(fake_house, GrantQuestion(table="shop.ordres", at=held))
    assert (grants(misspelt), misspelt.knows_table) == ([unknown.id], False)
    provision(fake_house.context, waits.id)
    assert waits.id in grants(ask(fake_house, GrantQuestion(at=datetime.now().astimezone())))
    assert looks(fake_house) == []


def test_grant_counts_from_its_first_step_on_the_target_until_its_end_was_verified(
    fake_house: FakeHouse,
) -> None:
    waits = fake_house.approved()
    fake_house.wait(seconds=30)
    approved = fake_house.context.begin
    with approved() as uow:
        between = uow.now
    fake_house.wait(seconds=30)
    provision(fake_house.context, waits.id)
    active = fake_house.grant(waits.id)
    assert active.begun_at is not None
    fake_house.wait(seconds=60)
    fake_house.surrender(active)
    fake_house.wait(seconds=60)
    revoking = active.begun_at + timedelta(seconds=90)
    drain(fake_house.context, "main")
    ended = fake_house.grant(waits.id).ended_at
    assert ended is not None
    moments = [between, active.begun_at, revoking, ended]
    assert [grants(ask(fake_house, GrantQuestion(at=one))) == [waits.id] for one in moments] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("words", [None, "select"], ids=["grants", "statements"])
def test_pages_join_without_a_gap(fake_house: FakeHouse, words: str | None) -> None:
    for grant in (fake_house.active(), fake_house.active(TOM)):
        add_statements(fake_house, grant, 2)
    whole = ask(fake_house, GrantQuestion(), words=words)
    assert whole.after is None
    found: list[AuditAnswer] = []
    after: AuditKey | None = None
    while True:
        page = ask(fake_house, GrantQuestion(), words=words, after=after, limit=1)
        found, after = [*found, *page.answers], page.after
        if after is None:
            break
    assert found == list(whole.answers)
    assert len(found) == (2 if words is None else 4)


def test_page_goes_on_only_after_a_place_of_its_kind(fake_house: FakeHouse) -> None:
    (ran, *_) = add_statements(fake_house, fake_house.active(), 1)
    with pytest.raises(ValueError, match="after a grant"):
        ask(fake_house, GrantQuestion(), after=ran.key)
    with pytest.raises(ValueError, match="after a statement"):
        ask(fake_house, GrantQuestion(), words="select", after=GrantId(1001))


def test_look_at_statements_is_recorded_with_the_question_and_without_words(fake_house: FakeHouse) -> None:
    mayas, toms = fake_house.active(), fake_house.active(TOM)
    for grant in (mayas, toms):
        add_statements(fake_house, grant, 1)
    with fake_house.begin() as uow:
        tom = find_identities(uow, TOM)
    page = ask(fake_house, GrantQuestion(who=tom, target="orders-prod", grant=toms.id), words="select")
    assert [(answer.grant.id, answer.statement is not None) for answer in page.answers] == [(toms.id, True)]
    (data,) = looks(fake_house)
    assert (data["has_words"], data["statements"], data["grants"]) == (True, 1, [toms.id])
    assert (data["target"], data["grant"], data["channel"]) == ("orders-prod", toms.id, "slack")
    assert TOM in str(data["holder"])
    assert "select" not in str(data)


def test_statements_are_those_that_ran_in_the_time_of_the_question(fake_house: FakeHouse) -> None:
    grant: Grant = fake_house.active()
    (first, second) = add_statements(fake_house, grant, 2)
    for question, expected in (
        (GrantQuestion(until=second.at), [first]),
        (GrantQuestion(since=second.at), [second]),
        (GrantQuestion(), [second, first]),
    ):
        page = ask(fake_house, question, words="select")
        assert [answer.statement for answer in page.answers] == expected


def test_marks_that_no_search_finds_are_no_question(fake_house: FakeHouse) -> None:
    for words in ("", "* =", "--"):
        with pytest.raises(BadQuestion, match="letters and digits"):
            ask(fake_house, GrantQuestion(), words=words)
    assert looks(fake_house) == []
