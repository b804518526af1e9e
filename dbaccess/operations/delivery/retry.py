"""Waits between retries of calls to Slack."""

from datetime import timedelta
from typing import Final

from dbaccess.domain.errors import SlackFailure
from dbaccess.operations.context import backoff

PATIENT: Final = 30
"""Attempts with short waits; the later ones are a minute apart."""

RARELY: Final = timedelta(minutes=10)
"""The wait after those, so that a channel that is gone for good does not use up Slack's limits."""

MOST_TRIES: Final = PATIENT + timedelta(days=7) // RARELY
"""The attempts of one week. After them a message is given up, or people who left would cost more calls each
month.
"""


def wait_after(failure: SlackFailure, attempts: int) -> timedelta:
    """Return the wait before the next attempt, after so many failed ones."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return backoff(attempts + 1) if attempts < PATIENT else RARELY
