"""The review that a break-glass owes: closed by somebody else, with a word on it, and never by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import (
    AlreadyDecided,
    BadReason,
    Changed,
    NotAllowed,
    NotEligible,
    NotYours,
    OwnRequest,
)
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Verdict
from dbaccess.operations.break_glass.pending_review import escalate_overdue_reviews, notify_reviewed
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.end import revoke_grant
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.queries.mine import mine
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from dbaccess.operations.requests.withdraw import withdraw
from sandbox.client import plain
from tests.operations.breaking import granted, invoke, judge, owed
from tests.operations.edited import edit, with_groups, with_rule
from tests.operations.extending import ask_more
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, later, new_key

CARLA = SlackId("U0CARLA")


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_nobody_reviews_their_own_break_glass_under_any_account(glass: House, who: str) -> None:
    edit(glass, with_groups(glass.policy, dba=["U0MAYA", "W0MAYA", "U0PRIYA"]))
    debt = owed(glass, invoke(glass))
    with pytest.raises(OwnRequest):
        judge(glass, debt, who)  # type: ignore[arg-type]
    assert glass.request(debt.id).state == "pending"


def test_only_the_named_group_closes_it(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    with pytest.raises(NotEligible, match="Only dba"):
        judge(glass, debt, TOM)


@pytest.mark.parametrize(
    ("verdict", "state", "justified"),
    [(Verdict.APPROVED, "approved", True), (Verdict.DENIED, "denied", False)],
)
def test_review_closes_with_a_word_on_it(
    glass: House,
    verdict: Verdict,
    state: str,
    justified: bool,  # noqa: FBT001 a row of the table
) -> None:
    request = invoke(glass)
    debt = owed(glass, request)
    with pytest.raises(BadReason):
        judge(glass, debt, verdict=verdict, note="  ")
    assert judge(glass, debt, verdict=verdict).state == state
    (event,) = glass.ledger("break_glass.reviewed")
    assert event["data"] == {"justified": justified, "note": "INC-881, stock fixed.", "slack_id": PRIYA}
    with pytest.raises(AlreadyDecided):
        judge(glass, debt, SAM)


def test_closed_review_is_told_once_by_the_worker_with_a_mention_of_who_closed_it(glass: House) -> None:
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    debt = owed(glass, request)
    assert notify_reviewed(glass.work) == []
    judge(glass, debt)
    assert glass.planned(debt.id) == set()
    assert notify_reviewed(glass.work) == [debt.id]
    assert notify_reviewed(glass.work) == []
    assert glass.planned(debt.id) == {"thread.reviewed", "dm.reviewed"}
    glass.notify(debt.id)
    told = glass.slack.person(PRIYA).messages("C0APPROVALS")
    said = [plain(message) for message in told if "Reviewed by" in plain(message) and message.thread_ts]
    assert said == ['Reviewed by <@U0PRIYA>: justified. "INC-881, stock fixed."']
    heard = [plain(message) for message in glass.slack.person(MAYA).direct_messages()]
    assert any(text.startswith("Your break-glass, write on orders-prod: Reviewed by") for text in heard)


def test_review_is_approved_whole_or_not_at_all(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    with pytest.raises(Changed):
        glass.review(debt, less=ApprovedScope(role="write", duration=timedelta(minutes=5)), note="so be it")
    assert glass.request(debt.id).state == "pending"


def test_guest_neither_breaks_the_glass_nor_reviews_it(glass: House) -> None:
    edit(glass, with_groups(glass.policy, dba=["U0PRIYA"], engineers=["U0MAYA", "U0CARLA"]))
    refresh_directory(glass.context, people=[CARLA])
    with pytest.raises(NotAllowed, match="by break-glass"):
        invoke(glass, CARLA)
    debt = owed(glass, invoke(glass))
    edit(glass, with_groups(glass.policy, dba=["U0CARLA"]))
    with pytest.raises(NotEligible, match="Only dba"):
        judge(glass, debt, CARLA)


def test_who_was_deactivated_meanwhile_gets_nothing_and_the_review_is_closed_all_the_same(
    glass: House,
) -> None:
    request = invoke(glass)
    glass.slack.deactivate(MAYA)
    provision(glass.context, granted(glass, request).id)
    ended = glass.grant(granted(glass, request).id)
    assert (ended.state, ended.end_cause, ended.recipe) == ("revoking", "invalidated", None)
    refresh_directory(glass.context, older_than=timedelta(0))
    assert judge(glass, owed(glass, request), verdict=Verdict.DENIED).state == "denied"


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
    judge(glass, owed(glass, request), verdict=Verdict.DENIED)
    assert glass.grant(grant.id) == active
    assert len(glass.ledger("grant.created")) == 1


def test_debt_is_neither_withdrawn_nor_lapses_nor_goes_stale(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    with pytest.raises(NotYours):
        withdraw(
            glass.begin, policy=glass.policy, slack_id=MAYA, request_id=debt.id, idempotency_key=new_key()
        )
    assert lapse(later(glass, minutes=60 * 25)) == []
    edit(glass, with_rule(glass.policy, "prod-emergency", min_reason=30))
    assert mark_stale(glass.context) == []
    assert glass.request(debt.id).state == "pending"
    assert judge(glass, debt).state == "approved"


def test_overdue_review_is_called_so_once_and_can_still_be_closed(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    assert escalate_overdue_reviews(glass.work) == []
    assert escalate_overdue_reviews(later(glass, minutes=60 * 24 + 1)) == [debt.id]
    assert escalate_overdue_reviews(later(glass, minutes=60 * 24 + 2)) == []
    assert glass.ledger("break_glass.overdue")[0]["request"] == debt.id
    assert "thread.overdue" in glass.planned(debt.id)
    assert judge(glass, debt).state == "approved"


def test_review_is_no_request_that_waits_whatever_its_rule_became(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    edit(glass, with_rule(glass.policy, "prod-emergency", remind_after=timedelta(minutes=1)))
    assert remind_reviewers(replace(glass.context, begin=later(glass, minutes=5))) == []
    assert glass.planned(debt.id) == set()


def test_who_reviews_it_may_revoke_it_and_is_shown_it(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    with glass.begin() as uow:
        of_priya = mine(uow, policy=glass.policy, workspace=glass.workspace, slack_id=PRIYA)
        of_maya = mine(uow, policy=glass.policy, workspace=glass.workspace, slack_id=MAYA)
    debt = owed(glass, request)
    assert [one.request.id for one in of_priya.owed] == [debt.id]
    assert (of_priya.reviews, of_maya.owed, of_maya.waits) == ((), (), ())
    assert [owes.id for owes in of_maya.owes] == [debt.id]
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
