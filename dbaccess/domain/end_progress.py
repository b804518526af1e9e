"""The work done on a target about a grant's end, over all calls, for its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class EndProgress:
    """Sessions `closed` by server, each by its process and start; several calls may close the same one.

    `handed_over` and `rolled_back` are as in the receipt.

    `swept` has the servers on which the roles of a personal login and then its sessions were gone. Later
    sessions there have no access.
    """

    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    swept: frozenset[str] = frozenset()
    handed_over: frozenset[str] = frozenset()
    rolled_back: frozenset[str] = frozenset()

    def __add__(self, more: Self) -> Self:
        return type(self)(
            closed={
                server: self.closed.get(server, frozenset()) | more.closed.get(server, frozenset())
                for server in {**self.closed, **more.closed}
            },
            swept=self.swept | more.swept,
            handed_over=self.handed_over | more.handed_over,
            rolled_back=self.rolled_back | more.rolled_back,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are not empty."""
        sets = {"swept": self.swept, "handed_over": self.handed_over, "rolled_back": self.rolled_back}
        data: dict[str, Any] = {name: sorted(found) for name, found in sets.items() if found}
        closed = {server: sorted(sessions) for server, sessions in self.closed.items() if sessions}
        return data | ({"closed": closed} if closed else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            closed={server: frozenset(sessions) for server, sessions in data.get("closed", {}).items()},
            swept=frozenset(data.get("swept", ())),
            handed_over=frozenset(data.get("handed_over", ())),
            rolled_back=frozenset(data.get("rolled_back", ())),
        )
