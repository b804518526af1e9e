"""A quick look at a holder's open transaction, for a message that does not wait long."""

import time
from datetime import timedelta
from typing import Final

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.cluster import Cluster, check_identity, facts
from dbaccess.targets.postgresql.login import logins_of, made_login, personal_login
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.timeouts import Timeouts

QUICK: Final = Timeouts(connect=2, answer=2.0, statement=1.5, lock=1.0)
LEFT_ALONE_SECONDS: Final = 60.0
_NO_ANSWER: Final = frozenset({"no_answer", "57014"})


class Glance:
    """Queries one cluster with short timeouts; after no answer it is not queried again for a minute.

    So a stuck target delays the waiting work by seconds in all, and not by seconds for each holder.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._not_before = float("-inf")

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        if time.monotonic() < self._not_before:
            raise TargetUnreachable(f"{self._cluster.name} did not answer a moment ago.")
        try:
            return _open_write(self._cluster, recipe)
        except TargetFailure as failure:
            if isinstance(failure, TargetUnreachable) or failure.code in _NO_ANSWER:
                self._not_before = time.monotonic() + LEFT_ALONE_SECONDS
            raise


def _open_write(cluster: Cluster, recipe: Recipe) -> timedelta | None:
    with cluster.session() as opened:
        opened.doing = "looking for open writes"
        check_identity(recipe, facts(opened).identity)
        found = logins_of(opened, [recipe])
        find = made_login if recipe.login_kind == "ephemeral" else personal_login
        login = find(recipe, found)
        if login is None:
            return None
        age: timedelta | None = opened.row(statement("open_transaction_age"), [login.oid])[0]
    return age
