"""A lockdown ends what is open and lets nothing new in, until another operator lifts it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    BadReason,
    DuplicateRequest,
    InLockdown,
    NotEligible,
    NotYours,
    UnknownName,
)
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestState, Verdict
from dbaccess.operations.grants import end_early as end_grant
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.lockdowns.declare import declare_from_command_line, lift_from_command_line
from dbaccess.operations.queries.home import home
from dbaccess.operations.queries.mine import mine
from dbaccess.ports import UnitOfWork
from tests.operations.break_glass import close_review, granted, invoke, review_of
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House
from tests.operations.lockdowns import (
    CARLA,
    OLGA,
    WHY,
    ask_for_more,
    asked_later,
    declare,
    enforce,
    lift,
    with_operators,
)
from tests.operations.passwords import ask

REFUSAL = r"orders-prod is in lockdown since .*; no requests until it is lifted\."


@pytest.mark.parametrize("target", ["orders-prod", None])
def test_everything_open_ends_verified_and_nothing_new_is_taken(locked: House, target: str | None) -> None:
    active, waiting = locked.active(), locked.approved(TOM)
    pending = locked.submit(TOM, "write")
    declare(locked, target)
    with pytest.raises(InLockdown, match=REFUSAL):
        locked.submit(TOM, "migrate")
    with pytest.raises(InLockdown, match=REFUSAL):
        locked.review(pending)
    assert enforce(locked) == 2
    assert enforce(locked) == 0
    drain(locked.context, "main")
    for grant in map(locked.grant, (active.id, waiting.id)):
        assert (grant.state, grant.end_cause, grant.ended_by, grant.end_note) == (
            "ended",
            "locked_down",
            OLGA,
            WHY,
        )
    assert locked.grant(active.id).receipt is not None
    assert locked.made_logins() == []
    kinds = locked.kinds()
    assert [kinds.count(f"grant.{word}") for word in ("locked_down", "abandoned", "ended")] == [1, 1, 2]
    (declared,) = locked.ledger("lockdown.declared")
    assert declared["actor"] == OLGA
    assert declared["data"] | {"lockdown": 0} == {
        "lockdown": 0,
        "target": target,
        "slack_id": OLGA,
        "reason": WHY,
    }


def test_denial_needs_no_lift(locked: House) -> None:
    pending = locked.submit()
    declare(locked)
    locked.review(pending, verdict=Verdict.DENIED)
    assert locked.request(pending.id).state is RequestState.DENIED


def test_role_without_approvals_is_refused_too(locked: House) -> None:
    edit(locked, with_rule(locked.policy, approvals=()))
    declare(locked)
    with pytest.raises(InLockdown):
        locked.submit()


def test_other_targets_go_on(locked: House) -> None:
    grant = locked.active()
    other = replace(locked.policy.targets["orders-prod"], name="billing-prod")
    edit(locked, replace(locked.policy, targets={**locked.policy.targets, "billing-prod": other}))
    declare(locked, "billing-prod")
    assert enforce(locked) == 0
    assert locked.grant(grant.id).state == "active"
    assert locked.active(TOM).state == "active"


def test_lift_by_another_operator_lets_requests_in_again(locked: House) -> None:
    lockdown = declare(locked)
    lifted = lift(locked, lockdown)
    assert (lifted.lifted_by, lifted.lift_reason) == (SAM, "Laptop found.")
    assert locked.active().state == "active"
    (event,) = locked.ledger("lockdown.lifted")
    assert (event["actor"], event["data"]["reason"]) == (SAM, "Laptop found.")
    with pytest.raises(AlreadyDecided):
        lift(locked, lockdown)
    assert declare(locked).id != lockdown.id


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_declarer_lifts_it_under_none_of_their_accounts(locked: House, who: SlackId) -> None:
    lockdown = declare(locked, who=MAYA)
    with pytest.raises(NotEligible, match=r"You declared this lockdown\. Another operator lifts it: "):
        lift(locked, lockdown, who=who)
    with locked.begin() as uow:
        assert uow.lockdowns.get(lockdown.id).lifted_at is None


def test_second_lockdown_names_who_declared_the_first_and_who_lifts_it(locked: House) -> None:
    with locked.begin() as uow:
        shown = {who: person.shown for who, person in uow.directory.people([OLGA, SAM, MAYA]).items()}
    declare(locked)
    with pytest.raises(AlreadyOpen) as refused:
        declare(locked, who=SAM)
    begin = f"orders-prod is already in lockdown, by {shown[OLGA]}. Another operator lifts it: "
    assert str(refused.value).startswith(begin)
    lifters = str(refused.value).removeprefix(begin)
    assert shown[SAM] in lifters
    assert shown[OLGA] not in lifters
    assert CARLA not in lifters, "a guest lifts nothing"


def test_the_only_operator_reads_which_command_lifts_the_lockdown(locked: House) -> None:
    edit(locked, with_groups(locked.policy, operators=[OLGA]))
    locked.read_twice()
    lockdown = declare(locked)
    with pytest.raises(NotEligible, match=r"this lifts it: dbaccess lockdown lift orders-prod\."):
        lift(locked, lockdown, who=OLGA)


@pytest.mark.parametrize("who", [TOM, PRIYA, CARLA])
def test_only_operators_who_are_no_guests_declare_and_lift(locked: House, who: SlackId) -> None:
    with pytest.raises(NotYours, match="Only an operator declares"):
        declare(locked, who=who)
    lockdown = declare(locked)
    with pytest.raises(NotYours, match="Only an operator lifts"):
        lift(locked, lockdown, who=who)


def test_unknown_target_is_refused_and_one_that_left_the_configuration_is_not(locked: House) -> None:
    with pytest.raises(UnknownName, match="Nearest: orders-prod"):
        declare(locked, "orders-prd")
    grant = locked.active()
    other = replace(locked.policy.targets["orders-prod"], name="billing-prod")
    edit(locked, replace(locked.policy, targets={"billing-prod": other}))
    declare(locked, "orders-prod")
    assert enforce(locked) == 1
    drain(locked.context, "main")
    assert locked.grant(grant.id).end_cause == "locked_down"


def test_reason_is_required_and_a_click_counts_once(locked: House) -> None:
    for blank in ("", "  "):
        with pytest.raises(BadReason):
            declare(locked, reason=blank)
    lockdown = declare(locked, key="once")
    with pytest.raises(DuplicateRequest):
        declare(locked, key="once")
    with pytest.raises(BadReason):
        lift(locked, lockdown, reason=" ")


def test_lift_of_one_target_leaves_the_lockdown_of_all(locked: House) -> None:
    one = declare(locked)
    declare(locked, None)
    lift(locked, one)
    with pytest.raises(InLockdown):
        locked.submit()


def test_command_line_declares_and_another_one_lifts(locked: House) -> None:
    def act(work: Callable[..., object], actor: str, target: str | None = "orders-prod") -> None:
        work(locked.work, actor=f"cli:{actor}", target=target, reason=WHY)

    act(declare_from_command_line, "olga@ops-1")
    for own in ("olga@ops-1", "olga@ops-2"):
        with pytest.raises(NotEligible):
            act(lift_from_command_line, own)
    with pytest.raises(AlreadyDecided, match="every target is not in lockdown"):
        act(lift_from_command_line, "sam@ops-1", None)
    act(lift_from_command_line, "sam@ops-1")
    assert [e["actor"] for e in locked.ledger("lockdown.lifted")] == ["cli:sam@ops-1"]


def test_extension_is_refused_and_one_that_was_approved_is_not_carried_out(locked: House) -> None:
    grant = locked.active()
    ask_for_more(locked, grant)
    locked.review(asked_later(locked, grant))
    declare(locked)
    apply_extension(locked.context, grant.id)
    assert locked.grant(grant.id).expires_at == grant.expires_at
    (kept,) = locked.ledger("grant.not_extended")
    assert kept["data"] == {"why": "orders-prod is in lockdown."}
    with pytest.raises(InLockdown):
        ask_for_more(locked, grant)


def test_lockdown_lifted_before_a_worker_saw_it_still_ends_what_was_open(locked: House) -> None:
    grant = locked.active()
    lift(locked, declare(locked))
    later = locked.active(TOM)
    assert enforce(locked) == 1
    assert locked.grant(grant.id).end_cause == "locked_down"
    assert locked.grant(later.id).state == "active"
    with locked.work() as uow:
        assert uow.lockdowns.to_enforce(limit=9) == []


def test_break_glass_is_refused_unless_the_policy_lets_it_pass(glass: House) -> None:
    with_operators(glass)
    declare(glass)
    with pytest.raises(InLockdown):
        invoke(glass)
    edit(glass, replace(glass.policy, break_glass_in_lockdown=True))
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    assert enforce(glass) == 0
    assert glass.grant(grant.id).state == "active"
    ask(glass, grant, "V1")
    with pytest.raises(InLockdown):
        glass.submit(TOM)
    close_review(glass, review_of(glass, request))
    # The workers' own configuration decides.
    edit(glass, replace(glass.policy, break_glass_in_lockdown=False))
    assert enforce(glass) == 1


def test_break_glass_from_before_ends_even_where_a_later_one_may_begin(glass: House) -> None:
    with_operators(glass)
    edit(glass, replace(glass.policy, break_glass_in_lockdown=True))
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    declare(glass)
    with pytest.raises(InLockdown):
        ask(glass, granted(glass, request), "V1")
    assert enforce(glass) == 1


def test_workers_without_a_policy_that_gives_enforce_it_all_the_same(locked: House) -> None:
    locked.active()
    declare(locked)
    locked.context = replace(locked.context, gives=False)
    assert enforce(locked) == 1


def test_errors_of_a_form_show_no_date_token(locked: House) -> None:
    declare(locked)
    with pytest.raises(InLockdown) as refused:
        locked.submit()
    assert "<" not in f"{refused.value}{refused.value.at_field}"


def test_lists_show_it_to_whom_the_target_concerns_and_operators_lift_it_there(locked: House) -> None:
    declare(locked)
    for who, rows in ((OLGA, [False]), (SAM, [True]), (TOM, [False]), (PRIYA, [False])):
        with locked.begin() as uow:
            found = mine(uow, policy=locked.policy, workspace=locked.workspace, slack_id=who)
            tab = home(uow, policy=locked.policy, workspace=locked.workspace, slack_id=who)
        assert [row.may_lift for row in found.lockdowns] == [row.may_lift for row in tab.lockdowns] == rows


def test_lists_name_no_target_that_the_reader_may_not_see(locked: House) -> None:
    declare(locked)
    rules = tuple(replace(rule, requester=("operators",)) for rule in locked.policy.rules)
    edit(locked, replace(locked.policy, rules=rules))
    with locked.begin() as uow:
        found = mine(uow, policy=locked.policy, workspace=locked.workspace, slack_id=TOM)
    assert found.lockdowns == ()


def test_grant_that_cannot_be_sent_out_keeps_no_other(locked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, other = locked.active(), locked.active(TOM)
    declare(locked)
    leave = end_grant.advance_to_revoking

    def odd(uow: UnitOfWork, grant: Grant, **named: Any) -> Grant:
        if grant.id == bad.id:
            raise KeyError("odd")
        return leave(uow, grant, **named)

    monkeypatch.setattr(end_grant, "advance_to_revoking", odd)
    with capture_logs() as logged:
        assert enforce(locked) == 1
    failures = {(one["event"], one["grant"]) for one in logged if one["log_level"] != "info"}
    assert failures == {("lockdown not enforced", bad.label)}
    assert locked.grant(other.id).end_cause == "locked_down"
    with locked.work() as uow:
        (open_still,) = uow.lockdowns.to_enforce(limit=9)
    assert open_still.enforced_at is None
    monkeypatch.undo()
    assert enforce(locked) == 1
    assert locked.grant(bad.id).end_cause == "locked_down"
