"""How much of what grants run is captured: canaries that prove it, gaps, and how far the logs were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.grant import GrantId


class CaptureLevel(StrEnum):
    """How much of what a grant runs is captured, as a canary proved it."""

    FULL = "full"
    """Statements are captured in full, those inside functions and DO blocks too."""
    STATEMENTS = "statements"
    """Statements only: no objects inside functions."""
    NONE = "none"
    """Not captured, or not proved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much is captured: `checked_at` is when the canary was sent that proved it last.

    Until a canary was found the level is NONE, and `why` has the reason.
    """

    level: CaptureLevel
    checked_at: datetime | None = None
    why: str = ""


NOT_CHECKED: Final = Coverage(level=CaptureLevel.NONE, why="no canary was found yet")
NOT_RECORDED: Final = Coverage(
    level=CaptureLevel.NONE, why="the coverage was not recorded when the grant began"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The last canary of a target, and what the canaries have shown so far.

    `marker` stands in the statement that `login` ran at `sent_at`. `found` is the level at which it came back
    through the reader; None while it has not. `coverage` is what the canaries before it have proved. `logins`
    says of people's own logins why it is not proved that all is logged which each runs; empty text: it is.
    `logged_since` is the server's time since when each look has found that all of a login is logged.
    """

    target: str
    cluster: str
    login: str
    marker: str
    sent_at: datetime
    found: CaptureLevel | None = None
    coverage: Coverage = NOT_CHECKED
    logins: Mapping[str, str] = field(default_factory=dict)
    logged_since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCoverage:
    """The coverage when a grant began on its target, and how its statements are stored."""

    grant_id: GrantId
    coverage: Coverage
    mode: CaptureMode = CaptureMode.FULL


class GapCause(StrEnum):
    """The reason why statements of some time are not captured."""

    FILE_LOST = "file_lost"
    """A log file was removed before it was read to its end."""
    BYTES_LOST = "bytes_lost"
    """A log file was cut or overwritten."""
    LINE_TOO_LONG = "line_too_long"
    """A line is longer than the longest that is read."""
    UNREADABLE = "unreadable"
    """A part of a log file is no log of this format."""
    SOURCE_SILENT = "source_silent"
    """The logs were not read up to then, so far."""
    SWITCHED_OFF = "switched_off"
    """The policy no longer named a log of the cluster."""
    LOG_CHANGED = "log_changed"
    """The server began to write this log: what it wrote before, it wrote elsewhere or not at all."""
    CANARY_LOST = "canary_lost"
    """A canary did not come back."""
    NOT_IMPORTED = "not_imported"
    """No imported file has this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which statements of a cluster, or of one of its targets, may be missing.

    `until` is None while it lasts.
    """

    cluster: str
    cause: GapCause
    began_at: datetime
    until: datetime | None
    target: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """The place up to which the logs of a cluster were read.

    `fingerprint` tells the file from another one of that name. `state` is what the reader of records must
    know of the lines before, as JSON. `read_until` is the time of the last line. `caught_up_at` is when the
    reader last had all that the server had written; of imported files it is the time of the last line.
    `behind` is the number of bytes that it had not read.
    """

    cluster: str
    file: str
    fingerprint: str
    offset: int
    state: Mapping[str, Any] = field(default_factory=dict)
    read_until: datetime | None = None
    caught_up_at: datetime | None = None
    behind: int = 0


SEND_EVERY: Final = timedelta(minutes=3)
"""How often a canary is sent to a target with proved capture."""

SEND_AGAIN: Final = timedelta(seconds=30)
"""How soon the next one follows a canary that did not prove it."""

BACK_WITHIN: Final = timedelta(seconds=25)
"""How long a canary may take from its login to its line in the control database."""

PROVED_FOR: Final = timedelta(minutes=10)
"""How long a canary proves anything: workers that stopped must not leave a target looking captured."""


PROVED_BY_IMPORT: Final = timedelta(hours=48)
"""How long a canary proves anything that came back through an import: twice the time between daily ones."""


def coverage_at(canary: Canary | None, now: datetime) -> Coverage:
    """Return what the canaries of a target prove at `now`."""
    return _coverage(canary, now, seen_to=now, proved_for=PROVED_FOR)


