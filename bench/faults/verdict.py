"""The verdict on a campaign: the checker's observations beside the ledger and Slack."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.faults.campaign import Row

BOUND, ALARM = 5.0, 30.0
"""Seconds after the end: within the first no access is left, within the second an alarm was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """How many seconds longer than agreed a grant gave access, by what it was seen, and what went on."""

    grant: Row
    seconds: float
    unexcused: float
    seen: str
    manner: str
    during: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Figures of a campaign; `broken` are the promises that were not kept, in words."""

    faults: int
    grants: int
    ended: int
    late: Sequence[Late]
    early: Sequence[str]
    false_receipts: Sequence[str]
    not_ended: Sequence[str]
    not_told: Sequence[str]
    no_alarm: Sequence[str]
    ledger: Sequence[str]

    @property
    def over_bound(self) -> list[Late]:
        return [late for late in self.late if late.unexcused > BOUND]

    @property
    def hard(self) -> list[str]:
        """Promises that hold however busy the machine is."""
        named = {
            "early end": self.early,
            "false receipt": self.false_receipts,
            "not ended": self.not_ended,
            "not told": self.not_told,
            "ledger": self.ledger,
        }
        return [f"{name}: {what}" for name, found in named.items() for what in found]

    @property
    def broken(self) -> list[str]:
        soft = [f"over {BOUND:.0f} s late without an excuse: {_line(late)}" for late in self.over_bound]
        return self.hard + soft + [f"no alarm after {ALARM:.0f} s: {what}" for what in self.no_alarm]

    def table(self) -> str:
        lateness = sorted((late.seconds for late in self.late), reverse=True)
        rows = {
            "faults": self.faults,
            "grants": self.grants,
            "ended": self.ended,
            "worst lateness": _line(self.late[0]) if self.late else "-",
            "late by more than 1 s": sum(seconds > 1 for seconds in lateness),
            f"late by more than {BOUND:.0f} s without an excuse": len(self.over_bound),
            f"late by more than {ALARM:.0f} s without an alarm": len(self.no_alarm),
            "early ends": len(self.early),
            "false receipts": len(self.false_receipts),
            "grants not ended": len(self.not_ended),
            "persons not told": len(self.not_told),
            "breaks in the ledger": len(self.ledger),
        }
        return "\n".join(f"{name:<46} {value}" for name, value in rows.items())


def _line(late: Late) -> str:
    went_on = ", ".join(late.during) or "no fault"
    return (
        f"G-{late.grant.id} {late.seconds:.1f} s ({late.unexcused:.1f} s without an excuse), "
        f"seen by {late.seen}, holder {late.manner}; meanwhile: {went_on}"
    )
