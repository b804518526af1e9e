"""Quick looks at what holders do, for messages and figures that do not wait long."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.use import OpenSessions, merged
from dbaccess.targets.postgresql.cluster import Cluster, check_identity, facts
from dbaccess.targets.postgresql.login import Login, Logins, logins_of, made_login, personal_login
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session

Found = TypeVar("Found")

QUICK: Final = Timeouts(connect=2, answer=2.0, statement=1.5, lock=1.0)
LEFT_ALONE_SECONDS: Final = 60.0
_NO_ANSWER: Final = frozenset({"no_answer", "57014"})


class QuickLook:
    """Queries one cluster with short timeouts; after no answer it is not queried again for a minute.

    So a stuck target delays the waiting work by seconds in all, and not by seconds for each holder.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._not_before = float("-inf")

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        return self._look(lambda: _open_transaction_age(self._cluster, recipe))

    def open_sessions(self, recipes: Sequence[Recipe]) -> Mapping[GrantId, OpenSessions]:
        return self._look(lambda: _open_sessions(self._cluster, recipes))

    def _look(self, look: Callable[[], Found]) -> Found:
        if time.monotonic() < self._not_before:
            raise TargetUnreachable(f"{self._cluster.name} did not answer a moment ago.")
        try:
            return look()
        except TargetFailure as failure:
            if isinstance(failure, TargetUnreachable) or failure.code in _NO_ANSWER:
                self._not_before = time.monotonic() + LEFT_ALONE_SECONDS
            raise


def _open_transaction_age(cluster: Cluster, recipe: Recipe) -> timedelta | None:
    with cluster.session() as opened:
        opened.doing = "looking for open writes"
        check_identity(recipe, facts(opened).identity)
        login = _login(recipe, logins_of(opened, [recipe]))
        if login is None:
            return None
        age: timedelta | None = opened.row(statement("open_transaction_age"), [login.oid])[0]
    return age


def _open_sessions(cluster: Cluster, recipes: Sequence[Recipe]) -> Mapping[GrantId, OpenSessions]:
    """A replica that does not answer fails the whole look: a session there would count as none."""
    counts: Counter[int] = Counter()
    clients: dict[int, tuple[str, ...]] = defaultdict(tuple)
    with cluster.session() as opened:
        logins = _known(opened, recipes)
        _count(opened, cluster, set(logins.values()), counts, clients)
    for replica in cluster.replicas.values():
        with replica.session() as opened:
            identity = opened.row(statement("facts"))[0]
            for recipe in recipes:
                if recipe.grant_id in logins:
                    check_identity(recipe, identity)
            _count(opened, replica, set(logins.values()), counts, clients)
    return {
        grant_id: OpenSessions(count=counts[oid], clients=clients[oid]) for grant_id, oid in logins.items()
    }


def _known(opened: Session, recipes: Sequence[Recipe]) -> dict[GrantId, int]:
    """Return the logins, by oid; of grants that were made for this server."""
    opened.doing = "looking for open sessions"
    identity, found = facts(opened).identity, logins_of(opened, recipes)
    known: dict[GrantId, int] = {}
    for recipe in recipes:
        try:
            check_identity(recipe, identity)
            login = _login(recipe, found)
        except TargetFailure:
            continue  # another login, or another server: nothing is known of this grant's own sessions
        if login is not None:
            known[recipe.grant_id] = login.oid
    return known


def _count(
    opened: Session,
    cluster: Cluster,
    oids: set[int],
    counts: Counter[int],
    clients: dict[int, tuple[str, ...]],
) -> None:
    opened.doing = "looking for open sessions"
    if not opened.row(statement("sees_sessions"))[0]:
        raise TargetFailure(
            f"{cluster.name}: the worker may not see the sessions of others.",
            code="sessions_hidden",
            touched=False,
        )
    for oid, number, addresses in opened.rows(statement("open_sessions"), [sorted(oids)]):
        counts[oid] += number
        clients[oid] = merged(clients[oid], addresses)


def _login(recipe: Recipe, found: Logins) -> Login | None:
    find = made_login if recipe.login_kind == "ephemeral" else personal_login
    return find(recipe, found)
