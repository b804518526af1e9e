"""Access first, never silently, and a review that somebody else owes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    BadReason,
    NotAllowed,
    NotEligible,
    NotYours,
    OwnRequest,
    Replayed,
    ReviewOwed,
    TooLong,
)
from dbaccess.domain.request import Verdict
from dbaccess.operations.end_grant import revoke_grant
from dbaccess.operations.judge import call_overdue
from dbaccess.operations.lapse import lapse
from dbaccess.operations.mine import mine
from dbaccess.operations.outdate import outdate
from dbaccess.operations.provision import provision
from dbaccess.operations.revoke import drain
from dbaccess.operations.withdraw import withdraw
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.acceptance.stack import wait
from tests.integration.operations.breaking import RULE, Heard, granted, invoke, judge, owed
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.edited import edit, with_groups, with_rule
from tests.integration.operations.house import (
    MAYA,
    PRIYA,
    SAM,
    SECOND_MAYA,
    TOM,
    House,
    at_once,
    later,
    new_key,
)
from tests.integration.operations.test_end import _surrender


@pytest.fixture
def glass(build_house: BuildHouse) -> Iterator[House]:
    """A house with a break-glass rule."""
    with build_house(more=RULE) as house:
        yield house


def test_nobody_is_asked_and_somebody_owes_a_review(glass: House) -> None:
    request = invoke(glass)
    assert (request.state, request.terms.break_glass, request.terms.approvals) == ("approved", True, ())
    debt = owed(glass, request)
    assert (debt.state, debt.terms.approvals) == ("pending", (("dba", 1),))
    assert debt.decide_by == request.submitted_at + timedelta(hours=24)
    assert granted(glass, request).state == "provisioning"
    assert [e["kind"] for e in glass.ledger() if e["request"] in {request.id, debt.id}] == [
        "request.submitted",
        "request.break_glass_invoked",
        "grant.created",
        "request.submitted",
    ]
    (event,) = glass.ledger("request.break_glass_invoked")
    assert event["actor"] == request.requester


def test_access_begins_once_the_channel_was_told(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.hands, grant.id)
    assert glass.grant(grant.id).state == "active"
    (event,) = glass.ledger("break_glass.announced")
    assert event["data"] == {"where": "slack"}
    kinds = glass.kinds()
    assert kinds.index("break_glass.announced") < kinds.index("grant.provision_started")
    told = glass.sandbox.person("U0PRIYA").messages("C0APPROVALS")
    assert any("Break-glass: Maya Lindqvist, write on orders-prod, 30 min" in str(m.blocks) for m in told)


def test_slack_is_silent_and_no_sink_is_named_so_nothing_is_given(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.sandbox.fault("chat.postMessage", "500", times=50)
    provision(glass.hands, grant.id)
    waiting = glass.grant(grant.id)
    assert (waiting.state, waiting.last_failure, waiting.recipe) == ("provisioning", "unannounced", None)
    assert glass.made_logins() == []
    assert glass.ledger("break_glass.announced", "grant.provision_started") == []
    for _ in range(7):
        glass.next_try_now(grant.id)
        provision(glass.hands, grant.id)
    assert glass.grant(grant.id).state == "provisioning", "it waits, and is not given up"
    glass.sandbox.clear_faults()
    glass.next_try_now(grant.id)
    provision(glass.hands, grant.id)
    assert glass.grant(grant.id).state == "active"


def test_slack_is_silent_and_the_second_sink_was_told_instead(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.sandbox.fault("chat.postMessage", "500", times=50)
    heard = Heard()
    provision(replace(glass.hands, sink=heard), grant.id)
    assert glass.grant(grant.id).state == "active"
    assert heard.texts == [
        (
            "Break-glass: Maya Lindqvist (U0MAYA), write on orders-prod, 30 min. No approval was asked. "
            "R-1001: Payments down, INC-881"
        )
    ]
    (event,) = glass.ledger("break_glass.announced")
    assert event["data"] == {"where": "syslog"}
    glass.sandbox.clear_faults()
    glass.notify(grant.request_id)
    assert any(
        "Break-glass" in str(m.blocks) for m in glass.sandbox.person("U0PRIYA").messages("C0APPROVALS")
    )


def test_second_sink_that_takes_nothing_is_no_announcement(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.sandbox.fault("chat.postMessage", "500", times=50)
    provision(replace(glass.hands, sink=Heard(takes=False)), grant.id)
    assert glass.grant(grant.id).state == "provisioning"
    assert glass.made_logins() == []


def test_second_sink_hears_nothing_while_slack_takes_it(glass: House) -> None:
    heard = Heard()
    provision(replace(glass.hands, sink=heard), granted(glass, invoke(glass)).id)
    assert heard.texts == []


def test_what_could_not_be_announced_for_an_hour_is_abandoned(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.sandbox.fault("chat.postMessage", "500", times=50)
    hands = replace(glass.hands, begin=later(glass, minutes=61))
    provision(hands, grant.id)
    assert glass.grant(grant.id).state == "revoking"
    drain(hands, "main")
    assert glass.grant(grant.id).state == "ended"
    assert glass.made_logins() == []


def test_database_itself_lets_nothing_begin_unannounced(glass: House) -> None:
    """Whatever program tries: the recipe and the end cannot be written."""
    grant = granted(glass, invoke(glass))
    with glass.work() as uow, pytest.raises(IntegrityError, match="nobody was told"):
        uow.grants.save(replace(uow.grants.lock(grant.id), expires_at=uow.now))
    with glass.work() as uow, pytest.raises(IntegrityError, match="was not announced there"):
        uow.announcements.add(
            Announcement(request_id=grant.request_id, place=Place.SLACK, announced_at=uow.now)
        )


def test_what_waits_for_approval_cannot_be_called_announced(glass: House) -> None:
    request = glass.submit()
    with glass.work() as uow, pytest.raises(IntegrityError, match="was not announced there"):
        uow.announcements.add(Announcement(request_id=request.id, place=Place.SYSLOG, announced_at=uow.now))


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
    assert glass.planned(debt.id) == {"thread.reviewed", "dm.reviewed"}
    with pytest.raises(AlreadyDecided):
        judge(glass, debt, SAM)


def test_review_changes_nothing_of_the_grant(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.hands, grant.id)
    active = glass.grant(grant.id)
    judge(glass, owed(glass, request), verdict=Verdict.DENIED)
    assert glass.grant(grant.id) == active
    assert len(glass.ledger("grant.created")) == 1


def test_one_open_debt_a_person(glass: House) -> None:
    request = invoke(glass)
    with pytest.raises(ReviewOwed, match="R-1002"):
        invoke(glass, role="read")
    assert invoke(glass, TOM, role="read").state == "approved"
    judge(glass, owed(glass, request))
    assert invoke(glass, role="read").state == "approved"


def test_two_invocations_at_once_are_one(glass: House) -> None:
    results = at_once(partial(invoke, glass, role="read"), partial(invoke, glass, role="write"))
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, ReviewOwed), refused
    with glass.begin() as uow:
        assert len(uow.grants.open()) == 1


@pytest.mark.parametrize("second", ["read", "write"])
def test_second_of_two_that_both_passed_every_check_is_told_of_the_first(glass: House, second: str) -> None:
    """What refuses it is the database: it waits there for the first one's commit."""
    arrived = threading.Event()

    class Held(SqlUnitOfWork):
        def commit(self) -> None:
            arrived.set()
            wait(lambda: _somebody_waits(glass), 10)
            super().commit()

    with ThreadPoolExecutor(1) as pool:
        invoked = pool.submit(invoke, glass, role="read", begin=lambda: Held(glass.bot, None))
        assert arrived.wait(10)
        with pytest.raises(ReviewOwed, match="R-1002"):
            invoke(glass, role=second)
        assert invoked.result().label == "R-1001"
    with glass.begin() as uow:
        assert len(uow.grants.open()) == 1


