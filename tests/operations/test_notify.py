"""Slack shows the present state, once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Verdict
from dbaccess.operations.grants.end_early import revoke_grant, surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.requests.withdraw import withdraw
from dbaccess.ports import Posted
from dbaccess.slack.messenger import SlackMessenger
from sandbox.client import plain
from tests.operations.channel_messages import CHANNEL, due_in, in_channel, roots
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.house import MAYA, OPS, PRIYA, SECOND_MAYA, TOM, House, new_key

SENT = ("chat.postMessage", "chat.update")


def _sent(house: House) -> int:
    records = house.slack.traffic(direction="from_app")
    return sum(record.method in SENT for record in records)


def test_request_is_posted_to_its_channel_and_to_the_requester(house: House) -> None:
    request = house.submit()
    assert due_in(house, request) == timedelta(0)
    house.notify(request.id)
    (root,) = roots(house)
    assert "Waiting: Maya Lindqvist (maya)" in plain(root)
    (direct,) = house.slack.person(MAYA).direct_messages()
    assert request.label in plain(direct)
    assert due_in(house, request) is None


def test_reviewers_are_told_which_of_the_rules_groups_the_requester_is_in(house: House) -> None:
    edit(
        house,
        with_groups(
            with_rule(house.policy, requester=("contractors", "engineers", "oncall")),
            contractors=["U0CARLA"],
            oncall=[TOM],
        ),
    )
    for who, groups in ((MAYA, "engineers"), (TOM, "engineers, oncall")):
        request = house.submit(who)
        house.notify(request.id)
        (shown,) = [line for line in plain(roots(house)[-1]).splitlines() if request.label in line]
        name = "Maya Lindqvist (maya)" if who == MAYA else "Tom Berg (U0TOM)"
        assert shown.startswith(f"{name}: {groups} · ")


def test_repeated_nothing_is_sent(house: House) -> None:
    request = house.submit()
    house.notify(request.id)
    before = _sent(house)
    for _ in range(3):
        house.notify(request.id)
    assert _sent(house) == before


def test_whole_story_is_told_in_one_message_with_its_thread(house: House) -> None:
    grant = house.approved()
    house.notify(grant.request_id)
    assert len(roots(house)) == 1
    provision(house.context, grant.id)
    house.notify(grant.request_id)
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    drain(house.context, "main")
    house.notify(grant.request_id)
    (root,) = roots(house)
    assert "Ended" in plain(root)
    assert not root.buttons()
    thread = [plain(message) for message in in_channel(house) if message.thread_ts == root.ts]
    assert len(thread) == 3
    assert any("Receipt" in plain(m) for m in house.slack.person(MAYA).direct_messages())


def test_nothing_says_active_before_the_target_confirmed(house: House) -> None:
    grant = house.approved()
    house.notify(grant.request_id)
    said = [*in_channel(house), *house.slack.person(MAYA).direct_messages()]
    assert not any("Active" in plain(message) for message in said)


def test_rate_limit_is_waited_out_as_long_as_slack_says(house: House) -> None:
    request = house.submit()
    house.slack.fault("chat.postMessage", "429", retry_after=7)
    house.notify(request.id)
    assert roots(house) == []
    due = due_in(house, request)
    assert due is not None
    assert timedelta(seconds=5) <= due <= timedelta(seconds=7)
    house.notify(request.id)
    assert len(roots(house)) == 1
    assert due_in(house, request) is None


@pytest.mark.parametrize("fault", ["500", "429"])
def test_update_that_fails_is_made_up_for(house: House, fault: str) -> None:
    request = house.submit()
    house.notify(request.id)
    house.review(request, PRIYA, Verdict.DENIED)
    house.slack.fault("chat.update", fault, times=10)
    house.notify(request.id)
    assert "Waiting" in plain(roots(house)[0])
    assert due_in(house, request) is not None
    house.slack.clear_faults()
    house.notify(request.id)
    assert "Denied" in plain(roots(house)[0])
    assert due_in(house, request) is None


def test_lost_answer_leaves_at_most_one_copy_and_both_answer_clicks_from_state(house: House) -> None:
    request = house.submit()
    house.slack.fault("chat.postMessage", "lost_answer")
    house.notify(request.id)
    house.notify(request.id)
    copies = roots(house)
    assert 1 <= len(copies) <= 2
    values = [[(b.action_id, b.value) for b in copy.buttons()] for copy in copies]
    assert all(shown == values[0] for shown in values)
    assert len(house.slack.person(MAYA).direct_messages()) == 1
    house.review(request, PRIYA, Verdict.DENIED)
    house.notify(request.id)
    assert len(roots(house)) == len(copies)
    assert "Denied" in plain(roots(house)[-1])


def test_lost_answer_to_an_update_changes_nothing_that_is_seen(house: House) -> None:
    request = house.submit()
    house.notify(request.id)
    house.review(request, PRIYA, Verdict.DENIED)
    house.slack.fault("chat.update", "lost_answer")
    house.notify(request.id)
    house.notify(request.id)
    (root,) = roots(house)
    assert "Denied" in plain(root)


def test_channel_the_app_is_not_in_keeps_no_direct_message_back(house: House) -> None:
    request = house.submit()
    house.slack.leave(CHANNEL, "U0DBACCESS")
    house.notify(request.id)
    assert any("Recorded" in plain(message) for message in house.slack.person(MAYA).direct_messages())
    assert due_in(house, request) is not None
    house.slack.join(CHANNEL, "U0DBACCESS")
    house.notify(request.id)
    assert len(roots(house)) == 1
    assert due_in(house, request) is None


def test_reviewer_who_is_named_in_the_configuration_is_shown_as_slack_knows_them(house: House) -> None:
    grant = house.active(TOM)
    revoke_grant(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=SECOND_MAYA,
        grant_id=grant.id,
        reason="the incident is over",
        idempotency_key=new_key(),
    )
    drain(house.context, "main")
    assert house.grant(grant.id).ended_by == "maya"
    house.notify(grant.request_id)
    (root,) = roots(house)
    assert "revoked by Maya Lindqvist (maya)." in plain(root)
    assert "\n> the incident is over" in plain(root)


def test_request_is_posted_where_the_workers_configuration_says(house: House) -> None:
    """The bot may have another file, or be compromised."""
    target = replace(house.policy.targets["orders-prod"], channel=OPS)
    house.policy = replace(house.policy, targets={"orders-prod": target})
    request = house.submit()
    house.notify(request.id)
    (root,) = roots(house)
    assert "Waiting: Maya Lindqvist (maya)" in plain(root)


@pytest.mark.parametrize(
    ("kind", "channel"), [(MessageKind.OVERDUE, OPS), (MessageKind.CHANNEL_OVERDUE, CHANNEL)]
)
def test_alarm_is_posted_where_the_workers_configuration_says(
    house: House, kind: MessageKind, channel: str
) -> None:
    """Whichever worker planned it may have had another file."""
    grant = house.active()
    with house.work() as uow:
        uow.messages.plan(grant.request_id, kind, channel=MAYA)
        uow.commit()
    house.notify(grant.request_id)
    (alarm,) = [m for m in house.slack.person("U0OPS").messages(channel) if grant.label in plain(m)]
    assert plain(alarm) not in map(plain, house.slack.person(MAYA).direct_messages())


def test_channel_that_slack_slows_down_keeps_no_direct_message_back(house: House) -> None:
    grant = house.active()
    house.notify(grant.request_id)
    house.surrender(grant)
    drain(house.context, "main")
    house.slack.fault("chat.update", "429", times=50, retry_after=20)
    request = house.request(grant.request_id)
    house.notify(request.id)
    assert any("Ended: " in plain(m) for m in house.slack.person(MAYA).direct_messages())
    assert any("Ended: " in plain(m) for m in house.slack.person(PRIYA).thread(CHANNEL, roots(house)[0].ts))
    assert due_in(house, request) in {timedelta(seconds=19), timedelta(seconds=20)}
    house.slack.clear_faults()
    house.notify(request.id)
    assert "Ended" in plain(roots(house)[0])


def test_post_that_slack_puts_off_keeps_back_only_what_follows_in_its_channel(house: House) -> None:
    grant = house.active()
    house.notify(grant.request_id)
    house.surrender(grant)
    drain(house.context, "main")
    house.slack.fault("chat.postMessage", "429", times=1, retry_after=20)
    house.notify(grant.request_id)
    thread = house.slack.person(PRIYA).thread(CHANNEL, roots(house)[0].ts)
    assert not any("Ended: " in plain(m) for m in thread)
    assert any("Ended: " in plain(m) for m in house.slack.person(MAYA).direct_messages())


def test_message_that_was_put_off_is_due_at_once_after_a_change(house: House) -> None:
    """A turn that comes later is given up for a state that is new now."""
    request = house.submit()
    house.slack.fault("chat.postMessage", "429", times=1, retry_after=60)

    class Changing(SlackMessenger):
        def post(self, *args: Any, **named: Any) -> Posted:
            withdraw_meanwhile()
            return super().post(*args, **named)

    def withdraw_meanwhile() -> None:
        if house.request(request.id).state == "pending":
            withdraw(
                house.begin,
                policy=house.policy,
                slack_id=MAYA,
                request_id=request.id,
                idempotency_key=new_key(),
            )

    client = house.context.messenger._client  # type: ignore[attr-defined]
    house.context = replace(house.context, messenger=Changing(client))
    house.notify(request.id)
    assert due_in(house, request) == timedelta(0)
