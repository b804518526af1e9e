"""A trial: an operator's test of a role on a target, with a login that lives for a minute at most."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import Receipt

LONGEST: Final = timedelta(seconds=60)
"""How long the login of a trial may log in; the sweep removes it afterwards, if the trial could not."""

_MARK: Final = ":try:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result. `failure` is the first thing that went wrong; None if each step passed.

    `receipt` is None if the end could not be verified.
    """

    recipe: Recipe
    expires_at: datetime
    receipt: Receipt | None
    failure: str | None

    @property
    def passed(self) -> bool:
        return self.failure is None and self.receipt is not None


def trial_tag(installation: str, until: datetime, login: str) -> str:
    """Return the mark of the login, which says when the trial is over.

    It is the login's alone: two trials on a cluster may be over in the same second.
    """
    return f"dbaccess:{installation}{_MARK}{int(until.timestamp())}:{login}"


def is_of_trial(tag: str) -> bool:
    """Return whether a trial made the login: it belongs to no grant, and never did."""
    return _until(tag) is not None


def is_running(tag: str, now: datetime) -> bool:
    """Return whether the trial that made the login may still end it itself.

    A mark with a later time than any trial has protects nothing.
    """
    until = _until(tag)
    return until is not None and now < until <= now + LONGEST


def _until(tag: str) -> datetime | None:
    _, mark, rest = tag.rpartition(_MARK)
    digits = rest.partition(":")[0]
    fits = mark and digits.isascii() and digits.isdigit() and len(digits) <= 11  # noqa: PLR2004 until the year 5000
    return datetime.fromtimestamp(int(digits), UTC) if fits else None
