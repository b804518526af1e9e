"""Only the holder, reviewers of the grant and auditors see statements; a look by another is recorded."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.coverage import CaptureLevel, Coverage, GrantCoverage
from dbaccess.domain.errors import DuplicateRequest, NotFound, NotYours
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.statement_page import Look, StatementPage
from dbaccess.operations.activity.show_statements import look_at_statements
from dbaccess.operations.activity.summarize import count as counted
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.operations.break_glass import close_review, granted, invoke, review_of
from tests.operations.home_views import home_of
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, new_key
from tests.unit.slack.activities import statement


def add_statements(house: House, grant: Grant, count: int, **changes: Any) -> list[Statement]:
    """The grant ran so many statements, and they were read."""
    began = grant.activated_at or grant.created_at
    statements = [
        statement(
            f"select {number}",
            **{
                "grant_id": grant.id,
                "cluster": grant.cluster,
                "session_id": f"s{grant.id}",
                "line_num": number,
                "at": began + timedelta(seconds=number),
                **changes,
            },
        )
        for number in range(1, count + 1)
    ]
    coverage = Coverage(level=CaptureLevel.FULL, checked_at=began)
    with house.work() as uow:
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=coverage))
        uow.activity.add(statements)
        uow.commit()
    return statements


def ran(house: House, grant: Grant, count: int, **changes: Any) -> list[Statement]:
    """The same, and they were counted."""
    statements = add_statements(house, grant, count, **changes)
    with house.work() as uow:
        uow.activity.keep(counted(uow, house.policy, grant, is_final=True))
        uow.commit()
    return statements


def look(house: House, slack_id: SlackId, grant: Grant, *, limit: int = 10, **changes: Any) -> StatementPage:
    key = changes.pop("key", None) or new_key()
    return look_at_statements(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=slack_id,
        look=Look(grant_id=grant.id, **changes),
        limit=limit,
        idempotency_key=key,
    )


def looks(house: House) -> list[tuple[str, int, int]]:
    """The recorded looks: who, at which grant, and how many statements were shown."""
    events = house.ledger(EventKind.ACTIVITY_VIEWED.value)
    return [(event["actor"], event["grant"], event["data"]["statements"]) for event in events]


def auditors(house: House, *people: SlackId) -> None:
    groups = {**house.policy.groups, "auditors": tuple(SourceId(one) for one in people)}
    house.policy = replace(house.policy, groups=groups)
    house.context = replace(house.context, policy=house.policy)
    refresh_directory(house.context, people=list(people))


def test_the_holder_sees_their_statements_under_any_account_and_no_look_is_recorded(house: House) -> None:
    grant = house.active(MAYA)
    statements = ran(house, grant, 3)
    for account in (MAYA, SECOND_MAYA):
        page = look(house, account, grant)
        assert page.statements == tuple(statements)
        assert not page.has_more
    assert looks(house) == []


def test_those_who_reviewed_the_grant_see_its_statements_and_the_ledger_says_so(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 3)
    assert len(look(house, PRIYA, grant).statements) == 3
    assert looks(house) == [(house.policy.person_id(PRIYA), grant.id, 3)]


def test_a_reviewer_of_the_group_who_did_not_review_this_grant_sees_nothing(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 1)
    for other in (SAM, TOM):
        with pytest.raises(NotYours):
            look(house, other, grant)
    assert looks(house) == []


def test_reviewers_who_owe_the_review_of_a_break_glass_see_what_was_done(glass: House) -> None:
    request = invoke(glass, MAYA)
    glass.notify(request.id)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    grant = glass.grant(grant.id)
    ran(glass, grant, 2)
    for who in (PRIYA, SAM):
        assert len(look(glass, who, grant).statements) == 2
    with pytest.raises(NotYours):
        look(glass, TOM, grant)
    close_review(glass, review_of(glass, request), PRIYA)
    assert len(look(glass, PRIYA, grant).statements) == 2
    with pytest.raises(NotYours):
        look(glass, SAM, grant)
    assert [count for _, _, count in looks(glass)] == [2, 2, 2]


def test_an_auditor_sees_every_grant_and_each_page_is_recorded(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 25)
    auditors(house, TOM)
    first = look(house, TOM, grant)
    second = look(house, TOM, grant, after=first.statements[-1].key)
    third = look(house, TOM, grant, after=second.statements[-1].key)
    assert [len(page.statements) for page in (first, second, third)] == [10, 10, 5]
    assert [page.has_more for page in (first, second, third)] == [True, True, False]
    shown = [one.line_num for page in (first, second, third) for one in page.statements]
    assert shown == list(range(1, 26))
    assert [count for _, _, count in looks(house)] == [10, 10, 5]


def test_person_who_left_the_auditors_sees_nothing(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 1)
    auditors(house, TOM)
    look(house, TOM, grant)
    auditors(house, SAM)
    with pytest.raises(NotYours):
        look(house, TOM, grant)


def test_a_replayed_click_is_no_second_look(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 1)
    look(house, PRIYA, grant, key="one click")
    with pytest.raises(DuplicateRequest):
        look(house, PRIYA, grant, key="one click")
    assert len(looks(house)) == 1


def test_a_look_at_a_grant_that_does_not_exist_is_refused(house: House) -> None:
    with pytest.raises(NotFound):
        look(house, MAYA, replace(house.active(MAYA), id=GrantId(999_999)))


def test_kind_and_table_choose_among_the_statements(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 2, reads=("shop.orders",))
    ran(house, grant, 3, session_id="other", kind=StatementKind.WRITE, writes=("shop.stock",))
    assert len(look(house, MAYA, grant, kind=StatementKind.WRITE).statements) == 3
    assert len(look(house, MAYA, grant, table="shop.orders").statements) == 2
    assert look(house, MAYA, grant, kind=StatementKind.READ, table="shop.stock").statements == ()


def test_the_page_says_what_does_not_fit_the_role(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 2, kind=StatementKind.WRITE, writes=("shop.orders",), sqlstate="42501", error="no")
    report = look(house, MAYA, grant).report
    assert [(one.kind.value, one.times, one.refused) for one in report.mismatches] == [("wrote", 2, 2)]
    assert report.access == "read"


def test_home_offers_the_statements_of_ended_grants_that_have_some(house: House) -> None:
    with_some, without = house.active(MAYA), house.active(MAYA, role="migrate")
    ran(house, with_some, 1)
    for grant in (with_some, without):
        surrender(
            house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key()
        )
    drain(house.context, "main")
    seen = home_of(house, MAYA)
    assert {grant.id for grant in seen.ended} == {with_some.id, without.id}
    assert seen.with_statements == {with_some.id}
