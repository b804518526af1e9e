"""SIGHUP: the policy file is read again. What is not right is refused, and the old policy stays in force."""

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final, Protocol

import structlog

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy_report import Process
from dbaccess.log import describe
from dbaccess.settings import SettingsError

log = structlog.get_logger()

SEEN_EVERY: Final = 30.0
"""Seconds between two times that a process says that it is there."""


class Hangup:
    """Hears SIGHUP from now on; made in the main thread, waited for in any.

    Where who started this process had blocked it, one that came earlier is heard now. A pipe, because the
    handler may run in the middle of a wait, and because `queue.SimpleQueue` waits for ever where any signal
    comes just as the time is over (Python 3.11).
    """

    def __init__(self) -> None:
        self._heard, self._call = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._call, False)
        signal.signal(signal.SIGHUP, self._hear)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})

    def wait(self, seconds: float) -> bool:
        """Whether it came; several that came meanwhile are one."""
        came, _, _ = select.select([self._heard], [], [], seconds)
        if came:
            os.read(self._heard, select.PIPE_BUF)
        return bool(came)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):  # full: it was heard often enough
            os.write(self._call, b"!")


class Report(Protocol):
    """Says in the control database which policy this process goes by."""

    def __call__(self, process: Process, *, refused: str | None) -> None: ...


def this_process(name: str) -> Process:
    return Process(name=name, host=socket.gethostname(), pid=os.getpid())


def keep_policy(
    name: str, hangup: Hangup, *, reload: Callable[[], None], report: Report, refused: str | None = None
) -> None:
    """From now on, in a thread of its own, the policy is read again at each SIGHUP and reported.

    `reload` raises what says why it is refused; `refused` says why the file was before this process began.
    Until the control database has heard of it, it is told again.
    """
    arguments = (this_process(name), hangup, reload, report, refused)
    threading.Thread(target=_keep, args=arguments, name="policy", daemon=True).start()


def _keep(
    process: Process, hangup: Hangup, reload: Callable[[], None], report: Report, refused: str | None
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
