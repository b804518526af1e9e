"""Every refusal, with a text that a person may see and act upon."""

from collections.abc import Sequence


class DbaccessError(Exception):
    """The root: `str(error)` is safe to show to the person who caused it."""


class Refused(DbaccessError):
    """Something a person asked for that is not done; nothing has changed."""

    @property
    def at_field(self) -> str:
        """The same at the field of a form that it is about: what was asked stands there."""
        return str(self)


class BadDuration(Refused):
    """Not a length of time that we can read."""


class BadReason(Refused):
    """A reason that is too short or too long."""


class BadTicket(Refused):
    """A ticket that the rule wants, missing or not as it should be."""


class UnknownName(Refused):
    """A target or role that the configuration does not have; `nearest` are the names that come close."""

    def __init__(self, text: str, *, kind: str, asked: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.kind = kind
        self.asked = asked
        self.nearest = tuple(nearest)


class Ambiguous(UnknownName):
    """What was typed begins several names; `nearest` are those."""


class NotAllowed(Refused):
    """No rule lets this person ask for this; `possible` are the roles on the target that some rule allows."""

    def __init__(self, text: str, *, possible: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.possible = tuple(possible)


class TooLong(Refused):
    """Over the rule's maximum; `longest` is written as the command reads it (`4h`), `at_most` a sentence."""

    def __init__(self, text: str, *, longest: str, at_most: str) -> None:
        super().__init__(text)
        self.longest = longest
        self._at_most = at_most

    @property
    def at_field(self) -> str:
        return self._at_most


class AlreadyOpen(Refused):
    """The same person has a request or grant for the same thing that is still open."""


class ReviewOwed(Refused):
    """A break-glass of theirs is not reviewed yet: no second one before."""


class TooMany(Refused):
    """More of it than one person may have open, or do within a time; the text says when it goes on."""


class UnknownPerson(Refused):
    """Nobody we know: not in the snapshot, deactivated, a bot, or of another workspace."""


class DirectoryTooOld(Refused):
    """The snapshot of people and groups is older than it may be, or not confirmed yet; that means no."""


class NotFound(Refused):
    """No such request or grant."""


class NotYours(Refused):
    """Only the requester, the holder or somebody named may do this."""


class NotEligible(Refused):
    """Not a reviewer of this request at this moment."""


class OwnRequest(Refused):
    """Nobody reviews their own request, under any of their Slack ids."""


class AlreadyReviewed(Refused):
    """One review a person and request."""


class AlreadyDecided(Refused):
    """The request is not pending any more."""


class Changed(Refused):
    """What was shown is not what would be granted now."""


class InLockdown(Refused):
    """The target is in lockdown: nothing is requested, approved or shown there until it is lifted.

    `at_field` is the same without date tokens, which a form shows raw.
    """

    def __init__(self, text: str, *, at_field: str) -> None:
        super().__init__(text)
        self._at_field = at_field

    @property
    def at_field(self) -> str:
        return self._at_field


class Replayed(Refused):
    """This very click, command or submission was already taken; nothing was done a second time."""


class NotLess(Refused):
    """What was to be approved for less is not less."""


class BadAddress(DbaccessError):
    """A server's address that no program can read; nothing of it is in the text."""


class IllegalTransition(DbaccessError):
    """A state change that the life cycle does not have."""


class LostLease(DbaccessError):
    """Another worker took over, or the grant moved on; what was begun must be undone by not committing it."""


class TargetFailure(DbaccessError):
    """The target did not do it. `code` is an SQLSTATE or a short word; no statement, no secret."""

    def __init__(self, text: str, *, code: str, touched: bool) -> None:
        super().__init__(text)
        self.code = code
        self.touched = touched
        """False only where it is known that nothing changed on the target."""


class TargetUnreachable(TargetFailure):
    """No connection, so nothing changed."""

    def __init__(self, text: str, *, code: str = "unreachable") -> None:
        super().__init__(text, code=code, touched=False)


class SinkFailure(DbaccessError):
    """The second sink did not take an announcement; no address, no secret."""


PACED = "paced"
"""The code of a call to Slack that was put off before it was made."""

_TROUBLE = frozenset({"no_answer", "internal_error", "fatal_error", "request_timeout", "service_unavailable"})


class SlackFailure(DbaccessError):
    """Slack did not do it; `code` is Slack's own word, or `no_answer`."""

    def __init__(self, text: str, *, code: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.retry_after = retry_after

    @property
    def passes(self) -> bool:
        """Slack was busy, silent or in trouble and may take the same later; any other no stays one."""
        return self.retry_after is not None or self.is_unsure

    @property
    def is_paced(self) -> bool:
        """Slack was not asked: the call's turn comes later."""
        return self.code == PACED

    @property
    def is_unsure(self) -> bool:
        """Slack may have done it all the same."""
        return self.code in _TROUBLE or self.code.startswith("http_5")
