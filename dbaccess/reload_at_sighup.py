"""Reload of the policy file at SIGHUP. A file with problems is refused, and the old policy stays in force."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.policy_in_use import Process
from dbaccess.log import describe
from dbaccess.settings import SettingsError
from dbaccess.signals import Signal

log = structlog.get_logger()

SEEN_EVERY: Final = 30.0
"""Seconds between two reports that a process runs."""


class ReloadSignal(Signal):
    """Waits for SIGHUP, also for one that came earlier while this process had it blocked."""

    def __init__(self) -> None:
        super().__init__(signal.SIGHUP)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})


class Report(Protocol):
    """Reports to the control database which policy this process uses."""

    def __call__(self, process: Process, *, refused: str | None) -> None: ...


def this_process(name: str) -> Process:
    return Process(name=name, host=socket.gethostname(), pid=os.getpid())


def keep_policy(
    name: str,
    reload_signal: ReloadSignal,
    *,
    reload: Callable[[], None],
    report: Report,
    refused: str | None = None,
) -> None:
    """Start a thread that reloads the policy at each SIGHUP and reports it.

    `reload` raises with the reason of a refusal; `refused` is the reason from before this process began. The
    report is repeated until the control database has it.
    """
    arguments = (this_process(name), reload_signal, reload, report, refused)
    threading.Thread(target=_keep, args=arguments, name="policy", daemon=True).start()


def _keep(
    process: Process,
    reload_signal: ReloadSignal,
    reload: Callable[[], None],
    report: Report,
    refused: str | None,
) -> None:
    while True:
        try:
            report(process, refused=refused)
        except Exception as error:  # noqa: BLE001 a process loop: the next time tells it
            log.error("policy not reported", **describe(error))  # noqa: TRY400 its text could quote SQL
        if reload_signal.wait(SEEN_EVERY):
            refused = refusal(reload)


def refusal(reload: Callable[[], None]) -> str | None:
    """Reload the policy; return why it was refused, or None. Both outcomes are logged."""
    try:
        reload()
    except (DbaccessError, SettingsError) as error:
        log.error("policy refused", why=str(error))  # noqa: TRY400 said in full
        return str(error)
    except Exception as error:  # noqa: BLE001 a process loop: the old policy is as good as it was
        log.error("policy reload failed", **describe(error))  # noqa: TRY400 the same
        return f"The file could not be read: {type(error).__name__}."
    log.info("policy reloaded")
    return None
