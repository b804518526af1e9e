"""The last step of an end: the login that was made for the grant goes."""

from collections import defaultdict
from collections.abc import Sequence

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.cluster import Cluster
from dbaccess.targets.ending import Ending
from dbaccess.targets.login import logins_of, made_login
from dbaccess.targets.ownership import hand_over
from dbaccess.targets.session import Session
from dbaccess.targets.statement import statement


def remove_logins(cluster: Cluster, endings: Sequence[Ending]) -> None:
    """Each login is dropped, or its `failure` says why it is kept, closed."""
    there = [ending for ending in endings if ending.login]
    if not there:
        return
    databases = databases_of(cluster, there)
    for ending in there:
        _hand_over(cluster, ending, databases.get(ending.oid or 0, []))
    _drop(cluster, [ending for ending in there if not ending.failure])


def databases_of(cluster: Cluster, endings: Sequence[Ending]) -> dict[int, list[str]]:
    """For each login the databases that name it; what belongs to none of them is settled in its own."""
    if not endings:
        return {}
    with cluster.session() as opened:
        opened.doing = "looking for what the logins own"
        rows = opened.rows(statement("dependents"), [[ending.oid for ending in endings]])
    found: dict[int, set[str]] = defaultdict(set)
    home = {ending.oid: ending.recipe.database for ending in endings}
    for oid, database in rows:
        found[oid].add(database or home[oid])
    return {oid: sorted(names) for oid, names in found.items()}


def _hand_over(cluster: Cluster, ending: Ending, databases: list[str]) -> None:
    if ending.login is None or not databases:
        return
    try:
        ending.reassigned = hand_over(cluster, ending.recipe, ending.login, databases)
    except TargetFailure as failure:
        ending.failure = failure


def _drop(cluster: Cluster, endings: Sequence[Ending]) -> None:
    """All in one transaction; where that fails, one by one, so that one does not keep the others."""
    if not endings:
        return
    try:
        cluster.locked(lambda opened: _drop_all(opened, endings))
    except TargetFailure as failure:
        if len(endings) == 1:
            endings[0].failure = failure
            return
        for ending in endings:
            _drop(cluster, [ending])


def _drop_all(opened: Session, endings: Sequence[Ending]) -> None:
    opened.doing = "dropping logins"
    found = logins_of(opened, [ending.recipe for ending in endings])
    names = []
    for ending in endings:
        login = made_login(ending.recipe, found)
        if login is not None and (login.oid != ending.oid or login.can_login):
            raise TargetFailure(
                f"{ending.recipe.cluster}: {login.name} changed while its grant was ending.",
                code="foreign_login",
                touched=True,
            )
        if login is not None:
            names.append(login.name)
    if names:
        opened.rows(sql.SQL("drop role {}").format(sql.SQL(", ").join(map(sql.Identifier, sorted(names)))))
