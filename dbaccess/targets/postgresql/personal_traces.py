"""New dependencies of a personal login since its grant began, which the worker lists and cannot change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import NAMED
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.session import Session
from dbaccess.targets.postgresql.statement import statement

_MOST: Final = 200
"""The most that is recorded before a grant, for comparison."""
_WORDS: Final = {"o": "owns", "a": "has privileges on", "r": "is named in a policy of"}

_Trace = tuple[int, str, str]
"""(login, key, database); the key has the kind of dependency and the oids of database, class and object."""

_Found = Mapping[tuple[int, str], Sequence[_Trace]]
"""By (login, ""), and by (0, database) for settings of the whole database."""


def traces_of(opened: Session, login_oid: int, recipe: Recipe) -> tuple[str, ...] | None:
    """Return the keys before the grant, to compare with at the end; None if too many to record."""
    found = _traces(opened, [login_oid], [recipe])
    keys = [key for _, key, _ in _concerning(found, login_oid, recipe)]
    return tuple(keys) if len(keys) <= _MOST else None


def note_traces(cluster: Cluster, revocations: Sequence[RevocationState]) -> None:
    """Add to `left` of each personal revocation what is new since its grant began, or that it is unknown."""
    personal = [e for e in revocations if not e.is_ephemeral and e.login and e.to_take]
    for revocation in personal:
        if revocation.recipe.traces is None:
            revocation.left += (
                f"{revocation.name}: what it had before was not recorded, so what is new is unknown",
            )
    compared = [e for e in personal if e.recipe.traces is not None]
    if not compared:
        return
    with cluster.session() as opened:
        found = _traces(opened, [e.oid for e in compared if e.oid], [e.recipe for e in compared])
    for revocation in compared:
        before = set(revocation.recipe.traces or ())
        new = [one for one in _concerning(found, revocation.oid, revocation.recipe) if one[1] not in before]
        revocation.left += (*_counted(revocation, new), *sorted(_said(cluster, revocation, new)))


def _traces(opened: Session, logins: Sequence[int], recipes: Sequence[Recipe]) -> _Found:
    opened.doing = "looking for what the logins have"
    databases = sorted({recipe.database for recipe in recipes})
    found: dict[tuple[int, str], list[_Trace]] = defaultdict(list)
    for owner, key, database in opened.rows(statement("traces"), [list(logins), list(logins), databases]):
        found[owner, "" if owner else database].append((owner, key, database))
    return found


def _concerning(found: _Found, login_oid: int | None, recipe: Recipe) -> list[_Trace]:
    """Return the login's own, and what is set for all logins in the grant's database."""
    return [*found.get((login_oid or 0, ""), ()), *found.get((0, recipe.database), ())]


def _counted(revocation: RevocationState, traces: Sequence[_Trace]) -> Iterator[str]:
    """Yield how many there are in each database of which not all are named, before the names."""
    for database, keys in _by_database(traces).items():
        if len(keys) > NAMED:
            where = f" in {database}" if database else ""
            yield f"{revocation.name} has {len(keys)} objects{where} or privileges on them; {NAMED} are named"


def _by_database(traces: Sequence[_Trace]) -> Mapping[str, list[str]]:
    """Return the keys of objects, without those of settings."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, key, database in traces:
        if not key.startswith("set."):
            found[database].append(key)
    return found


def _said(cluster: Cluster, revocation: RevocationState, traces: Sequence[_Trace]) -> Iterator[str]:
    name = revocation.name
    for owner, key, database in traces:
        if key.startswith("set."):
            whose = name if owner else "everybody"
            yield f"{whose} has new settings{f' in {database}' if database else ''}"
    for database, keys in _by_database(traces).items():
        names = _names(cluster, database, keys[:NAMED])
        for key in keys[:NAMED]:
            what = names.get(key, "an object")
            where = f" in {database}" if database else ""
            yield f"{name} {_WORDS.get(key[0], 'is named in')} {what}{where}"


def _names(cluster: Cluster, database: str, keys: Sequence[str]) -> dict[str, str]:
    """Return names by key; an object in a database that the worker cannot enter has none."""
    parts = [key.split(".") for key in keys]
    values = [list(keys), [int(part[2]) for part in parts], [int(part[3]) for part in parts]]
    try:
        with cluster.session(database or None) as opened:
            opened.doing = "naming what the logins have"
            return {key: name for key, name in opened.rows(statement("trace_names"), values) if name}
    except TargetFailure:
        return {}