def _somebody_waits(house: House) -> bool:
    with house.bot.connect() as connection:
        waiting = "datname = current_database() and wait_event_type = 'Lock'"
        return connection.execute(text(f"select 1 from pg_stat_activity where {waiting}")).first() is not None


def test_accounts_joined_to_one_person_owe_together(glass: House) -> None:
    joined = glass.policy
    edit(glass, replace(joined, aliases={}))
    invoke(glass, MAYA)
    edit(glass, with_groups(joined, engineers=["U0MAYA", "W0MAYA"]))
    with pytest.raises(ReviewOwed):
        invoke(glass, SECOND_MAYA, role="read")


def test_who_waits_for_the_same_or_holds_it_is_told_what_to_do_first(glass: House) -> None:
    waiting = glass.submit(role="write")
    with pytest.raises(AlreadyOpen, match=f"{waiting.label} for this is still open. Withdraw it, then break"):
        invoke(glass)
    held = glass.active(role="read")
    with pytest.raises(AlreadyOpen, match=held.label):
        invoke(glass, role="read")
    assert glass.ledger("request.break_glass_invoked") == []
    withdraw(glass.begin, policy=glass.policy, slack_id=MAYA, request_id=waiting.id, intake_key=new_key())
    assert invoke(glass).state == "approved"


