"""The right to approve, its scope, and its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    AlreadyReviewed,
    BadReason,
    Changed,
    DbaccessError,
    DirectoryTooOld,
    DuplicateRequest,
    NotAllowed,
    NotEligible,
    NotYours,
    OwnRequest,
    UnknownPerson,
)
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.withdraw import withdraw
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, new_key


def _refused(house: House, request: Request, who: SlackId, kind: type[DbaccessError]) -> None:
    before = house.kinds()
    with pytest.raises(kind):
        house.review(request, who)
    assert house.request(request.id).state == "pending"
    assert house.grant_of(request.id) is None
    assert house.kinds() == before


@pytest.mark.parametrize("note", ["", "  \n"])
def test_denial_needs_a_reason(house: House, note: str) -> None:
    request = house.submit()
    with pytest.raises(BadReason, match="Say why"):
        house.review(request, PRIYA, Verdict.DENIED, note=note)
    assert house.request(request.id).state == "pending"


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_requester_cannot_review_own_request_under_any_account(house: House, who: SlackId) -> None:
    _refused(house, house.submit(), who, OwnRequest)


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_request_of_the_second_account_is_not_reviewed_by_either(house: House, who: SlackId) -> None:
    _refused(house, house.submit(SECOND_MAYA), who, OwnRequest)


def test_second_account_cannot_ask_for_what_the_first_has_open(house: House) -> None:
    house.submit(MAYA)
    with pytest.raises(AlreadyOpen):
        house.submit(SECOND_MAYA)


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        (SlackId("U0CARLA"), NotAllowed),
        (SlackId("U0GONE"), UnknownPerson),
        (SlackId("U0STRANGER"), UnknownPerson),
        (SlackId("U0NOBODY"), UnknownPerson),
        (SlackId("U0DBACCESS"), UnknownPerson),
        (PRIYA, NotAllowed),
    ],
)
def test_person_who_may_not_request_is_refused_and_nothing_is_kept(
    house: House, who: SlackId, kind: type[DbaccessError]
) -> None:
    refresh_directory(house.context, people=[who])
    with pytest.raises(kind):
        house.submit(who)
    assert house.ledger() == []


def test_person_not_in_the_group_cannot_review(house: House) -> None:
    _refused(house, house.submit(), TOM, NotEligible)


def test_reviewer_taken_out_of_the_group_cannot_review(house: House) -> None:
    request = house.submit()
    house.slack.set_group("S0DBA", [SAM])
    refresh_directory(house.context)
    _refused(house, request, PRIYA, NotEligible)


def test_guest_cannot_review_though_a_group_names_them(house: House) -> None:
    carla = SlackId("U0CARLA")
    house.policy = _listing(house.policy, carla)
    house.context = replace(house.context, policy=house.policy)
    refresh_directory(house.context, people=[carla])
    _refused(house, house.submit(), carla, NotEligible)


def test_deactivated_person_cannot_review(house: House) -> None:
    request = house.submit()
    house.slack.deactivate(PRIYA)
    refresh_directory(house.context, people=[PRIYA])
    _refused(house, request, PRIYA, UnknownPerson)


@pytest.mark.parametrize("who", ["U0STRANGER", "U0DBACCESS"])
def test_stranger_of_another_workspace_and_bot_cannot_review_though_a_group_names_them(
    house: House, who: str
) -> None:
    house.policy = _listing(house.policy, SlackId(who))
    house.context = replace(house.context, policy=house.policy)
    refresh_directory(house.context, people=[SlackId(who)])
    _refused(house, house.submit(), SlackId(who), UnknownPerson)


def test_person_never_read_from_slack_cannot_review(house: House) -> None:
    _refused(house, house.submit(), SlackId("U0NOBODY"), UnknownPerson)


def test_snapshot_too_old_means_no(house: House) -> None:
    request = house.submit()
    house.wait(seconds=0.05)
    house.workspace = replace(house.workspace, snapshot_max_age=timedelta(milliseconds=10))
    _refused(house, request, PRIYA, DirectoryTooOld)
    with pytest.raises(DirectoryTooOld):
        house.submit(TOM)


def test_forged_fingerprint_is_refused_as_changed(house: House) -> None:
    request = house.submit()
    with pytest.raises(Changed):
        house.review(request, fingerprint="0" * 64)
    other = house.submit(TOM)
    with pytest.raises(Changed):
        house.review(request, fingerprint=other.fingerprint)
    assert house.grant_of(request.id) is None


def test_policy_edited_meanwhile_is_refused_as_changed(house: House) -> None:
    request = house.submit()
    edited = replace(house.policy, rules=tuple(_twofold(rule) for rule in house.policy.rules))
    with pytest.raises(Changed):
        house.review(request, policy=edited)
    with pytest.raises(Changed):
        house.review(request, policy=replace(house.policy, rules=()))
    assert house.request(request.id).state == "pending"


def test_payload_of_a_refused_click_may_come_again(house: House) -> None:
    request, key = house.submit(), new_key()
    with pytest.raises(NotEligible):
        house.review(request, TOM, key=key)
    house.review(request, PRIYA, key=key)
    with pytest.raises(DuplicateRequest):
        house.review(request, PRIYA, key=key)


def test_reviewer_cannot_review_twice(house: House) -> None:
    house.policy = replace(house.policy, rules=tuple(_twofold(rule) for rule in house.policy.rules))
    request = house.submit()
    house.review(request, PRIYA)
    with pytest.raises(AlreadyReviewed):
        house.review(request, PRIYA)
    assert house.grant_of(request.id) is None
    house.review(request, SAM)
    assert house.grant_of(request.id) is not None


def test_review_after_withdrawal_is_refused_and_only_the_requester_withdraws(house: House) -> None:
    request = house.submit()
    with pytest.raises(NotYours):
        withdraw(
            house.begin, policy=house.policy, slack_id=TOM, request_id=request.id, idempotency_key=new_key()
        )
    withdraw(
        house.begin,
        policy=house.policy,
        slack_id=SECOND_MAYA,
        request_id=request.id,
        idempotency_key=new_key(),
    )
    with pytest.raises(AlreadyDecided):
        house.review(request)
    assert house.grant_of(request.id) is None


def test_review_after_lapse_is_refused(house: House) -> None:
    request = house.submit(role="write")
    house.wait(seconds=1.1)
    assert lapse(house.work) == [request.id]
    with pytest.raises(AlreadyDecided):
        house.review(request)
    assert house.grant_of(request.id) is None


def test_review_past_decide_by_is_refused_though_nothing_has_lapsed_it_yet(house: House) -> None:
    request = house.submit(role="write")
    house.wait(seconds=1.1)
    with pytest.raises(AlreadyDecided):
        house.review(request)
    assert house.grant_of(request.id) is None


def _listing(policy: Policy, who: SlackId) -> Policy:
    """A policy with this account in the reviewers' group."""
    return replace(policy, groups={**policy.groups, "dba": (*policy.groups["dba"], SourceId(who))})


def _twofold(rule: Rule) -> Rule:
    """The same rule, wanting one approval more."""
    return replace(rule, approvals=tuple(replace(slot, count=slot.count + 1) for slot in rule.approvals))
