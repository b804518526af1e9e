"""The job that enforces every open lockdown."""

from dbaccess.operations.lockdowns.enforce import enforce_lockdowns
from workers.wiring import of_this_process


def run(_: int) -> None:
    enforce_lockdowns(of_this_process().context)
