"""More time: asked by the holder, approved by others, set on the target, and only then true here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    AlreadyReviewed,
    BadReason,
    Changed,
    DuplicateRequest,
    NotAllowed,
    NotEligible,
    NotYours,
    OwnRequest,
    TooLong,
)
from dbaccess.domain.policy import Slot
from dbaccess.domain.request import StaleWhy, Verdict
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.remind_holder import remind_holders
from dbaccess.operations.grants.revoke import revoke
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.extensions import allow, ask_more, extended, valid_until
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, later

HOUR = timedelta(hours=1)


def test_approved_extension_moves_the_end_on_the_target_and_then_here(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    assert house.grant(grant.id).expires_at == grant.expires_at
    house.review(request)
    assert house.outbox()[-1] == ("extend", grant.id)
    apply_extension(house.context, grant.id)
    longer = house.grant(grant.id)
    assert grant.expires_at is not None
    assert longer.expires_at == grant.expires_at + HOUR == valid_until(house, longer)
    assert (longer.state, longer.attempts, longer.lease_id, longer.next_attempt_at) == (
        "active",
        0,
        None,
        None,
    )
    assert [e["kind"] for e in house.ledger() if e["grant"] == grant.id][-2:] == [
        "grant.extend_started",
        "grant.extended",
    ]
    assert {"thread.extension", "thread.extended", "dm.submitted", "dm.extended"} <= house.planned(request.id)


def test_finished_extension_is_not_repeated(house: House) -> None:
    allow(house)
    longer = extended(house, house.active())
    before = len(house.ledger())
    apply_extension(house.context, longer.id)
    assert house.grant(longer.id) == longer
    assert len(house.ledger()) == before


def test_wake_up_for_the_old_end_finds_nothing_to_end(house: House) -> None:
    allow(house)
    grant = house.active(seconds=4)
    longer = extended(house, grant, seconds=4)
    house.wait(seconds=4.1)
    assert revoke(house.context, grant.id) == 0
    assert house.grant(grant.id) == longer
    house.wait(seconds=4)
    assert revoke(house.context, grant.id) == 1
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause) == ("ended", "expired")
    assert house.made_logins() == []


def test_whole_time_stays_within_the_rule_and_counts_from_the_start(house: House) -> None:
    allow(house, hours=3)
    grant = extended(house, house.active())
    with pytest.raises(TooLong, match="At most 1 h more"):
        ask_more(house, grant, seconds=3601)
    grant = extended(house, grant, seconds=3600)
    with pytest.raises(NotAllowed, match="allows 3 h in all, and G-1001 has them all"):
        ask_more(house, grant, seconds=1)


def test_rule_without_more_time_extends_nothing(house: House) -> None:
    edit(house, with_rule(house.policy, extend=None))
    with pytest.raises(NotAllowed, match="Rule prod-read does not extend grants"):
        ask_more(house, house.active())


def test_only_the_holder_asks_for_more_time(house: House) -> None:
    allow(house)
    grant = house.active()
    for who in (TOM, PRIYA, SECOND_MAYA):
        with pytest.raises(NotYours):
            ask_more(house, grant, who)
    assert house.ledger("request.submitted")[1:] == []


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_holder_cannot_review_own_extension_under_any_account(house: House, who: str) -> None:
    allow(house)
    edit(house, with_groups(house.policy, dba=["U0MAYA", "W0MAYA", "U0PRIYA"]))
    request = ask_more(house, house.active())
    with pytest.raises(OwnRequest):
        house.review(request, who)  # type: ignore[arg-type]


def test_extension_needs_every_slot_of_its_own_rule(house: House) -> None:
    allow(house, approvals=(Slot(group="dba", count=2),))
    edit(house, with_groups(house.policy, dba=["U0PRIYA", "U0SAM"]))
    grant = house.active()
    request = ask_more(house, grant)
    assert house.review(request, PRIYA).state == "pending"
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at
    with pytest.raises(AlreadyReviewed):
        house.review(request, PRIYA)
    assert house.review(request, SAM).state == "approved"


def test_extension_without_approvals_is_carried_out_at_once(house: House) -> None:
    allow(house, approvals=())
    grant = house.active()
    request = ask_more(house, grant)
    assert request.state == "approved"
    assert house.ledger("request.auto_approved")[-1]["request"] == request.id
    apply_extension(house.context, grant.id)
    assert valid_until(house, grant) == house.grant(grant.id).expires_at


def test_one_open_extension_a_grant(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    with pytest.raises(AlreadyOpen, match=request.label):
        ask_more(house, grant, seconds=60)
    house.review(request)
    with pytest.raises(AlreadyOpen, match=request.label):
        ask_more(house, grant, seconds=60)
    apply_extension(house.context, grant.id)
    assert ask_more(house, grant, seconds=60).state == "pending"


def test_reason_is_as_the_rule_wants_it(house: House) -> None:
    allow(house)
    with pytest.raises(BadReason):
        ask_more(house, house.active(), reason="more")


def test_the_same_payload_asks_once(house: House) -> None:
    allow(house)
    grant = house.active()
    ask_more(house, grant, key="twice")
    with pytest.raises(DuplicateRequest):
        ask_more(house, grant, key="twice")


def test_denied_extension_leaves_the_end_and_may_be_followed_by_another(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    house.review(request, verdict=Verdict.DENIED)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id) == grant
    assert "dm.denied" in house.planned(request.id)
    assert ask_more(house, grant).state == "pending"


def test_undecided_extension_lapses_at_the_end_at_the_latest(house: House) -> None:
    allow(house)
    grant = house.active(seconds=3)
    request = ask_more(house, grant)
    assert request.decide_by == grant.expires_at
    house.wait(seconds=3.1)
    with pytest.raises(AlreadyDecided):
        house.review(request)
    assert request.id in lapse(house.work)
    assert revoke(house.context, grant.id) == 1
    assert house.grant(grant.id).state == "ended"
    with pytest.raises(AlreadyDecided):
        ask_more(house, grant)


def test_approved_at_the_very_end_and_not_set_in_time_ends_as_it_was(house: House) -> None:
    allow(house)
    grant = house.active(seconds=3)
    house.review(ask_more(house, grant))
    house.wait(seconds=3.1)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at
    revoke(house.context, grant.id)
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []


def test_holder_hears_that_an_approved_extension_was_not_set_in_time(house: House) -> None:
    allow(house)
    grant = house.active(seconds=3)
    request = ask_more(house, grant)
    house.review(request)
    house.wait(seconds=3.1)
    revoke(house.context, grant.id)
    revoke(house.context, grant.id)
    (event,) = house.ledger("grant.not_extended")
    assert event["data"] == {"why": "orders-prod did not confirm it in time."}
    assert [e["kind"] for e in house.ledger("grant.not_extended", "grant.expired")][-1] == "grant.expired"
    house.notify(request.id)
    told = [plain(message) for message in house.slack.person(MAYA).direct_messages()]
    said = (
        "Not extended: read on orders-prod. orders-prod did not confirm it in time. Its end did not change."
    )
    assert any(said in message for message in told), told


def test_wait_for_people_and_groups_is_recorded_once(house: House) -> None:
    allow(house)
    grant = house.active()
    house.review(ask_more(house, grant))
    unread = replace(house.workspace, snapshot_max_age=timedelta(0))
    context = replace(house.context, workspace=unread)
    house.slack.fault("usergroups.list", "500", times=100)
    for _ in range(3):
        apply_extension(context, grant.id)
        house.next_try_now(grant.id)
    (event,) = house.ledger("grant.extend_failed")
    assert event["data"]["code"] == "directory"
    house.slack.clear_faults()
    apply_extension(house.context, grant.id)
    assert house.kinds()[-1] == "grant.extended"


def test_extension_of_what_was_given_back_is_stale(house: House) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    house.surrender(grant)
    with pytest.raises(Changed):
        house.review(request)
    assert mark_stale(house.context) == [request.id]
    assert house.request(request.id).stale_why is StaleWhy.GRANT_ENDED


def test_pending_extension_is_stale_after_its_own_rule_changed_alone(
    house: House,
) -> None:
    allow(house)
    request = ask_more(house, house.active())
    edit(house, with_rule(house.policy, "prod-write", min_reason=30))
    assert mark_stale(house.context) == []
    allow(house, hours=5)
    with pytest.raises(Changed):
        house.review(request)
    assert mark_stale(house.context) == [request.id]


def test_each_end_is_reminded_of_once(house: House) -> None:
    allow(house)
    grant = house.active(seconds=2400)
    assert remind_holders(later(house, minutes=30)) == [grant.request_id]
    house.review(request := ask_more(house, grant))
    apply_extension(house.context, grant.id)
    assert remind_holders(later(house, minutes=30)) == []
    assert remind_holders(later(house, minutes=90)) == [request.id]
    assert remind_holders(later(house, minutes=91)) == []


def test_reviewer_who_is_not_of_the_group_decides_nothing(house: House) -> None:
    allow(house)
    request = ask_more(house, house.active())
    with pytest.raises(NotEligible):
        house.review(request, TOM)


def test_reduced_grant_is_not_extended_to_the_rest_without_approval(house: House) -> None:
    """The rule needs no approval for more time, but a reviewer has limited the grant."""
    allow(house, approvals=())
    request = house.submit(seconds=7200)
    house.review(request, less=ApprovedScope(role="read", duration=HOUR))
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    with pytest.raises(NotAllowed, match="approved for less"):
        ask_more(house, house.grant(grant.id))


def test_reduced_grant_may_be_extended_where_a_reviewer_decides(house: House) -> None:
    allow(house)
    request = house.submit(seconds=7200)
    house.review(request, less=ApprovedScope(role="read", duration=HOUR))
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    assert ask_more(house, house.grant(grant.id)).state == "pending"