def of_own_login(proved: Coverage, login: str | None, unlogged: Mapping[str, str]) -> Coverage:
    """Return what is captured of a person's own login, on a target of which so much is proved.

    `unlogged` says of each login why not all is logged. None is the login of a person who has none.
    """
    if login is None:
        return _unless(proved, "the policy names no login of this person")
    return _unless(proved, unlogged.get(login, f"{login}'s login was not looked at yet"))


def of_own_logins(proved: Coverage, unlogged: Mapping[str, str]) -> Coverage:
    """Return what is captured of each person's own login there."""
    count = sum(map(bool, unlogged.values()))
    people = "1 person" if count == 1 else f"{count} people"
    return _unless(proved, f"the server does not log the logins of {people}" if count else "")


def _unless(proved: Coverage, why: str) -> Coverage:
    is_less = why and proved.level is not CaptureLevel.NONE
    return replace(proved, level=CaptureLevel.NONE, why=why) if is_less else proved


def imported_coverage(canary: Canary | None, now: datetime, *, imported_to: datetime | None) -> Coverage:
    """Return what the canaries of a target prove whose log is imported; `why` says up to when it was."""
    if imported_to is None:
        return Coverage(level=CaptureLevel.NONE, why="its log is imported by hand, and nothing was yet")
    found = _coverage(canary, now, seen_to=imported_to, proved_for=PROVED_BY_IMPORT)
    said = f"imported up to {imported_to:%Y-%m-%d %H:%M} UTC"
    is_proved = found.level is not CaptureLevel.NONE
    return replace(found, why=said if is_proved else f"{said}, but {found.why}")


def _coverage(canary: Canary | None, now: datetime, *, seen_to: datetime, proved_for: timedelta) -> Coverage:
    if canary is None:
        return NOT_CHECKED
    proved = evaluate(canary, seen_to).coverage
    if proved.checked_at is None or now - proved.checked_at <= proved_for:
        return proved
    minutes = (now - proved.checked_at) // timedelta(minutes=1)
    return replace(proved, level=CaptureLevel.NONE, why=f"it was not checked for {minutes} min")


def evaluate(canary: Canary, seen_to: datetime) -> Canary:
    """Return the canary with what it has proved; one that is still on its way changes nothing.

    The log is known up to `seen_to`: up to now where the workers read it.
    """
    if canary.found is not None:
        return replace(canary, coverage=Coverage(level=canary.found, checked_at=canary.sent_at))
    if _was_sent(canary) and seen_to - canary.sent_at > BACK_WITHIN:
        return replace(canary, coverage=replace(canary.coverage, level=CaptureLevel.NONE, why=LOST))
    return canary


def _was_sent(canary: Canary) -> bool:
    """Return whether its statement may have run: one that could not be sent has said why."""
    before = canary.coverage
    return before.level is not CaptureLevel.NONE or before.why == NOT_CHECKED.why


def sent(canary: Canary) -> Canary:
    """Return the canary after its statement ran: why an earlier one could not be sent is over."""
    before = canary.coverage
    if before.level is not CaptureLevel.NONE or before.why == LOST:
        return canary
    return replace(canary, coverage=replace(before, why=NOT_CHECKED.why))


def not_sent(canary: Canary, why: str) -> Canary:
    """Return the canary that could not be sent: it proves nothing, and says why."""
    return replace(canary, coverage=replace(canary.coverage, level=CaptureLevel.NONE, why=why))


LOST: Final = "the marked statement did not come back from the log"


def is_due(canary: Canary | None, now: datetime, seen_to: datetime | None) -> bool:
    """Return whether the next canary is to be sent; it never is while the last one is on its way.

    The log is known up to `seen_to`; None: nothing of it.
    """
    if canary is None:
        return True
    is_late = now - canary.sent_at > BACK_WITHIN
    is_seen = seen_to is not None and seen_to - canary.sent_at > BACK_WITHIN
    if canary.found is None and not (is_late and (is_seen or not _was_sent(canary))):
        return False
    proved = evaluate(canary, seen_to or canary.sent_at).coverage.level is not CaptureLevel.NONE
    return now - canary.sent_at >= (SEND_EVERY if proved else SEND_AGAIN)
