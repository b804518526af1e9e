"""People and their Slack accounts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

from dbaccess.domain.display_name import shown_name

SlackId = NewType("SlackId", str)
"""The Slack id of a person: `U…` or `W…`."""

PersonId = NewType("PersonId", str)
"""One human: the name under `[people]`, else the Slack id."""

SourceId = NewType("SourceId", str)
"""The source of a group's members: a user group `S…`, a person `U…` or a channel `C…`."""

CONFIRMED_AFTER = timedelta(seconds=10)
"""A member missing from a user group or channel has left once a second reading, this much later, confirms it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One Slack account as the snapshot had it at `read_at`.

    `sources` are the user groups and channels that listed the account at their last reading. `missing` are
    those that listed it before but not then; the next reading has to confirm that. `others` list another
    account of the same human, or did until the last reading; None if not looked up. `known_as` is who the
    policy takes the account for; empty if not looked up.
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
    known_as: str = ""

    @property
    def shown(self) -> str:
        """Return the display name, which people choose, with the name from `[people]` or the Slack id."""
        return shown_name(self.name, self.known_as or self.slack_id)

    @property
    def as_before(self) -> "Person":
        """Return the person as if the last reading had removed them from no group."""
        return replace(self, sources=self.sources | self.missing, missing=frozenset())

    @property
    def may_act(self) -> bool:
        return not (self.is_bot or self.is_deactivated)
