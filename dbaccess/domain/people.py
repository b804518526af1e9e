"""People as Slack knows them, and who counts as one person."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

SlackId = NewType("SlackId", str)
"""A Slack id of a person: `U…` or `W…`."""

PersonId = NewType("PersonId", str)
"""One human: their name under `[people]`, else their Slack id."""

SourceId = NewType("SourceId", str)
"""Where a group's members come from: a user group `S…`, a person `U…` or a channel `C…`."""

CONFIRMED_AFTER = timedelta(seconds=10)
"""Whoever is missing from a user group or channel has left it once a reading so much later says so again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the snapshot said of one Slack account at `read_at`.

    `sources` are the user groups and channels that listed the account at their last reading; `missing` those
    that did before and did not then, which the next reading has to confirm. `others` list another account of
    the same human, or did until the last reading; None: nobody looked.
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
    missing: frozenset[SourceId] = frozenset()
    others: frozenset[SourceId] | None = None

    @property
    def as_before(self) -> "Person":
        """As if nobody had taken them out of a group at the last reading."""
        return replace(self, sources=self.sources | self.missing, missing=frozenset())

    @property
    def may_act(self) -> bool:
        return not (self.is_bot or self.is_deactivated)
