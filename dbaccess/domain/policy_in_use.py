"""The policy that each process uses, as it reports itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

BOT: Final = "bot"
"""The name of the bot process; every other is a part of the worker."""

SEEN_WITHIN: Final = timedelta(minutes=2)
"""A process that did not report for so long has ended, or hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process on one host; `name` is `bot` or the worker's part."""

    name: str
    host: str
    pid: int

    @property
    def writer(self) -> str:
        return "bot" if self.name == BOT else "worker"

    @property
    def label(self) -> str:
        """`bot@host` or `worker@host`."""
        return f"{self.writer}@{self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """`hash` names the policy in force; `refused` the invalid one that the file has had since."""

    process: Process
    hash: str
    loaded_at: datetime
    seen_at: datetime
    refused: bool


def versions(reports: Iterable[PolicyReport]) -> dict[str, tuple[str, ...]]:
    """Return the processes by policy hash; several hashes mean that they decide by different rules."""
    found: dict[str, set[str]] = {}
    for report in reports:
        found.setdefault(report.hash, set()).add(report.process.label)
    return {name: tuple(sorted(labels)) for name, labels in sorted(found.items())}
