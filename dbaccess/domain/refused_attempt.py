"""A click, a form or a command that was refused, as the ledger tells of it."""

from dataclasses import dataclass
from typing import Any

from dbaccess.domain.errors import (
    BadDuration,
    BadQuestion,
    BadReason,
    BadTicket,
    BadTime,
    DirectoryTooOld,
    DuplicateRequest,
    NotLess,
    Refused,
    UnknownName,
)
from dbaccess.domain.people import SlackId

_ASKED_BACK = (BadDuration, BadQuestion, BadReason, BadTicket, BadTime, NotLess, UnknownName)
"""A slip of the pen, which the person corrects at once."""
_NOT_DECIDED = (DuplicateRequest, DirectoryTooOld)
"""The first delivery has its answer, or nothing is known of the person yet: both say nothing of a right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAttempt:
    """`what` is the name of a button, a form or a sub-command, and `about` the number that a button named.

    No text that a person typed is in it.
    """

    slack_id: SlackId
    surface: str
    what: str
    about: int | None
    why: str

    def data(self) -> dict[str, Any]:
        """Return the data of the event `attempt.refused`."""
        return {
            "slack_id": self.slack_id,
            "surface": self.surface,
            "what": self.what,
            "about": self.about,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The refused attempts of hours that are over which the ledger did not take, and of how many accounts."""

    attempts: int
    accounts: int


def is_recorded(error: Refused) -> bool:
    """Return whether the refusal belongs in the ledger: it was decided, and not only asked back."""
    return not isinstance(error, (*_NOT_DECIDED, *_ASKED_BACK))
