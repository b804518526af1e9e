"""A message that Slack refuses: requester and operators are told at once, and it is posted once it can be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from dbaccess.domain.request import Request
from dbaccess.operations.context import MOST_TRIES
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from dbaccess.operations.requests.withdraw import withdraw
from sandbox.client import Message, plain
from tests.operations.break_glass import granted, invoke
from tests.operations.channel_messages import CHANNEL, due_in, in_channel, roots
from tests.operations.edited_policies import edit, with_rule
from tests.operations.extensions import allow, ask_more
from tests.operations.house import MAYA, OPS, PRIYA, House, later, new_key
from tests.operations.lockdowns import OLGA, post_due, with_operators
from workers.metrics import StateCollector

BOT = "U0DBACCESS"


@dataclass(frozen=True, slots=True)
class Trouble:
    """The change of an administrator to the channel; `reason` is told in these words."""

    code: str
    reason: str
    begin: Callable[[House], None]
    end: Callable[[House], None]


def _setting(code: str, reason: str, **changed: bool) -> Trouble:
    undone = {name: not value for name, value in changed.items()}
    return Trouble(
        code,
        reason,
        lambda house: house.slack.set_channel(CHANNEL, **changed),
        lambda house: house.slack.set_channel(CHANNEL, **undone),
    )


def _answer(code: str, reason: str, method: str = "chat.postMessage") -> Trouble:
    return Trouble(
        code,
        reason,
        lambda house: house.slack.fault(method, "refused", times=99, channel=CHANNEL, error=code),
        lambda house: house.slack.clear_faults(),
    )


def _hide(house: House) -> None:
    house.slack.set_channel(CHANNEL, is_private=True)
    house.slack.leave(CHANNEL, BOT)


TROUBLES = [
    _setting("is_archived", "the channel is archived", is_archived=True),
    _setting("is_inactive", "the channel is frozen", is_frozen=True),
    _setting("restricted_action_read_only_channel", "the channel is read-only", is_read_only=True),
    _setting("restricted_action_thread_only_channel", "the channel takes replies only", is_thread_only=True),
    _setting("shared_channel", "the channel is shared with another workspace", is_ext_shared=True),
    _setting("shared_channel", "the channel is shared with another workspace", is_pending_ext_shared=True),
    Trouble(
        "not_in_channel",
        "dbaccess is not a member of the channel",
        lambda house: house.slack.leave(CHANNEL, BOT),
        lambda house: house.slack.join(CHANNEL, BOT),
    ),
    Trouble(
        "channel_not_found",
        "the channel is private, deleted, or has another id",
        _hide,
        lambda house: house.slack.join(CHANNEL, BOT),
    ),
    _answer("restricted_action", "a setting of the workspace limits who posts in the channel"),
    _answer("ekm_access_denied", "an administrator of the workspace does not let dbaccess post"),
    _answer("missing_scope", "the app lacks a permission that it needs", "conversations.info"),
    _answer("invalid_blocks", "Slack does not accept the form of the message"),
    _answer("a_new_word", "Slack answered a_new_word"),
]


def _direct(house: House, request: Request, kind: str) -> list[Message]:
    """The requester's messages of that kind, found by their key."""
    return _keyed(house.slack.person(MAYA).direct_messages(), f"{request.id}:{kind}")


def _keyed(messages: list[Message], key: str) -> list[Message]:
    return [one for one in messages if (one.metadata or {}).get("event_payload") == {"key": key}]


def _alarms(house: House) -> list[Message]:
    post_due(house, minutes=2)
    return [one for one in house.slack.person(OLGA).messages(OPS) if "about orders-prod" in plain(one)]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.code)
def test_first_refusal_is_told_with_its_reason_and_is_over_without_an_operator(
    house: House, trouble: Trouble
) -> None:
    with_operators(house)
    trouble.begin(house)
    request = house.submit()
    house.notify(request.id)
    assert roots(house) == []
    (told,) = _direct(house, request, "dm.not_posted")
    (recorded,) = _direct(house, request, "dm.submitted")
    assert all(trouble.reason in plain(message) for message in (told, recorded))
    assert "Needs 1 approval" not in plain(recorded)
    (alarm,) = _alarms(house)
    assert all(said in plain(alarm) for said in (trouble.reason, trouble.code, request.label, CHANNEL))
    with house.work() as uow:
        assert [one.kind for one in uow.messages.refused(limit=9)] == ["request"]
    for _ in range(2):
        house.notify(request.id)
    assert len(_alarms(house)) == len(_direct(house, request, "dm.not_posted")) == 1
    assert due_in(house, request) is not None
    trouble.end(house)
    house.notify(request.id)
    assert len(roots(house)) == 1
    assert "Needs 1 approval" in plain(_direct(house, request, "dm.submitted")[0])
    assert trouble.reason not in plain(_direct(house, request, "dm.not_posted")[0])
    (calm,) = _alarms(house)
    assert trouble.code not in plain(calm)
    with house.work() as uow:
        assert uow.messages.refused(limit=9) == ()


