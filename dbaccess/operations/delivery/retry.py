"""How long Slack is left alone with what it did not take."""

from datetime import timedelta
from typing import Final

from dbaccess.domain.errors import SlackFailure
from dbaccess.operations.context import backoff

PATIENT: Final = 30
"""Tries, the later ones a minute apart."""

RARELY: Final = timedelta(minutes=10)
"""Between the tries after those: a channel that is gone for good must not use up what Slack allows."""

MOST_TRIES: Final = PATIENT + timedelta(days=7) // RARELY
"""After these, a week, it is left: people who are gone would otherwise cost more calls each month."""


def wait_after(failure: SlackFailure, attempts: int) -> timedelta:
    """Return the time until the next try of what has failed so often before this."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return backoff(attempts + 1) if attempts < PATIENT else RARELY
