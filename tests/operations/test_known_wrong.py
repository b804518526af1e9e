"""Known faults of other systems of this kind, one test each.

That buttons go on working after a restart takes real processes: tests/acceptance/test_decisions.py,
`test_buttons_and_half_a_quorum_outlive_a_restart_of_everything`.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyReviewed,
    Changed,
    NotEligible,
    OwnRequest,
    TooLong,
)
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Verdict
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.slack.views.button_value import approval_value, parse_approval
from tests.operations.edited_policies import edit, two_groups, with_groups
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, later


def test_one_person_in_two_groups_satisfies_one_of_them(house: House) -> None:
    two_groups(house, dba=[PRIYA], owners=[PRIYA, SAM])
    request = house.submit()
    house.review(request, PRIYA)
    with pytest.raises(AlreadyReviewed):
        house.review(request, PRIYA)
    assert house.request(request.id).state == "pending"
    house.review(request, SAM)
    assert house.request(request.id).state == "approved"


def test_approving_again_does_not_reset_the_end(house: House) -> None:
    grant = house.active()
    request = house.request(grant.request_id)
    for who in (PRIYA, SAM):
        with pytest.raises(AlreadyDecided):
            house.review(request, who)
    provision(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at


def test_approval_after_a_denial_is_refused(house: House) -> None:
    request = house.submit()
    house.review(request, PRIYA, Verdict.DENIED)
    with pytest.raises(AlreadyDecided, match=r"Priya Nair \(U0PRIYA\) denied this"):
        house.review(request, SAM)
    assert house.grant_of(request.id) is None


def test_approved_request_can_not_be_denied_afterwards(house: House) -> None:
    grant = house.active()
    with pytest.raises(AlreadyDecided, match=r"Priya Nair \(U0PRIYA\) approved this"):
        house.review(house.request(grant.request_id), SAM, Verdict.DENIED)
    assert house.request(grant.request_id).state == "approved"
    assert house.grant(grant.id).state == "active"


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_administrators_approve_nothing_of_their_own_under_any_account(house: House, who: SlackId) -> None:
    edit(house, with_groups(house.policy, operators=[MAYA, SECOND_MAYA], dba=[MAYA, SECOND_MAYA, SAM]))
    request = house.submit()
    with pytest.raises(OwnRequest):
        house.review(request, who)
    assert house.grant_of(request.id) is None


def test_forged_approver_and_duration_in_a_button_say_nothing(house: House) -> None:
    """A button holds a request's id and the hash of what was shown; who clicked is for Slack to say."""
    request = house.submit(seconds=60)
    value = approval_value(request)
    for forged in (f"{value}.{PRIYA}", f"{value}.14400", f"{request.id}.14400", f"{request.id}"):
        with pytest.raises(Changed):
            parse_approval(forged)
    longer = replace(request.terms, duration_seconds=14400)
    with pytest.raises(Changed):
        house.review(request, fingerprint=longer.fingerprint)
    house.review(request)
    grant = house.grant_of(request.id)
    assert grant is not None
    assert grant.duration == timedelta(seconds=60)


def test_maximum_is_checked_where_it_is_asked_and_not_only_in_the_form(house: House) -> None:
    with pytest.raises(TooLong, match="over the maximum of 4 h"):
        house.submit(seconds=4 * 3600 + 1)
    assert house.ledger() == []


def test_waiting_eats_nothing_of_the_granted_time(house: House) -> None:
    grant = house.approved(seconds=600)
    late = replace(house.context, workspace=replace(house.workspace, snapshot_max_age=timedelta(hours=1)))
    with house.work() as uow:
        asked_at = uow.now
    provision(replace(late, begin=later(house, minutes=20)), grant.id)
    active = house.grant(grant.id)
    assert active.expires_at is not None
    assert active.expires_at >= asked_at + timedelta(minutes=30)


def test_approvals_and_requests_lapse(house: House) -> None:
    waits, approved = house.submit(), house.approved(TOM)
    assert lapse(later(house, minutes=31)) == [waits.id]
    provision(replace(house.context, begin=later(house, minutes=61)), approved.id)
    assert house.grant(approved.id).end_cause == "abandoned"
    assert house.made_logins() == []


def test_requester_taken_out_of_the_group_while_it_was_pending_gets_nothing(house: House) -> None:
    request = house.submit()
    house.slack.set_group("S0ENGINEERS", [TOM])
    house.read_twice()
    with pytest.raises(Changed):
        house.review(request)
    assert mark_stale(house.context) == [request.id]


def test_reviewer_taken_out_of_the_group_while_it_was_pending_decides_nothing(house: House) -> None:
    request = house.submit()
    house.slack.set_group("S0DBA", [SAM])
    refresh_directory(house.context)
    for verdict in Verdict:
        with pytest.raises(NotEligible):
            house.review(request, PRIYA, verdict)
    assert house.request(request.id).state == "pending"