def test_two_requests_for_one_channel_are_one_alarm(house: House) -> None:
    with_operators(house)
    house.slack.archive(CHANNEL)
    asked = [house.submit(), house.submit(role="write")]
    for request in asked:
        house.notify(request.id)
    (alarm,) = _alarms(house)
    assert f"<@{OLGA}>" in str(alarm.blocks)
    assert all(request.label in plain(alarm) for request in asked)


@pytest.mark.parametrize("seen", [False, True])
def test_lapse_says_whether_reviewers_ever_saw_the_request(house: House, *, seen: bool) -> None:
    request = house.submit()
    if seen:
        house.notify(request.id)
    house.slack.archive(CHANNEL)
    house.notify(request.id)
    assert lapse(later(house, minutes=61)) == [request.id]
    house.notify(request.id)
    (lapsed,) = _direct(house, request, "dm.lapsed")
    assert ("never reached the reviewers" in plain(lapsed)) is not seen
    assert ("the channel is archived" in plain(lapsed)) is not seen


def test_gauge_counts_the_messages_that_slack_refuses_now(house: House) -> None:
    def gauge() -> float:
        collected = {metric.name: metric for metric in StateCollector(house.work).collect()}
        return float(collected["dbaccess_messages_refused"].samples[0].value)

    house.slack.archive(CHANNEL)
    asked = [house.submit(), house.submit(role="write")]
    assert gauge() == 0
    for count, request in enumerate(asked, start=1):
        house.notify(request.id)
        assert gauge() == count
    house.slack.set_channel(CHANNEL, is_archived=False)
    for count, request in enumerate(asked, start=1):
        house.notify(request.id)
        assert gauge() == len(asked) - count


def test_alarm_that_ends_with_the_request_claims_no_post(house: House) -> None:
    with_operators(house)
    house.slack.archive(CHANNEL)
    request = house.submit()
    house.notify(request.id)
    (alarm,) = _alarms(house)
    assert request.label in plain(alarm)
    assert lapse(later(house, minutes=61)) == [request.id]
    house.notify(request.id)
    (calm,) = _alarms(house)
    assert roots(house) == []
    assert request.label not in plain(calm)
    assert "Posted" not in plain(calm)
    assert "its request is over" in plain(calm)


def test_request_whose_message_was_given_up_still_counts_as_refused(house: House) -> None:
    house.slack.archive(CHANNEL)
    request = house.submit()
    house.notify(request.id)
    with house.work() as uow:
        (waiting,) = uow.messages.refused(limit=9)
        uow.messages.save(replace(waiting, attempts=MOST_TRIES))
        uow.commit()
    house.notify(request.id)
    with house.work() as uow:
        assert list(uow.messages.refusals_of([request.id])) == [request.id]
    (told,) = _direct(house, request, "dm.not_posted")
    assert "the channel is archived" in plain(told)


def test_request_that_reviewers_can_use_no_more_is_not_posted_afterwards(house: House) -> None:
    house.slack.archive(CHANNEL)
    request = house.submit()
    house.notify(request.id)
    withdraw(
        house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
    )
    house.slack.set_channel(CHANNEL, is_archived=False)
    house.notify(request.id)
    assert roots(house) == []
    assert due_in(house, request) is None
    with house.work() as uow:
        assert uow.messages.refused(limit=9) == ()


def test_request_that_waits_in_a_channel_that_was_archived_later_is_told(house: House) -> None:
    request = house.submit(seconds=7200)
    house.notify(request.id)
    with house.work() as uow:
        (root, *_) = uow.messages.of(request.id)
        uow.messages.save(replace(root, rendered=None))
        uow.commit()
    house.slack.archive(CHANNEL)
    house.notify(request.id)
    (told,) = _direct(house, request, "dm.not_posted")
    assert "the channel is archived" in plain(told)


