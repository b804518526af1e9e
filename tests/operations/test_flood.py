"""Work of any amount is read in batches, and one odd row delays no other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Slot
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.break_glass.pending_review import notify_reviewed
from dbaccess.operations.grants import invalidate as invalidate_module
from dbaccess.operations.grants import remind_holder as remind_module
from dbaccess.operations.grants.invalidate import invalidate
from dbaccess.operations.grants.remind_holder import remind_holders
from dbaccess.operations.lockdowns import enforce as enforce_module
from dbaccess.operations.lockdowns.declare import declare_from_command_line
from dbaccess.operations.requests import mark_stale as stale_module
from dbaccess.operations.requests import pending as pending_module
from dbaccess.operations.requests import recheck_approvals as recheck_module
from dbaccess.operations.requests import remind_reviewers as remind_reviewers_module
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.mark_stale import mark_stale
from dbaccess.operations.requests.recheck_approvals import recheck_approvals
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from dbaccess.ports import Messages
from sandbox.client import plain
from tests.operations.break_glass import close_review, invoke, review_of
from tests.operations.edited_policies import edit, with_groups, with_rule, without_role
from tests.operations.house import MAYA, OPS, PRIYA, SAM, TOM, House, later
from tests.operations.lockdowns import declare, enforce, lift, post_due, with_operators

MINUTE = timedelta(minutes=1)
TWICE = (Slot(group="dba", count=2),)
Round = Callable[[House], Sequence[RequestId]]


@pytest.fixture
def asked(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Four that wait, each with the first of two approvals; they are looked at one by one."""
    monkeypatch.setattr(pending_module, "BATCH", 1)
    policy = with_groups(house.policy, dba=[PRIYA, SAM])
    for rule in ("prod-read", "prod-write"):
        policy = with_rule(
            policy, rule, approvals=TWICE, remind_after=5 * MINUTE, decide_within=30 * MINUTE, extend=None
        )
    edit(house, policy)
    requests = [house.submit(who, role) for who in (MAYA, TOM) for role in ("read", "write")]
    for request in requests:
        house.review(request, PRIYA)
    return requests


def _remind(house: House) -> Sequence[RequestId]:
    return remind_reviewers(replace(house.context, begin=later(house, minutes=6)))


def _mark_stale(house: House) -> Sequence[RequestId]:
    edit(house, replace(house.policy, rules=()))
    return mark_stale(house.context)


def _recheck(house: House) -> Sequence[RequestId]:
    edit(house, with_groups(house.policy, dba=[SAM]))
    return recheck_approvals(house.context)


ROUNDS = {
    "remind_reviewers": (_remind, remind_reviewers_module, "_new"),
    "mark_stale": (_mark_stale, stale_module, "_why"),
    "recheck_approvals": (_recheck, recheck_module, "_fallen"),
}
rounds = pytest.mark.parametrize(("look", "module", "name"), ROUNDS.values(), ids=ROUNDS)


@rounds
def test_every_request_has_its_turn_however_small_the_batches(
    house: House, asked: list[Request], look: Round, module: Any, name: str
) -> None:
    del module, name
    assert look(house) == [request.id for request in asked]
    assert look(house) == []


@rounds
def test_request_that_cannot_be_looked_at_keeps_no_other(
    house: House, asked: list[Request], monkeypatch: pytest.MonkeyPatch, look: Round, module: Any, name: str
) -> None:
    real = getattr(module, name)

    def broken(*values: Any) -> Any:
        if any(isinstance(value, Request) and value.id == asked[1].id for value in values):
            raise TypeError("an unexpected type")
        return real(*values)

    monkeypatch.setattr(module, name, broken)
    assert look(house) == [request.id for request in asked if request != asked[1]]


def _cannot_be_told(house: House, monkeypatch: pytest.MonkeyPatch, bad: RequestId) -> None:
    with house.work() as uow:
        messages: Any = type(uow.messages)
    plan = messages.plan

    def broken(self: Messages, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        if request_id == bad:
            raise TypeError("an unexpected type")
        plan(self, request_id, kind, channel=channel)

    monkeypatch.setattr(messages, "plan", broken)


def test_request_that_cannot_lapse_keeps_no_other(
    house: House, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    _cannot_be_told(house, monkeypatch, asked[1].id)
    assert lapse(later(house, minutes=31)) == [request.id for request in asked if request != asked[1]]


def test_review_that_cannot_be_told_keeps_no_other(glass: House, monkeypatch: pytest.MonkeyPatch) -> None:
    pending = [review_of(glass, invoke(glass, who)) for who in (MAYA, TOM)]
    for review in pending:
        close_review(glass, review)
    _cannot_be_told(glass, monkeypatch, pending[0].request.id)
    assert notify_reviewed(glass.context) == [pending[1].request.id]
    assert "thread.reviewed" in glass.planned(pending[1].request.id)


def test_lockdowns_of_targets_that_are_none_hide_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enforce_module, "MOST", 2)
    with_operators(house)
    for number in range(5):
        declare_from_command_line(house.begin, actor="U0EVIL", target=f"none-{number}", reason="noise")
    grant = house.active()
    lockdown = declare(house)
    assert enforce(house) == 1
    assert house.grant(grant.id).end_cause == "locked_down"
    post_due(house)
    lift(house, lockdown)
    enforce(house)
    post_due(house)
    told = [plain(m) for m in house.slack.person("U0OPS").messages(OPS) if "ockdown" in plain(m)]
    assert len(told) == 2
    assert all("orders-prod" in one for one in told)
    for _ in range(3):
        enforce(house)
    with house.work() as uow:
        assert uow.lockdowns.to_enforce(limit=9) == [], "each was found enforced"


def test_lockdown_sends_out_what_is_active_before_what_is_not(house: House) -> None:
    with_operators(house)
    waiting, active = house.approved(TOM), house.active()
    lockdown = declare(house)
    with house.work() as uow:
        first = uow.grants.to_lock_down(lockdown, spare_break_glass=False, limit=9)
    assert first == [active.id, waiting.id]


def test_every_holder_is_reminded_however_small_the_batches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remind_module, "BATCH", 1)
    grants = [house.active(who, seconds=31 * 60) for who in (MAYA, TOM)]
    assert sorted(remind_holders(later(house, minutes=17))) == [grant.request_id for grant in grants]


def test_grants_that_stand_hide_none_that_has_to_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invalidate_module, "BATCH", 1)
    grants = [house.active(who) for who in (MAYA, TOM)]
    end = invalidate_module._end
    monkeypatch.setattr(
        invalidate_module, "_end", lambda context, one: one != grants[0].id and end(context, one)
    )
    edit(house, without_role(house.policy))
    assert invalidate(house.context) == [grants[1].id]
