"""The channels hear of a lockdown at once, see it end what was open, and hear who lifted it."""

from dataclasses import replace

import pytest

from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.policy import Policy
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.lockdowns import enforce as enforce_lockdowns
from sandbox.client import plain
from tests.acceptance.stack import CHANNEL
from tests.operations.edited_policies import edit
from tests.operations.house import OPS, SAM, TOM, House
from tests.operations.lockdowns import declare, enforce, lift, lockdown_messages, post_due

OLGA_PINGED = "<@U0OPS>"


def _calls(house: House, method: str) -> int:
    return len(house.slack.traffic(method=method))


def test_each_channel_has_one_message_that_follows_the_ends(locked: House) -> None:
    locked.active()
    locked.active(TOM)
    declare(locked)
    enforce(locked)
    post_due(locked)
    for channel in (OPS, CHANNEL):
        (told,) = lockdown_messages(locked, channel)
        assert "Lockdown: orders-prod" in plain(told)
        assert "> Leaked laptop.\n0 of 2 grants ended, 2 ending." in plain(told)
    drain(locked.context, "main")
    post_due(locked)
    for channel in (OPS, CHANNEL):
        (told,) = lockdown_messages(locked, channel)
        assert "All 2 ended, verified" in plain(told)
    edits = _calls(locked, "chat.update")
    enforce(locked)
    post_due(locked, minutes=60)
    assert _calls(locked, "chat.update") == edits


def test_posting_pings_operators_and_reviewers_but_not_who_declared_it(locked: House) -> None:
    declare(locked)
    enforce(locked)
    post_due(locked)
    (ops,), (channel,) = lockdown_messages(locked, OPS), lockdown_messages(locked, CHANNEL)
    assert "<@U0SAM>" in str(ops.blocks)
    assert OLGA_PINGED not in str(ops.blocks)
    assert "<!subteam^S0DBA>" in str(channel.blocks)
    assert "No grant was open." in plain(channel)


def test_lift_is_told_by_a_message_of_its_own_that_reaches_both(locked: House) -> None:
    lockdown = declare(locked)
    enforce(locked)
    post_due(locked)
    lift(locked, lockdown)
    enforce(locked)
    enforce(locked)
    post_due(locked)
    for channel in (OPS, CHANNEL):
        state, news = lockdown_messages(locked, channel)
        assert "Lockdown, lifted: orders-prod" in plain(state)
        assert "Lifted by Sam Okafor (U0SAM)" in plain(state)
        assert "Lift lockdown" not in str(state.blocks)
        assert "\n> Laptop found." in plain(news)
    (_, news), (_, quiet) = lockdown_messages(locked, OPS), lockdown_messages(locked, CHANNEL)
    assert f"<@{SAM}>" in str(news.blocks)
    assert OLGA_PINGED in str(news.blocks)
    assert "<@" not in str(quiet.blocks)


def test_lockdown_that_cannot_be_told_keeps_no_other(locked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(locked)
    declare(locked, None)
    told = enforce_lockdowns.channels_of

    def channels_of(policy: Policy, lockdown: Lockdown) -> list[str]:
        if lockdown.target is not None:
            raise TypeError("an unexpected type")
        return told(policy, lockdown)

    monkeypatch.setattr(enforce_lockdowns, "channels_of", channels_of)
    enforce(locked)
    post_due(locked)
    (message,) = lockdown_messages(locked, OPS)
    assert "Lockdown: every target" in plain(message)


def test_lockdown_of_everything_reaches_each_channel_once(locked: House) -> None:
    target = locked.policy.targets["orders-prod"]
    more = {
        "orders-two": replace(target, name="orders-two"),
        "ops-db": replace(target, name="ops-db", channel=OPS),
    }
    edit(locked, replace(locked.policy, targets={**locked.policy.targets, **more}))
    declare(locked, None)
    enforce(locked)
    post_due(locked)
    for channel in (OPS, CHANNEL):
        (told,) = lockdown_messages(locked, channel)
        assert "Lockdown: every target" in plain(told)


def test_slack_in_trouble_delays_the_message_and_not_the_ends(locked: House) -> None:
    grant = locked.active()
    declare(locked)
    locked.slack.fault("chat.postMessage", "500", times=2)
    assert enforce(locked) == 1
    drain(locked.context, "main")
    assert locked.grant(grant.id).state == "ended"
    post_due(locked)
    assert lockdown_messages(locked, OPS) + lockdown_messages(locked, CHANNEL) == []
    post_due(locked)
    assert [len(lockdown_messages(locked, channel)) for channel in (OPS, CHANNEL)] == [1, 1]