@pytest.mark.parametrize("trouble", [TROUBLES[0], TROUBLES[4]], ids=lambda trouble: trouble.code)
def test_refused_reminder_tells_the_requester_that_reviewers_are_cut_off(
    house: House, trouble: Trouble
) -> None:
    with_operators(house)
    edit(house, with_rule(house.policy, remind_after=timedelta(minutes=5)))
    request = house.submit()
    house.notify(request.id)
    trouble.begin(house)
    assert remind_reviewers(replace(house.context, begin=later(house, minutes=6))) == [request.id]
    for _ in range(3):
        house.notify(request.id)
    (told,) = _direct(house, request, "dm.not_posted")
    assert trouble.reason in plain(told)
    assert len(_alarms(house)) == 1
    wait = due_in(house, request)
    assert wait is not None, "it is tried again"
    assert wait > timedelta(0), "but not at once"
    trouble.end(house)
    for _ in range(2):
        house.notify(request.id)
    assert trouble.reason not in plain(_direct(house, request, "dm.not_posted")[0])
    assert any("still waiting" in plain(one) for one in in_channel(house))


def test_extension_that_slack_refuses_is_told(house: House) -> None:
    allow(house)
    grant = house.active()
    house.notify(grant.request_id)
    house.slack.set_channel(CHANNEL, is_non_threadable=True)
    request = ask_more(house, grant)
    house.notify(request.id)
    (told,) = _direct(house, request, "dm.not_posted")
    assert "the channel takes no replies" in plain(told)
    house.slack.set_channel(CHANNEL, is_non_threadable=False)
    house.notify(request.id)
    (root,) = roots(house)
    thread = house.slack.person(PRIYA).thread(CHANNEL, root.ts)
    assert len(_keyed(thread, f"{request.id}:thread.extension")) == 1


def test_break_glass_that_cannot_be_announced_gives_nothing_and_says_so_at_once(glass: House) -> None:
    with_operators(glass)
    for channel in (CHANNEL, OPS):
        glass.slack.archive(channel)
    request = invoke(glass)
    provision(glass.context, granted(glass, request).id)
    glass.notify(request.id)
    assert granted(glass, request).state == "provisioning"
    assert glass.made_logins() == []
    (problem,) = _direct(glass, request, "dm.problem")
    assert "the channel is archived. Unarchive it" in plain(problem)
    glass.slack.set_channel(OPS, is_archived=False)
    assert "the channel is archived" in plain(_alarms(glass)[0])
    glass.slack.set_channel(CHANNEL, is_archived=False)
    glass.next_try_now(granted(glass, request).id)
    provision(glass.context, granted(glass, request).id)
    assert granted(glass, request).state == "active"
    assert len(roots(glass)) == 1


def test_message_that_was_deleted_is_posted_anew_once_and_its_thread_goes_on_below(house: House) -> None:
    request = house.submit()
    house.notify(request.id)
    (old,) = roots(house)
    house.slack.delete_message(CHANNEL, old.ts)
    house.review(request)
    for _ in range(3):
        house.notify(request.id)
    (new,) = roots(house)
    assert new.ts != old.ts
    assert "Approved" in plain(new)
    (line,) = [message for message in in_channel(house) if message.thread_ts]
    assert line.thread_ts == new.ts
    assert due_in(house, request) is None


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message"])
def test_message_that_can_be_edited_no_more_is_posted_anew(house: House, code: str) -> None:
    request = house.submit()
    house.notify(request.id)
    house.slack.fault("chat.update", "refused", channel=CHANNEL, error=code)
    house.review(request)
    house.notify(request.id)
    assert ["Approved" in plain(root) for root in roots(house)] == [False, True]


GONE = [trouble for trouble in TROUBLES if trouble.code in {"is_archived", "is_inactive", "shared_channel"}]


def _move(house: House) -> None:
    target = replace(house.policy.targets["orders-prod"], channel=OPS)
    edit(house, replace(house.policy, targets={"orders-prod": target}))


@pytest.mark.parametrize("trouble", GONE, ids=lambda trouble: trouble.code)
def test_request_moves_with_its_target_out_of_a_channel_that_is_gone(house: House, trouble: Trouble) -> None:
    request = house.submit()
    house.notify(request.id)
    trouble.begin(house)
    _move(house)
    house.review(request)
    house.notify(request.id)
    (moved,) = _keyed(house.slack.person(OLGA).messages(OPS), f"{request.id}:request")
    assert "Approved" in plain(moved)


def test_extension_moves_with_its_target_although_the_first_message_shows_no_change(house: House) -> None:
    allow(house)
    grant = house.active()
    house.notify(grant.request_id)
    house.slack.archive(CHANNEL)
    _move(house)
    request = ask_more(house, grant)
    for _ in range(3):
        house.notify(request.id)
        house.notify(grant.request_id)
    (moved,) = _keyed(house.slack.person(OLGA).messages(OPS), f"{grant.request_id}:request")
    thread = house.slack.person(OLGA).thread(OPS, moved.ts)
    assert len(_keyed(thread, f"{request.id}:thread.extension")) == 1
