"""SIGHUP is heard whenever it comes, and no other signal keeps a wait from ending."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from dbaccess.reload_at_sighup import ReloadSignal
from dbaccess.signals import Signal

SOON = 0.001


@pytest.fixture
def reload_signal() -> Iterator[ReloadSignal]:
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


def test_nothing_came(reload_signal: ReloadSignal) -> None:
    assert not reload_signal.wait(SOON)


def test_several_that_came_before_are_one(reload_signal: ReloadSignal) -> None:
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGHUP)
    assert reload_signal.wait(SOON)
    assert not reload_signal.wait(SOON)


def test_one_that_comes_meanwhile_ends_the_wait(reload_signal: ReloadSignal) -> None:
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGHUP))
    timer.start()
    assert reload_signal.wait(60)
    timer.join()


def test_more_than_a_pipe_holds_trip_nothing(reload_signal: ReloadSignal) -> None:
    for _ in range(70_000):
        reload_signal._hear(signal.SIGHUP, None)
    assert reload_signal.wait(SOON)


def test_signals_that_come_while_one_is_being_heard_end_the_wait_too() -> None:
    """As when a person presses Ctrl-C again and again, or a parent dies thread by thread."""
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
def test_a_wait_ends_whatever_other_signals_come_at_its_end(reload_signal: ReloadSignal) -> None:
    for _ in range(2000):
        assert not reload_signal.wait(SOON)


def test_signal_that_is_heard_once_has_its_default_effect_afterwards() -> None:
    before = signal.getsignal(signal.SIGUSR2)
    try:
        stop = Signal(signal.SIGUSR2, once=True)
        os.kill(os.getpid(), signal.SIGUSR2)
        assert stop.wait(60)
        assert signal.getsignal(signal.SIGUSR2) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGUSR2, before)
