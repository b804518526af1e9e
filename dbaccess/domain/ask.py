"""A request as a person typed it."""

import re
from dataclasses import dataclass
from datetime import timedelta

from dbaccess.domain.errors import BadReason, BadTicket
from dbaccess.domain.text import match_whole, visible_length

REASON_MIN = 10
REASON_MAX = 1000
TICKET_MAX = 100
NOTE_MAX = 500
"""Characters of a note, and of the reason for a denial, a revocation or a lockdown."""

_AROUND_A_WORD = ".,;:!?()[]{}<>\"'`*_~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The parsed words of a person who asks for a role."""

    target: str
    role: str
    duration: timedelta
    reason: str
    ticket: str | None = None
    break_glass: bool = False


def check_reason(reason: str, *, at_least: int = REASON_MIN) -> None:
    """Raise `BadReason` unless the reason says something and fits."""
    if visible_length(reason) < at_least:
        raise BadReason(f"Say why, at least {at_least} characters.")
    if len(reason) > REASON_MAX:
        raise BadReason(f"At most {REASON_MAX:,} characters; this has {len(reason):,}.")


def ticket_of(ask: Ask, *, pattern: str | None) -> str | None:
    """Return the given ticket, else the first word of the reason that matches the whole pattern.

    A person who types one line has no other place for a ticket.
    """
    if ask.ticket is not None or pattern is None:
        return ask.ticket
    written = (form for word in ask.reason.split() for form in (word, word.strip(_AROUND_A_WORD)))
    return next((form for form in written if len(form) <= TICKET_MAX and match_whole(pattern, form)), None)


def check_ticket(ticket: str | None, *, pattern: str | None, rule: str) -> None:
    """Raise `BadTicket` for a ticket that is too long, or that the rule's pattern does not match."""
    if len(ticket or "") > TICKET_MAX:
        raise BadTicket(f"A ticket has at most {TICKET_MAX} characters.")
    if pattern is None:
        return
    requires = f"Rule {rule} requires a ticket that matches {pattern}{_example(pattern)}"
    if ticket is None:
        raise BadTicket(f"{requires}; no word of the reason does.")
    if not match_whole(pattern, ticket):
        raise BadTicket(f"{requires}.")


def _example(pattern: str) -> str:
    """Return `, such as OPS-1234` for a pattern that people may not read; empty if none is known."""
    begins = re.match(r"\^?([A-Za-z]{2,10})", pattern)
    prefixes = ([begins[1]] if begins else []) + ["OPS"]
    forms = ("{0}-1234", "{0}1234", "{0}0001234", "#1234", "1234")
    written = (form.format(prefix) for prefix in prefixes for form in forms)
    return next((f", such as {one}" for one in written if match_whole(pattern, one)), "")