def test_debt_keeps_nobody_from_asking_as_usual(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    with pytest.raises(AlreadyOpen, match=grant.label):
        glass.submit(role="write")
    provision(glass.hands, grant.id)
    _surrender(glass, grant)
    drain(glass.hands, "main")
    assert glass.submit(role="write").state == "pending"


def test_debt_is_neither_withdrawn_nor_lapses_nor_goes_stale(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    with pytest.raises(NotYours):
        withdraw(glass.begin, policy=glass.policy, slack_id=MAYA, request_id=debt.id, intake_key=new_key())
    assert lapse(later(glass, minutes=60 * 25)) == []
    edit(glass, with_rule(glass.policy, "prod-emergency", min_reason=30))
    assert outdate(glass.hands) == []
    assert glass.request(debt.id).state == "pending"
    assert judge(glass, debt).state == "approved"


def test_overdue_review_is_called_so_once_and_can_still_be_closed(glass: House) -> None:
    debt = owed(glass, invoke(glass))
    assert call_overdue(glass.work) == []
    assert call_overdue(later(glass, minutes=60 * 24 + 1)) == [debt.id]
    assert call_overdue(later(glass, minutes=60 * 24 + 2)) == []
    assert glass.ledger("break_glass.overdue")[0]["request"] == debt.id
    assert "thread.overdue" in glass.planned(debt.id)
    assert judge(glass, debt).state == "approved"


def test_rule_for_others_and_too_long_are_refused(glass: House) -> None:
    with pytest.raises(NotAllowed, match="by break-glass"):
        invoke(glass, PRIYA)
    with pytest.raises(TooLong, match="maximum of 30 min"):
        invoke(glass, seconds=1801)
    assert glass.ledger("request.submitted") == []


def test_usual_rules_break_no_glass(house: House) -> None:
    with pytest.raises(NotAllowed):
        invoke(house)


def test_usual_request_is_never_decided_by_a_break_glass_rule(glass: House) -> None:
    assert glass.submit(role="read", break_glass=True).state == "pending"


def test_same_payload_breaks_one_glass(glass: House) -> None:
    invoke(glass, key="twice")
    with pytest.raises(Replayed):
        invoke(glass, key="twice")


def test_worker_whose_policy_has_no_such_rule_gives_nothing(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    other = replace(glass.policy, rules=tuple(r for r in glass.policy.rules if r.break_glass is None))
    provision(replace(glass.hands, policy=other), grant.id)
    ended = glass.grant(grant.id)
    assert (ended.state, ended.end_cause) == ("revoking", "invalidated")
    assert glass.made_logins() == []


def test_who_reviews_it_may_revoke_it_and_is_shown_it(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.hands, grant.id)
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
        intake_key=new_key(),
    )
    assert glass.grant(grant.id).state == "revoking"


def test_schema_change_without_approval_is_possible_so_and_only_so(glass: House) -> None:
    grant = granted(glass, invoke(glass, role="migrate"))
    provision(glass.hands, grant.id)
    assert glass.grant(grant.id).state == "active"
