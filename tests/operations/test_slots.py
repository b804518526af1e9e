"""Several slots: the slot of each approval is decided anew at each click."""

import pytest

from dbaccess.domain.errors import AlreadyReviewed, NotEligible
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from sandbox.client import plain
from tests.operations.edited_policies import edit, two_groups, with_groups, with_rule
from tests.operations.house import MAYA, PRIYA, SAM, TOM, House

OPS = SlackId("U0OPS")


def _says(house: House, request: Request) -> str:
    """The approval message as it is now."""
    house.notify(request.id)
    return next(
        plain(message)
        for message in house.slack.person(PRIYA).messages("C0APPROVALS")
        if not message.thread_ts
    )


def _thread(house: House, request: Request) -> list[str]:
    house.notify(request.id)
    return [plain(m) for m in house.slack.person(PRIYA).messages("C0APPROVALS") if m.thread_ts]


def test_one_of_each_group_approve_and_the_message_shows_who_is_missing(house: House) -> None:
    two_groups(house, dba=[PRIYA], owners=[SAM])
    request = house.submit()
    shown = _says(house, request)
    assert "Needs 2 approvals, 2 people" in shown
    assert "Done" not in shown
    house.review(request, PRIYA)
    shown = _says(house, request)
    assert "Done: dba, Priya Nair (U0PRIYA)" in shown
    assert "Open: owners, 1" in shown
    assert house.grant_of(request.id) is None
    house.review(request, SAM)
    assert house.grant_of(request.id) is not None
    assert "Priya Nair (U0PRIYA) (dba)" in _says(house, request)


def test_earlier_reviewer_changes_places_so_that_both_count(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[PRIYA])
    request = house.submit()
    house.review(request, PRIYA)
    house.review(request, SAM)
    assert house.request(request.id).state == "approved"
    assert {"Priya Nair (U0PRIYA) (owners)", "Sam Okafor (U0SAM) (dba)"} <= {
        f"{name} ({group})"
        for name in ("Priya Nair (U0PRIYA)", "Sam Okafor (U0SAM)")
        for group in ("dba", "owners")
        if f"{name} ({group})" in _says(house, request)
    }


def test_approval_that_fills_no_open_slot_is_refused_and_a_denial_is_not(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[TOM])
    request = house.submit()
    house.review(request, PRIYA)
    with pytest.raises(NotEligible, match="The approval of dba is already given"):
        house.review(request, SAM)
    house.review(request, SAM, Verdict.DENIED)
    assert house.request(request.id).state == "denied"


def test_approver_who_left_the_group_no_longer_counts_when_the_next_one_clicks(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    request = house.submit()
    house.notify(request.id)
    house.review(request, PRIYA)
    house.slack.set_group("S0DBA", [SAM, OPS])
    house.read_twice()
    house.review(request, SAM)
    assert house.request(request.id).state == "pending"
    shown = _says(house, request)
    assert "Done: dba, Sam Okafor (U0SAM)" in shown
    assert "Priya" not in shown
    assert "Open: dba, 1" in shown
    said = "The approval of Priya Nair (U0PRIYA) no longer counts: no longer in dba."
    assert said in _thread(house, request)
    house.review(request, OPS)
    assert house.request(request.id).state == "approved"
    (created,) = house.ledger("grant.created")
    assert created["data"]["reviewers"] == [SAM, OPS]


@pytest.mark.parametrize("how", ["left", "deactivated", "guest"])
def test_worker_finds_an_approval_that_counts_no_more_without_a_click_and_tells_it_once(
    house: House, how: str
) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[TOM])
    request = house.submit()
    house.notify(request.id)
    house.review(request, PRIYA)
    house.notify(request.id)
    assert recheck_approvals(house.context) == []
    if how == "left":
        edit(house, with_groups(house.policy, dba=[SAM], owners=[TOM]))
    else:
        change = house.slack.deactivate if how == "deactivated" else house.slack.make_guest
        change(PRIYA)
        refresh_directory(house.context, people=[PRIYA])
    assert recheck_approvals(house.context) == [request.id]
    assert recheck_approvals(house.context) == []
    assert house.kinds().count("review.voided") == 1
    assert "Open: dba, 1" in _says(house, request)
    assert len([line for line in _thread(house, request) if "no longer counts" in line]) == 1


def test_approval_of_a_returned_reviewer_stays_void_and_another_one_counts(house: House) -> None:
    two_groups(house, dba=[PRIYA, SAM], owners=[TOM])
    request = house.submit()
    house.review(request, PRIYA)
    before = house.policy
    edit(house, with_groups(house.policy, dba=[SAM], owners=[TOM]))
    recheck_approvals(house.context)
    edit(house, before)
    with pytest.raises(AlreadyReviewed, match="no longer counts"):
        house.review(request, PRIYA)
    house.review(request, TOM)
    assert house.request(request.id).state == "pending"
    house.review(request, SAM)
    assert house.request(request.id).state == "approved"


def test_requester_in_both_groups_fills_neither(house: House) -> None:
    two_groups(house, dba=[PRIYA, MAYA], owners=[SAM, MAYA])
    request = house.submit()
    house.review(request, PRIYA)
    house.review(request, SAM)
    (created,) = house.ledger("grant.created")
    assert created["data"]["reviewers"] == [PRIYA, SAM]


def test_groups_of_open_slots_are_mentioned_only_at_the_first_post(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    request = house.submit()
    house.notify(request.id)
    posted = str(house.slack.traffic(direction="from_app"))
    assert "<!subteam^S0DBA>" in posted
    house.review(request, PRIYA)
    house.notify(request.id)
    updates = [r for r in house.slack.traffic(direction="from_app") if r.method == "chat.update"]
    assert updates
    assert "<!subteam" not in str(updates)
