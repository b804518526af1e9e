"""SIGHUP: the policy file is read again. What is not right is refused, and the old policy stays in force."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy_report import Process
from dbaccess.log import describe
from dbaccess.settings import SettingsError
from dbaccess.signals import Signal

log = structlog.get_logger()

SEEN_EVERY: Final = 30.0
"""Seconds between two times that a process says that it is there."""


class ReloadSignal(Signal):
    """Hears SIGHUP, also one that came earlier while this process had it blocked."""

    def __init__(self) -> None:
        super().__init__(signal.SIGHUP)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})


class Report(Protocol):
    """Says in the control database which policy this process goes by."""

    def __call__(self, process: Process, *, refused: str | None) -> None: ...


def this_process(name: str) -> Process:
    return Process(name=name, host=socket.gethostname(), pid=os.getpid())


def keep_policy(
    name: str, hangup: ReloadSignal, *, reload: Callable[[], None], report: Report, refused: str | None = None
) -> None:
    """From now on, in a thread of its own, the policy is read again at each SIGHUP and reported.

    `reload` raises what says why it is refused; `refused` says why the file was before this process began.
    Until the control database has heard of it, it is told again.
    """
    arguments = (this_process(name), hangup, reload, report, refused)
    threading.Thread(target=_keep, args=arguments, name="policy", daemon=True).start()


def _keep(
    process: Process, hangup: ReloadSignal, reload: Callable[[], None], report: Report, refused: str | None
) -> None:
    while True:
        try:
            report(process, refused=refused)
        except Exception as error:  # noqa: BLE001 a process loop: the next time tells it
            log.error("policy not reported", **describe(error))  # noqa: TRY400 its text could quote SQL
        if hangup.wait(SEEN_EVERY):
            refused = refusal(reload)


def refusal(reload: Callable[[], None]) -> str | None:
    """The policy was read again, or why it was not taken; both are in the log."""
    try:
        reload()
    except (DbaccessError, SettingsError) as error:
        log.error("policy refused, the old one stays in force", why=str(error))  # noqa: TRY400 said in full
        return str(error)
    except Exception as error:  # noqa: BLE001 a process loop: the old policy is as good as it was
        log.error("policy not read, the old one stays in force", **describe(error))  # noqa: TRY400 the same
        return f"The file could not be read: {type(error).__name__}."
    log.info("policy read again")
    return None
