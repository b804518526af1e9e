"""Every error and refusal, with a text that a person may read and act upon."""

from collections.abc import Sequence
from datetime import datetime


class DbaccessError(Exception):
    """The root: `str(error)` is safe to show to the person who caused it.

    The text may be in parts, some of which are moments. A surface that knows the reader's zone renders them
    there; in `str(error)` they are in UTC.
    """

    def __init__(self, *parts: str | datetime) -> None:
        super().__init__(*parts)
        self.parts = parts

    def __str__(self) -> str:
        return "".join(
            f"{part.day} {part:%b %H:%M} UTC" if isinstance(part, datetime) else part for part in self.parts
        )


class Refused(DbaccessError):
    """A person asked for something that is refused; nothing has changed."""

    @property
    def at_field(self) -> str:
        """The text for the field of a form, where the field itself shows the value that was refused."""
        return str(self)


class BadDuration(Refused):
    """The duration cannot be read.

    `choices` are what it may mean, as people type them. `rest` is what follows it; None: that is unclear.
    """

    def __init__(self, text: str, *, choices: Sequence[str] = (), rest: str | None = None) -> None:
        super().__init__(text)
        self.choices = tuple(choices)
        self.rest = rest


class BadQuestion(Refused):
    """An auditor's question cannot be read; the text says what to write."""


class BadTime(Refused):
    """The text is no moment, or the period ends before it begins."""


class BadReason(Refused):
    """The reason is too short or too long."""


class BadTicket(Refused):
    """The rule requires a ticket, which is missing or does not match."""


class UnknownName(Refused):
    """The policy has no such target or role; `nearest` are similar names."""

    def __init__(self, text: str, *, kind: str, asked: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.kind = kind
        self.asked = asked
        self.nearest = tuple(nearest)


class Ambiguous(UnknownName):
    """The text is the beginning of several names; `nearest` are those."""


class NotAllowed(Refused):
    """No rule allows this request; `possible` are the roles on the target that a rule allows."""

    def __init__(self, text: str, *, possible: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.possible = tuple(possible)


class NotReviewable(Refused):
    """The groups that have to approve hold too few people besides the requester."""


class TooLong(Refused):
    """The duration is over the rule's maximum.

    `longest` is written as for the command (`4h`), `at_most` as a sentence.
    """

    def __init__(self, text: str, *, longest: str, at_most: str) -> None:
        super().__init__(text)
        self.longest = longest
        self._at_most = at_most

    @property
    def at_field(self) -> str:
        return self._at_most


class AlreadyOpen(Refused):
    """The person has an open request or grant for the same role on the same target.

    `request_id` is a pending request that the person may withdraw; None where nothing can be withdrawn.
    """

    def __init__(self, text: str, *, request_id: int | None = None) -> None:
        super().__init__(text)
        self.request_id = request_id


class ReviewPending(Refused):
    """An earlier break-glass of the person is not reviewed yet."""


class TooMany(Refused):
    """Over a limit for one person; the text says when the person may go on."""


class UnknownPerson(Refused):
    """The account is unknown, deactivated, a bot, or of another workspace."""


class DirectoryTooOld(Refused):
    """People and groups were not read lately, or a change is not confirmed yet."""


class NotFound(Refused):
    """The request or grant does not exist."""


class NotYours(Refused):
    """Only the requester, the holder or a named person may do this."""


class NotEligible(Refused):
    """The person may not review this request now."""


class OwnRequest(Refused):
    """A person may not review their own request, under any Slack account."""


class AlreadyReviewed(Refused):
    """The person has reviewed this request before."""


class AlreadyDecided(Refused):
    """The request or grant is decided or over."""


class Changed(Refused):
    """The terms are no longer those that were shown."""


class InLockdown(Refused):
    """The target is in lockdown: it accepts no requests, approvals or credentials until it is lifted."""


class NotCaptured(Refused):
    """The rule requires that statements are captured, and it is not proved that they are."""


class DuplicateRequest(Refused):
    """This click, command or submission was taken before; it had no effect this time."""


class NotLess(Refused):
    """The reduced approval is not a reduction."""


class BadAddress(DbaccessError):
    """A server's address cannot be read; the text holds no part of it."""


class CannotStart(DbaccessError):
    """A process cannot begin: one line that names the variable or server, and what to check."""


class LedgerKeyRefused(DbaccessError):
    """A key cannot be introduced, because the ledger's last key is another one than it should be."""


class OtherWorkspace(CannotStart):
    """The token is of another Slack workspace than the control database."""


class IllegalTransition(DbaccessError):
    """The life cycle has no such state change."""


class LostLease(DbaccessError):
    """Another worker took over, or the grant changed; the transaction must not be committed."""


class TargetFailure(DbaccessError):
    """The work on the target failed. `code` is an SQLSTATE or a short word; no statement, no secret."""

    def __init__(self, text: str, *, code: str, touched: bool) -> None:
        super().__init__(text)
        self.code = code
        self.touched = touched
        """False only where it is known that nothing changed on the target."""


class TargetUnreachable(TargetFailure):
    """No connection, so nothing changed."""

    def __init__(self, text: str, *, code: str = "unreachable") -> None:
        super().__init__(text, code=code, touched=False)


class SourceFailure(DbaccessError):
    """The logs of a cluster cannot be read. No line of a log, no secret."""


class LogFileGone(SourceFailure):
    """The log file no longer exists."""


class SinkFailure(DbaccessError):
    """The second sink did not take an announcement; no address, no secret."""


class WitnessFailure(DbaccessError):
    """A witness did not take or give a checkpoint; the text has no secret."""


PACED = "paced"
"""The code of a call to Slack that was delayed before it was sent."""

_OF_CHANNEL = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "channel_type_not_supported",
        "external_channel_migrating",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "shared_channel",
        "user_not_in_channel",
    }
)
"""Slack's error codes, and our own `shared_channel`."""

_TROUBLE = frozenset(
    {
        "no_answer",
        "bad_answer",
        "internal_error",
        "fatal_error",
        "file_update_failed",
        "request_timeout",
        "service_unavailable",
    }
)
_THREAD_GONE = frozenset({"thread_not_found", "cannot_reply_to_message"})
_NO_EDIT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

NO_THREAD = "no_thread"
"""The code of a line that waits for the message of its thread."""


class SlackFailure(DbaccessError):
    """Slack refused or did not answer; `code` is Slack's word, or `no_answer`."""

    def __init__(self, text: str, *, code: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.retry_after = retry_after

    @property
    def passes(self) -> bool:
        """Slack was busy, silent or in trouble, so a retry may succeed. Any other refusal is final."""
        return self.retry_after is not None or self.is_unsure

    @property
    def is_of_channel(self) -> bool:
        """Slack takes no message for this channel, whatever its text."""
        return self.code in _OF_CHANNEL

    @property
    def is_refusal(self) -> bool:
        """Slack refused the message, and a retry helps only once a person has changed something."""
        return not (self.passes or self.is_paced or self.code == NO_THREAD)

    @property
    def is_thread_gone(self) -> bool:
        """The message of the thread was deleted."""
        return self.code in _THREAD_GONE

    @property
    def is_no_edit(self) -> bool:
        """The message was deleted, or can no longer be edited: only a new one shows the present state."""
        return self.code in _NO_EDIT

    @property
    def is_paced(self) -> bool:
        """The call was not sent to Slack; its turn comes later."""
        return self.code == PACED

    @property
    def is_unsure(self) -> bool:
        """Slack may have done the call although it did not confirm it."""
        return self.code in _TROUBLE or self.code.startswith("http_5")
