"""People as Slack knows them, and who counts as one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

SlackId = NewType("SlackId", str)
"""A Slack id of a person: `U…` or `W…`."""

PersonId = NewType("PersonId", str)
"""One human: their name under `[people]`, else their Slack id."""

SourceId = NewType("SourceId", str)
"""Where a group's members come from: a user group `S…`, a person `U…` or a channel `C…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the snapshot said of one Slack account at `read_at`.

    `sources` are the user groups and channels that listed the account then, `others` those that listed
    another account of the same human; None: nobody looked.
    """

    slack_id: SlackId
    team_id: str
    name: str
    tz: str
    is_guest: bool
    is_bot: bool
    is_deactivated: bool
    sources: frozenset[SourceId]
    read_at: datetime
    others: frozenset[SourceId] | None = None

    @property
    def may_act(self) -> bool:
        return not (self.is_bot or self.is_deactivated)
