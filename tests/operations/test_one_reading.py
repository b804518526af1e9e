"""One reading of Slack may be wrong: what it alone says refuses, and ends nothing for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import DirectoryTooOld, NotAllowed, NotEligible
from dbaccess.domain.policy import Access, Rule, Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.invalidate import invalidate
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from tests.operations.edited_policies import edit, with_groups, with_narrower, with_rule
from tests.operations.extensions import ask_more
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House

DBA, ENGINEERS, SOME = "S0DBA", "S0ENGINEERS", "S0SOME"
MEMBERS = {DBA: [PRIYA, SAM, MAYA, SECOND_MAYA], ENGINEERS: [MAYA, SECOND_MAYA, TOM]}
NO_READING = Rule(
    id="no-reading",
    denies=True,
    env=frozenset(),
    targets=frozenset(),
    access=frozenset({Access.READ}),
    requester=(),
    requester_not=("some",),
    longest=timedelta(0),
    approvals=(),
    decide_within=timedelta(hours=1),
)


def _empty(house: House) -> None:
    for group in MEMBERS:
        house.slack.set_group(group, [])


def _as_it_was(house: House) -> None:
    for group, members in MEMBERS.items():
        house.slack.set_group(group, list(members))


def _half_approved(house: House) -> Request:
    """Priya has approved, one more has to."""
    edit(house, with_rule(house.policy, approvals=(Slot(group="dba", count=2),)))
    request = house.submit()
    house.review(request, PRIYA)
    return request


def test_groups_that_were_empty_once_take_no_approval_and_no_request_away(house: House) -> None:
    request = _half_approved(house)
    _empty(house)
    refresh_directory(house.context)
    assert (recheck_approvals(house.context), mark_stale(house.context)) == ([], [])
    _as_it_was(house)
    refresh_directory(house.context)
    house.review(request, SAM)
    assert house.request(request.id).state == "approved"
    assert not {"review.voided", "request.stale"} & set(house.kinds())


def test_two_readings_right_after_each_other_are_one(house: House) -> None:
    _half_approved(house)
    _empty(house)
    for _ in range(3):
        refresh_directory(house.context)
    assert (recheck_approvals(house.context), mark_stale(house.context)) == ([], [])


def test_person_missing_at_two_readings_has_left(house: House) -> None:
    request = _half_approved(house)
    _empty(house)
    house.read_twice()
    assert (recheck_approvals(house.context), mark_stale(house.context)) == ([request.id], [request.id])
    (voided,) = house.ledger("review.voided")
    assert voided["data"]["why"] == "no longer in dba"


def test_group_emptied_and_filled_again_between_two_readings_begins_anew(house: House) -> None:
    _half_approved(house)
    _empty(house)
    refresh_directory(house.context)
    _as_it_was(house)
    house.some_seconds_later()
    refresh_directory(house.context)
    _empty(house)
    refresh_directory(house.context)
    assert (recheck_approvals(house.context), mark_stale(house.context)) == ([], [])


def test_approval_after_one_by_a_missing_person_waits_and_a_denial_does_not(house: House) -> None:
    request = _half_approved(house)
    house.slack.set_group(DBA, [SAM])
    refresh_directory(house.context)
    with pytest.raises(DirectoryTooOld, match=r"Slack just took Priya Nair \(U0PRIYA\) out of a group"):
        house.review(request, SAM)
    assert house.kinds().count("review.approved") == 1
    house.review(request, SAM, Verdict.DENIED)
    assert house.request(request.id).state == "denied"


def test_person_missing_once_may_neither_review_nor_request(house: House) -> None:
    request = house.submit(TOM)
    _empty(house)
    refresh_directory(house.context)
    for verdict in Verdict:
        with pytest.raises(NotEligible):
            house.review(request, PRIYA, verdict)
    with pytest.raises(NotAllowed):
        house.submit(MAYA)


def test_approval_waits_for_a_requester_missing_from_the_snapshot(house: House) -> None:
    request = house.submit(TOM)
    house.slack.set_group(ENGINEERS, [MAYA])
    refresh_directory(house.context)
    with pytest.raises(DirectoryTooOld, match=r"Slack just took Tom Berg \(U0TOM\) out of a group"):
        house.review(request, PRIYA)


@pytest.mark.parametrize("group", [DBA, ENGINEERS])
def test_worker_that_finds_a_group_empty_waits_and_then_gives_or_drops(house: House, group: str) -> None:
    kept, dropped = house.approved(TOM), house.approved(MAYA)
    house.slack.set_group(group, [])
    for grant in (kept, dropped):
        provision(house.context, grant.id)
        waiting = house.grant(grant.id)
        assert (waiting.state, waiting.last_failure, waiting.recipe) == ("provisioning", "directory", None)
    assert house.made_logins() == []
    _as_it_was(house)
    house.next_try_now(kept.id)
    provision(house.context, kept.id)
    assert house.grant(kept.id).state == "active"
    house.slack.set_group(group, [])
    refresh_directory(house.context)
    house.some_seconds_later()
    house.next_try_now(dropped.id)
    provision(house.context, dropped.id)
    left = house.grant(dropped.id)
    assert (left.state, left.end_cause, left.recipe) == ("revoking", "invalidated", None)


def test_reviewer_missing_from_one_of_their_two_groups_is_waited_for(house: House) -> None:
    """Without it another of the two slots stays open: that is no reason to drop what they approved."""
    slots = (Slot(group="dba", count=1), Slot(group="owners", count=1))
    edit(house, with_groups(with_rule(house.policy, approvals=slots), owners=[PRIYA, SAM]))
    house.slack.set_group(DBA, [PRIYA])
    house.read_twice()
    request = house.submit()
    house.review(request, PRIYA)
    house.review(request, SAM)
    grant = house.grant_of(request.id)
    assert grant is not None
    house.slack.set_group(DBA, [])
    provision(house.context, grant.id)
    assert house.grant(grant.id).last_failure == "directory"


def test_extension_waits_for_the_second_reading_too(house: House) -> None:
    grant = house.active()
    request = ask_more(house, grant)
    house.review(request)
    _empty(house)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).last_failure == "directory"
    assert "grant.not_extended" not in house.kinds()
    _as_it_was(house)
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert "grant.extended" in house.kinds()


def test_active_grant_outlives_every_reading_of_groups(house: House) -> None:
    house.active()
    _empty(house)
    house.read_twice()
    assert invalidate(house.context) == []


def test_group_that_is_kept_out_keeps_out_until_it_is_empty_twice(house: House) -> None:
    house.slack.add_group(id=SOME, handle="some", name="Some", users=[TOM])
    edit(house, with_groups(with_rule(house.policy, requester_not=("some",)), some=[SOME]))
    refresh_directory(house.context)
    house.slack.set_group(SOME, [])
    refresh_directory(house.context)
    with pytest.raises(NotAllowed):
        house.submit(TOM)
    house.some_seconds_later()
    refresh_directory(house.context)
    house.submit(TOM)


def test_narrower_role_is_not_dropped_because_an_exempt_group_was_empty_once(house: House) -> None:
    """A rule that denies leaves that group out: who is missing from it is denied, and waited for."""
    house.slack.add_group(id=SOME, handle="some", name="Some", users=[MAYA])
    policy = with_rule(house.policy, "prod-write", decide_within=timedelta(minutes=10))
    policy = with_groups(with_narrower(policy, "read"), some=[SOME])
    edit(house, replace(policy, rules=(*policy.rules, NO_READING)))
    refresh_directory(house.context)
    request = house.submit(role="write")
    house.review(request, less=ApprovedScope(role="read", duration=timedelta(hours=1)))
    grant = house.grant_of(request.id)
    assert grant is not None
    house.slack.set_group(SOME, [])
    provision(house.context, grant.id)
    assert house.grant(grant.id).last_failure == "directory"
    house.slack.set_group(SOME, [MAYA])
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"
