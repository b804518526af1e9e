"""The memberships that lead from a login to a role, and the shortest way through them."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.standing_access import StandingRole

LONGEST_PATH: Final = 16
"""Names of a path that are kept; a longer one has `…` in its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A membership: `member` and `role` are identities. `is_ours` where the worker's role gave it."""

    member: str
    role: str
    is_ours: bool
    is_usable: bool = True


def standing_roles(
    edges: Iterable[Edge], *, named: Collection[str], names: Mapping[str, str], logins: Collection[str]
) -> tuple[StandingRole, ...]:
    """Return the roles among `named` that these logins hold, by login and role, each with its shortest path.

    A path that begins with a membership of ours is a grant's. One that begins at another login's membership
    is not, even where a grant of ours follows on it: that login lends what it was granted.
    """
    below: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        below[edge.role].append(edge)
    found: dict[tuple[str, str], StandingRole] = {}
    for role in sorted(named, key=lambda identity: names[identity]):
        for is_usable in (True, False):
            for path in _paths(below, role, only_usable=is_usable):
                if path[0] not in logins or (path[0], role) in found:
                    continue
                found[path[0], role] = StandingRole(
                    login_identity=path[0],
                    login=names[path[0]],
                    role_identity=role,
                    role=names[role],
                    path=cut([names[one] for one in path]),
                    is_usable=is_usable,
                )
    return tuple(sorted(found.values(), key=lambda one: (one.login, one.role)))


def _paths(below: Mapping[str, Sequence[Edge]], role: str, *, only_usable: bool) -> Iterator[tuple[str, ...]]:
    """Yield a path from each member to the role, the shortest first; each member is walked through once."""
    to_role: dict[str, tuple[str, ...]] = {role: (role,)}
    waiting = deque([role])
    while waiting:
        place = waiting.popleft()
        for edge in below.get(place, ()):
            if only_usable and not edge.is_usable:
                continue
            path = (edge.member, *to_role[place])
            if not edge.is_ours:
                yield path
            if edge.member not in to_role:
                to_role[edge.member] = path
                waiting.append(edge.member)


def cut(path: Sequence[str]) -> tuple[str, ...]:
    half = LONGEST_PATH // 2
    return tuple(path) if len(path) <= LONGEST_PATH else (*path[:half], "…", *path[-half + 1 :])
