"""A name under `[people]` now belongs to another person; requests and grants stay with their accounts."""

from dataclasses import replace

import pytest

from dbaccess.domain import limits
from dbaccess.domain.errors import AlreadyOpen, NotYours, ReviewPending, TooMany
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.queries.home import home
from dbaccess.operations.queries.mine import mine
from dbaccess.operations.requests.withdraw import withdraw
from tests.operations.break_glass import close_review, invoke, review_of
from tests.operations.edited_policies import edit
from tests.operations.extensions import allow, ask_more
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, TOM, House, new_key


def _rename(house: House, heir: SlackId = TOM) -> None:
    """Maya is `lindqvist` with both accounts; `maya` is another person."""
    names = {MAYA: "lindqvist", SECOND_MAYA: "lindqvist", heir: "maya"}
    edit(house, replace(house.policy, aliases={account: PersonId(name) for account, name in names.items()}))


def _withdraw(house: House, request: Request, who: SlackId) -> Request:
    return withdraw(
        house.begin, policy=house.policy, slack_id=who, request_id=request.id, idempotency_key=new_key()
    )


def test_home_and_list_show_what_their_own_accounts_asked_for_and_hold(house: House) -> None:
    over = house.active(role="migrate")
    house.surrender(over)
    drain(house.context, "main")
    held, waits = house.active(), house.submit(role="write")
    _rename(house)
    for who, own in ((MAYA, True), (SECOND_MAYA, True), (TOM, False)):
        with house.begin() as uow:
            tab = home(uow, policy=house.policy, workspace=house.workspace, slack_id=who)
            listed = mine(uow, policy=house.policy, workspace=house.workspace, slack_id=who)
        for shown in (tab, listed):
            assert [grant.id for grant in shown.holds] == [held.id] * own
            assert [request.id for request in shown.waits] == [waits.id] * own
        assert [grant.id for grant in tab.ended] == [over.id] * own


def test_new_bearer_of_a_name_sees_the_grant_as_another_persons(house: House) -> None:
    held = house.active()
    _rename(house, heir=PRIYA)
    with house.begin() as uow:
        tab = home(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
    assert [one.grant.id for one in tab.revocable] == [held.id]


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_request_is_withdrawn_by_its_account_and_not_by_its_name(house: House, who: SlackId) -> None:
    request = house.submit()
    _rename(house)
    with pytest.raises(NotYours):
        _withdraw(house, request, TOM)
    assert house.request(request.id).state == "pending"
    assert _withdraw(house, request, who).state == "withdrawn"
    (event,) = house.ledger("request.withdrawn")
    assert event["actor"] == "maya"  # as the request names them, though another person may have that name


def test_open_items_of_a_former_bearer_block_nothing_for_the_new_one(house: House) -> None:
    house.active()
    house.submit(role="write")
    _rename(house)
    for role in ("read", "write"):
        assert house.submit(TOM, role).state == "pending"
        for who in (MAYA, SECOND_MAYA):
            with pytest.raises(AlreadyOpen):
                house.submit(who, role)


def test_more_time_is_asked_for_and_given_after_a_renaming(house: House) -> None:
    allow(house)
    grant = house.active()
    _rename(house)
    with pytest.raises(NotYours):
        ask_more(house, grant, TOM)
    request = ask_more(house, grant)
    assert house.ledger("request.submitted")[-1]["actor"] == "maya"  # as the grant names them
    house.review(request)
    apply_extension(house.context, grant.id)
    assert grant.expires_at is not None
    assert house.grant(grant.id).expires_at == grant.expires_at + request.terms.duration


def test_limits_go_with_the_account(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPEN_REQUESTS", 1)
    house.submit()
    _rename(house)
    for who in (MAYA, SECOND_MAYA):
        with pytest.raises(TooMany, match="You wait for 1 decisions"):
            house.submit(who, "write")
    waiting = house.submit(TOM, "write")
    monkeypatch.setattr(limits, "REQUESTS_AN_HOUR", 1)
    _withdraw(house, waiting, TOM)
    _rename(house, heir=PRIYA)
    with pytest.raises(TooMany, match="within an hour"):
        house.submit(TOM, "write")


def test_debt_of_a_break_glass_is_escaped_neither_by_a_new_name_nor_by_a_new_account(glass: House) -> None:
    """The new bearer of the name waits too: it may be the same person with a new account."""
    pending = review_of(glass, invoke(glass, MAYA))
    _rename(glass)
    for who in (MAYA, SECOND_MAYA, TOM):
        with pytest.raises(ReviewPending, match=rf"on orders-prod is not reviewed yet \({pending.label}\)"):
            invoke(glass, who, role="read")
    with glass.begin() as uow:
        listed = mine(uow, policy=glass.policy, workspace=glass.workspace, slack_id=TOM)
    assert listed.unreviewed == ()
    close_review(glass, pending)
    assert invoke(glass, TOM, role="read").state == "approved"
