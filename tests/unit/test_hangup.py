"""SIGHUP is heard whenever it comes, and no other signal keeps a wait from ending."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from dbaccess.policy_reload import ReloadSignal
from dbaccess.signals import Signal

SOON = 0.001


@pytest.fixture
def hangup() -> Iterator[ReloadSignal]:
    before = signal.getsignal(signal.SIGHUP)
    yield ReloadSignal()
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def storm() -> Iterator[None]:
    """Signals that mean nothing, at any moment of a wait."""
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    over = threading.Event()

    def send() -> None:
        while not over.wait(SOON * 0.7):
            os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=send)
    thread.start()
    yield
    over.set()
    thread.join()
    signal.signal(signal.SIGUSR1, before)


def test_nothing_came(hangup: ReloadSignal) -> None:
    assert not hangup.wait(SOON)


def test_several_that_came_before_are_one(hangup: ReloadSignal) -> None:
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGHUP)
    assert hangup.wait(SOON)
    assert not hangup.wait(SOON)


def test_one_that_comes_meanwhile_ends_the_wait(hangup: ReloadSignal) -> None:
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGHUP))
    timer.start()
    assert hangup.wait(60)
    timer.join()


def test_more_than_a_pipe_holds_trip_nothing(hangup: ReloadSignal) -> None:
    for _ in range(70_000):
        hangup._hear(signal.SIGHUP, None)
    assert hangup.wait(SOON)


def test_signals_that_come_while_one_is_being_heard_end_the_wait_too() -> None:
    """As when somebody presses Ctrl-C again and again, or a parent dies thread by thread."""
    before = signal.getsignal(signal.SIGUSR2)
    for _ in range(200):
        heard = Signal(signal.SIGUSR2)
        senders = [threading.Thread(target=_send_often) for _ in range(3)]
        for sender in senders:
            sender.start()
        assert heard.wait(60)
        for sender in senders:
            sender.join()
    signal.signal(signal.SIGUSR2, before)


def _send_often() -> None:
    for _ in range(20):
        os.kill(os.getpid(), signal.SIGUSR2)


@pytest.mark.usefixtures("storm")
def test_a_wait_ends_whatever_other_signals_come_at_its_end(hangup: ReloadSignal) -> None:
    for _ in range(2000):
        assert not hangup.wait(SOON)


def test_signal_that_is_heard_once_has_its_default_effect_afterwards() -> None:
    before = signal.getsignal(signal.SIGUSR2)
    try:
        stop = Signal(signal.SIGUSR2, once=True)
        os.kill(os.getpid(), signal.SIGUSR2)
        assert stop.wait(60)
        assert signal.getsignal(signal.SIGUSR2) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGUSR2, before)
