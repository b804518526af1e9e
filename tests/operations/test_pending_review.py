"""The review of a break-glass: another person closes it, with a note, and it never closes by itself."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.errors import (
    AlreadyDecided,
    BadReason,
    Changed,
    NotAllowed,
    NotEligible,
    NotFound,
    OwnRequest,
)
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.operations.break_glass.pending_review import escalate_overdue_reviews, notify_reviewed
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.end_early import revoke_grant
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.queries.mine import mine
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from dbaccess.operations.requests.withdraw import withdraw
from sandbox.client import plain
from tests.operations.break_glass import close_review, doubts_told, forge_review, granted, invoke, review_of
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.extensions import ask_more
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, later, new_key

CARLA = SlackId("U0CARLA")
NOT_JUSTIFIED = BreakGlassReviewState.NOT_JUSTIFIED


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_holder_cannot_review_own_break_glass_under_any_account(glass: House, who: str) -> None:
    edit(glass, with_groups(glass.policy, dba=["U0MAYA", "W0MAYA", "U0PRIYA"]))
    pending = review_of(glass, invoke(glass))
    with pytest.raises(OwnRequest):
        close_review(glass, pending, who)  # type: ignore[arg-type]
    assert review_of(glass, pending.request).state == "pending"


def test_only_the_named_group_closes_it(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    with pytest.raises(NotEligible, match="Only dba"):
        close_review(glass, pending, TOM)


@pytest.mark.parametrize(
    ("verdict", "justified"),
    [(BreakGlassReviewState.JUSTIFIED, True), (BreakGlassReviewState.NOT_JUSTIFIED, False)],
)
def test_review_closes_with_a_word_on_it(
    glass: House,
    verdict: BreakGlassReviewState,
    justified: bool,  # noqa: FBT001 a row of the table
) -> None:
    request = invoke(glass)
    pending = review_of(glass, request)
    with pytest.raises(BadReason):
        close_review(glass, pending, verdict=verdict, note="  ")
    closed = close_review(glass, pending, verdict=verdict)
    assert closed == review_of(glass, request)
    assert closed.state == verdict
    (event,) = glass.ledger("break_glass.reviewed")
    assert (event["request"], event["grant"]) == (request.id, granted(glass, request).id)
    read_at = event["data"].pop("membership_read_at")
    assert datetime.fromisoformat(read_at) <= datetime.fromisoformat(event["at"])
    assert event["data"] == {
        "justified": justified,
        "note": "INC-881, stock fixed.",
        "slack_id": PRIYA,
        "group": "dba",
        "fingerprint": request.fingerprint,
        "policy_hash": glass.policy.hash,
    }
    with pytest.raises(AlreadyDecided, match=f"{'approved' if justified else 'denied'} this"):
        close_review(glass, pending, SAM)


def test_closed_review_is_told_once_by_the_worker_with_a_mention_of_who_closed_it(glass: House) -> None:
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    pending = review_of(glass, request)
    assert notify_reviewed(glass.context) == []
    close_review(glass, pending)
    before = glass.planned(request.id)
    assert notify_reviewed(glass.context) == [request.id]
    assert notify_reviewed(glass.context) == []
    assert glass.planned(request.id) - before == {"thread.reviewed", "dm.reviewed"}
    glass.notify(request.id)
    told = glass.slack.person(PRIYA).messages("C0APPROVALS")
    said = [plain(message) for message in told if "Reviewed by" in plain(message) and message.thread_ts]
    assert said == ["Reviewed by <@U0PRIYA>, justified:\n> INC-881, stock fixed."]
    heard = [plain(message) for message in glass.slack.person(MAYA).direct_messages()]
    assert any(text.startswith("Your break-glass, write on orders-prod: Reviewed by") for text in heard)


@pytest.mark.parametrize(
    ("reviewer", "account", "doubts"),
    [
        ("priya", TOM, ["other_person", "not_in_group"]),
        ("U0TOM", TOM, ["not_in_group"]),
        ("priya", SAM, ["other_person"]),
        ("sam", SECOND_MAYA, ["other_person", "holder"]),
        ("priya", "U0UNKNOWN", ["other_person", "not_in_group"]),
    ],
)
def test_operators_hear_of_a_review_that_its_reviewer_may_not_have_given(
    glass: House, reviewer: str, account: str, doubts: list[str]
) -> None:
    request = invoke(glass)
    forge_review(glass, review_of(glass, request), reviewer, account)
    assert notify_reviewed(glass.context) == [request.id]
    assert {"thread.reviewed", "dm.reviewed"} <= glass.planned(request.id)
    assert doubts_told(glass) == [doubts]
    assert notify_reviewed(glass.context) == []
    assert doubts_told(glass) == [doubts]


@pytest.mark.parametrize("leaves", [False, True])
def test_review_by_a_person_of_the_group_raises_no_alarm_if_they_leave_it_afterwards_neither(
    glass: House,
    leaves: bool,  # noqa: FBT001 a row of the table
) -> None:
    request = invoke(glass)
    close_review(glass, review_of(glass, request), SAM)
    glass.slack.set_group("S0DBA", [PRIYA] if leaves else [PRIYA, SAM])
    refresh_directory(glass.context)
    assert notify_reviewed(glass.context) == [request.id]
    assert doubts_told(glass) == []


def test_break_glass_is_not_approved_afterwards_be_it_for_less(glass: House) -> None:
    request = invoke(glass)
    with pytest.raises(AlreadyDecided):
        glass.review(
            request, less=ApprovedScope(role="write", duration=timedelta(minutes=5)), note="so be it"
        )
    assert review_of(glass, request).state == "pending"


def test_review_needs_a_break_glass_and_the_shown_fingerprint(glass: House) -> None:
    request, usual = invoke(glass), glass.submit(TOM)
    review = review_of(glass, request)
    for forged in (
        replace(review, request=replace(request, fingerprint="f" * 64)),
        replace(review, request=usual),
    ):
        with pytest.raises(Changed):
            close_review(glass, forged)
    with pytest.raises(NotFound, match="There is no request R-7"):
        close_review(glass, replace(review, request=replace(request, id=RequestId(7))))
    assert review_of(glass, request) == review


def test_guest_neither_breaks_the_glass_nor_reviews_it(glass: House) -> None:
    edit(glass, with_groups(glass.policy, dba=["U0PRIYA"], engineers=["U0MAYA", "U0CARLA"]))
    refresh_directory(glass.context, people=[CARLA])
    with pytest.raises(NotAllowed, match="by break-glass"):
        invoke(glass, CARLA)
    pending = review_of(glass, invoke(glass))
    edit(glass, with_groups(glass.policy, dba=["U0CARLA"]))
    with pytest.raises(NotEligible, match="Only dba"):
        close_review(glass, pending, CARLA)


def test_deactivated_requester_gets_nothing_and_the_review_still_closes(
    glass: House,
) -> None:
    request = invoke(glass)
    glass.slack.deactivate(MAYA)
    provision(glass.context, granted(glass, request).id)
    ended = glass.grant(granted(glass, request).id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    refresh_directory(glass.context, older_than=timedelta(0))
    assert close_review(glass, review_of(glass, request), verdict=NOT_JUSTIFIED).state == "not_justified"


def test_break_glass_stays_short(glass: House) -> None:
    """Not extended by its own rule, and not by the one that would let them ask as usual."""
    grant = granted(glass, invoke(glass, role="read"))
    provision(glass.context, grant.id)
    with pytest.raises(NotAllowed, match="does not extend"):
        ask_more(glass, glass.grant(grant.id))
    edit(glass, replace(glass.policy, rules=tuple(r for r in glass.policy.rules if not r.break_glass)))
    with pytest.raises(NotAllowed, match="No rule allows"):
        ask_more(glass, glass.grant(grant.id))


def test_review_changes_nothing_of_the_grant(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    active = glass.grant(grant.id)
    close_review(glass, review_of(glass, request), verdict=NOT_JUSTIFIED)
    assert glass.grant(grant.id) == active
    assert len(glass.ledger("grant.created")) == 1


def test_debt_is_neither_withdrawn_nor_lapses_nor_goes_stale(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    with pytest.raises(AlreadyDecided):
        withdraw(
            glass.begin,
            policy=glass.policy,
            slack_id=MAYA,
            request_id=pending.request.id,
            idempotency_key=new_key(),
        )
    assert lapse(later(glass, minutes=60 * 25)) == []
    edit(glass, with_rule(glass.policy, "prod-emergency", min_reason=30))
    assert mark_stale(glass.context) == []
    assert review_of(glass, pending.request).state == "pending"
    assert close_review(glass, pending).state == "justified"


def test_overdue_review_is_called_so_once_and_can_still_be_closed(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    assert escalate_overdue_reviews(glass.work) == []
    assert escalate_overdue_reviews(later(glass, minutes=60 * 24 + 1)) == [pending.request.id]
    assert escalate_overdue_reviews(later(glass, minutes=60 * 24 + 2)) == []
    (event,) = glass.ledger("break_glass.overdue")
    assert (event["request"], event["grant"]) == (pending.request.id, pending.grant_id)
    assert "thread.overdue" in glass.planned(pending.request.id)
    assert review_of(glass, pending.request).overdue_at is not None
    assert close_review(glass, pending).state == "justified"


def test_review_is_no_request_that_waits_whatever_its_rule_became(glass: House) -> None:
    pending = review_of(glass, invoke(glass))
    edit(glass, with_rule(glass.policy, "prod-emergency", remind_after=timedelta(minutes=1)))
    assert remind_reviewers(replace(glass.context, begin=later(glass, minutes=5))) == []
    assert not {"thread.waiting", "thread.escalated"} & glass.planned(pending.request.id)


def test_reviewer_of_a_break_glass_sees_it_and_may_revoke_it(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    with glass.begin() as uow:
        of_priya = mine(uow, policy=glass.policy, workspace=glass.workspace, slack_id=PRIYA)
        of_maya = mine(uow, policy=glass.policy, workspace=glass.workspace, slack_id=MAYA)
    pending = review_of(glass, request)
    assert [one.review for one in of_priya.break_glass_reviews] == [pending]
    assert (of_priya.reviews, of_maya.break_glass_reviews, of_maya.waits) == ((), (), ())
    assert list(of_maya.unreviewed) == [pending]
    revoke_grant(
        glass.begin,
        policy=glass.policy,
        workspace=glass.workspace,
        slack_id=PRIYA,
        grant_id=grant.id,
        reason="not now",
        idempotency_key=new_key(),
    )
    assert glass.grant(grant.id).state == "revoking"
