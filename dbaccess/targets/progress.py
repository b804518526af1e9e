"""What earlier calls of this process did about a grant, so that the receipt tells of it."""

from collections import Counter
from dataclasses import dataclass, field

from dbaccess.domain.grant import GrantId


@dataclass(slots=True, kw_only=True)
class Progress:
    """`closed`: sessions, by server.

    `swept`: the servers on which the roles of a personal login were gone, and then its sessions: later
    sessions there are clean.
    """

    closed: Counter[str] = field(default_factory=Counter)
    swept: set[str] = field(default_factory=set)
    handed_over: set[str] = field(default_factory=set)
    rolled_back: set[str] = field(default_factory=set)


class Memory:
    """Progress by grant, kept until the receipt."""

    def __init__(self) -> None:
        self._of: dict[GrantId, Progress] = {}

    def of(self, grant_id: GrantId) -> Progress:
        """What has no grant of its own (0) has no past either."""
        return self._of.setdefault(grant_id, Progress()) if grant_id else Progress()

    def forget(self, grant_id: GrantId) -> None:
        self._of.pop(grant_id, None)
