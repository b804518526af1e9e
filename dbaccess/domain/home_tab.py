"""The Home tabs that people opened lately, which follow what happens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.people import SlackId

OPEN_FOR: Final = timedelta(hours=8)
"""A tab that was opened longer ago is left as it is until its person opens it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTab:
    """The tab of one account, last looked at for its person's `accounts` and `groups`.

    `shown` is the hash of its content, without the time; empty where it is not known. `look_at` is when it is
    compared with the present state.
    """

    slack_id: SlackId
    accounts: frozenset[SlackId]
    groups: frozenset[str]
    shown: str
    look_at: datetime
