"""Slack's pace is kept before Slack has to ask for it, and one channel's wait is no other's."""

import itertools
from collections.abc import Callable

import pytest

from dbaccess.domain.errors import SlackFailure
from dbaccess.slack.pacer import BY_METHOD, IN_A_CHANNEL, Pacer
from sandbox.faults import PER_MINUTE, Rates
from sandbox.world import Limits

POST, UPDATE = "chat.postMessage", "chat.update"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> Pacer:
    return Pacer(clock)


_others = itertools.count()


def wait(
    pacer: Pacer, method: str = POST, channel: str = "C1", *, message: str = "", urgent: bool = False
) -> float:
    """Seconds until the call about this message, or about one of its own, may be made; 0: it is made."""
    try:
        pacer.admit(method, channel, message=message or f"other-{next(_others)}", urgent=urgent)
    except SlackFailure as failure:
        return failure.retry_after or -1.0
    return 0.0


def test_thousand_messages_for_a_channel_each_have_a_turn_of_their_own(pacer: Pacer, clock: Clock) -> None:
    waits = [wait(pacer) for _ in range(1000)]
    later = [seconds for seconds in waits if seconds]
    assert waits[:2] == [0, 0]
    assert later == sorted(set(later))
    assert later[-1] == pytest.approx(1000 * 1.5, rel=0.01)
    assert wait(pacer, channel="C2") == 0
    assert wait(pacer, channel="D9") == 0


def test_urgent_one_goes_before_thousands_that_wait(pacer: Pacer, clock: Clock) -> None:
    for _ in range(1000):
        wait(pacer)
    assert wait(pacer, urgent=True) == 0
    assert wait(pacer, urgent=True) <= 3
    for _ in range(1000):
        wait(pacer, UPDATE)
    assert wait(pacer, UPDATE, "C2", urgent=True) == 0


def test_message_that_comes_again_before_its_turn_keeps_it_and_takes_no_other(
    pacer: Pacer, clock: Clock
) -> None:
    for _ in range(2):
        assert wait(pacer) == 0
    turn = clock.now + wait(pacer, message="M1")
    for _ in range(100):
        clock.now += 0.01
        assert clock.now + wait(pacer, message="M1") == pytest.approx(turn)
    assert clock.now + wait(pacer, message="M2") == pytest.approx(turn + 1.5)
    clock.now = turn
    assert wait(pacer, message="M1") == 0


def test_call_at_its_turn_is_let_through(pacer: Pacer, clock: Clock) -> None:
    turns = sorted(clock.now + seconds for seconds in (wait(pacer) for _ in range(50)) if seconds)
    for turn in turns:
        clock.now = turn
        assert wait(pacer) == 0


def test_patience_that_slack_asks_for_is_for_that_method_and_channel_alone(
    pacer: Pacer, clock: Clock
) -> None:
    pacer.refused(UPDATE, "C1", seconds=20)
    assert wait(pacer, UPDATE, "C1", urgent=True) == 20
    assert wait(pacer, UPDATE, "C2") == 0
    assert wait(pacer, POST, "C1") == 0
    clock.now += 20
    assert wait(pacer, UPDATE, "C1") == 0


@pytest.mark.parametrize("method", [POST, UPDATE, "conversations.info"])
def test_slack_never_has_to_refuse(
    pacer: Pacer, clock: Clock, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("sandbox.faults.time.monotonic", clock)
    slack, made = Rates(Limits(rates=True)), 0
    for step in range(20_000):
        clock.now += 0.01
        if wait(pacer, method, urgent=step % 3 == 0) == 0:
            made += 1
            assert slack.wait(method, "C1") == 0
    assert made > 100


def test_rates_are_within_what_slack_takes() -> None:
    for method, rate in BY_METHOD.items():
        assert rate.calls * 60 / rate.seconds < PER_MINUTE[method]
    assert IN_A_CHANNEL.calls / IN_A_CHANNEL.seconds <= 1


def test_room_is_what_a_call_that_is_not_urgent_would_have(pacer: Pacer, clock: Clock) -> None:
    info = BY_METHOD["conversations.info"]
    for _ in range(info.calls - info.spare):
        assert pacer.has_room("conversations.info", "C1")
        assert wait(pacer, "conversations.info") == 0
    assert not pacer.has_room("conversations.info", "C2")
    clock.now += info.seconds
    assert pacer.has_room("conversations.info", "C1")
    pacer.refused("conversations.info", "C1", seconds=5)
    assert not pacer.has_room("conversations.info", "C1")
    assert pacer.has_room("conversations.info", "C2")
    assert pacer.has_room("views.open", "C1")


def test_views_and_what_it_does_not_know_are_not_paced(pacer: Pacer) -> None:
    assert [wait(pacer, "views.update", "") for _ in range(500)] == [0] * 500


def test_channels_of_thousands_of_people_are_not_kept(pacer: Pacer, clock: Clock) -> None:
    look: Callable[[], int] = lambda: len(pacer._made) + len(pacer._blocked) + len(pacer._turns)  # noqa: E731
    for number in range(5000):
        clock.now += 1
        wait(pacer, channel=f"D{number}")
        pacer.refused(POST, f"D{number}", seconds=1)
    assert look() < 2500
