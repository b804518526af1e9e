"""Objects and privileges that a person made or changed under a grant: the worker can only list them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import NAMED
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

_NUMBERS: Final = 2**32
"""Transactions bear 32 bits of their number, and half of all numbers are later than any one."""

_LONGEST: Final = 400
"""Characters of one object's privileges that a receipt shows."""

_WORDS: Final = {"o": "owns", "a": "has privileges on", "r": "is named in a policy of"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """One grant to look for; `since` is the first transaction that can have had its access."""

    revocation: RevocationState
    since: int

    @property
    def name(self) -> str:
        return self.revocation.name

    @property
    def login(self) -> int:
        return self.revocation.oid or 0

    @property
    def roles(self) -> list[int]:
        oids = (self.revocation.role_oid(role) for role in self.revocation.to_take)
        return [oid for oid in oids if oid is not None]


def traced_since(opened: Session, login_oid: int) -> int:
    """Return the first transaction, by its whole number, that can be under a grant which begins now.

    A transaction that the login has open already may do it too.
    """
    opened.doing = "looking at the login's transactions"
    # In this order: a transaction that begins between the two has a later number.
    following: int = opened.row(statement("next_transaction"))[0]
    begun: list[tuple[int]] = opened.rows(statement("open_transactions"), [login_oid])
    return min([following, *(following - (following - number) % _NUMBERS for (number,) in begun)])


def note_traces(cluster: Cluster, revocations: Sequence[RevocationState]) -> None:
    """Each personal ending has in `left` what is new or changed since its grant began, or what is unknown."""
    personal = [e for e in revocations if not e.is_ephemeral and e.login and e.to_take]
    if not personal:
        return
    with cluster.session() as opened:
        opened.doing = "looking for what the grants leave"
        (now,) = opened.row(statement("next_transaction"))
        people = list(_known(personal, now))
        if not people:
            return
        settings = _settings(opened, people)
        rows = opened.rows(statement("dependents"), [[person.login for person in people]])
    databases: dict[int, set[str]] = defaultdict(set)
    for login, database, _ in rows:
        databases[login].add(database)
    objects = _objects(cluster, people, databases)
    for nr, person in enumerate(people):
        person.revocation.left += (*objects[nr], *sorted(settings[nr]))


def _known(revocations: Sequence[RevocationState], now: int) -> Iterator[_Person]:
    for revocation in revocations:
        since = "".join(revocation.recipe.traces or ())
        if since.isascii() and since.isdigit() and 0 <= now - int(since) < _NUMBERS // 2:
            yield _Person(revocation=revocation, since=int(since))
            continue
        why = "cannot be compared with now" if since else "was not recorded"
        revocation.left += (f"{revocation.name}: the begin of the grant {why}, so what is new is unknown",)


def _settings(opened: Session, people: Sequence[_Person]) -> Mapping[int, list[str]]:
    values = {
        "nrs": list(range(len(people))),
        "roles": [person.login for person in people],
        "since": [person.since for person in people],
        "databases": [person.revocation.recipe.database for person in people],
    }
    found: dict[int, list[str]] = defaultdict(list)
    for nr, own, database in opened.rows(statement("new_settings"), values):
        whose = people[nr].name if own else "everybody"
        found[nr].append(f"{whose} has new settings{_in(database)}")
    return found


def _objects(
    cluster: Cluster, people: Sequence[_Person], databases: Mapping[int, set[str]]
) -> Mapping[int, list[str]]:
    """Each person's lines: in the grant's database, and in all others where something names the login."""
    looking: dict[str, list[int]] = defaultdict(list)
    for nr, person in enumerate(people):
        for database in {person.revocation.recipe.database, *databases.get(person.login, ())} - {""}:
            looking[database].append(nr)
    found: dict[int, list[str]] = defaultdict(list)
    for database, nrs in sorted(looking.items()):
        try:
            with cluster.session(database) as opened:
                opened.doing = "looking for what the grants leave"
                rows = opened.rows_raw(statement("traces"), _values(people, nrs))
        except TargetFailure as failure:
            for nr in nrs:
                found[nr].append(
                    f"{people[nr].name}: what was changed in {database} is not examined ({failure.code})"
                )
            continue
        for nr, lines in _lines(people, database, rows).items():
            found[nr] += lines
    return found


def _values(people: Sequence[_Person], nrs: Sequence[int]) -> Mapping[str, Any]:
    one_each = [(nr, oid) for nr in nrs for oid in (people[nr].login, *people[nr].roles)]
    return {
        "nrs": [nr for nr, _ in one_each],
        "roles": [oid for _, oid in one_each],
        "since": [people[nr].since for nr, _ in one_each],
        "kinds": ["login" if oid == people[nr].login else "granted" for nr, oid in one_each],
        "named": NAMED,
    }


def _lines(
    people: Sequence[_Person], database: str, rows: Sequence[tuple[Any, ...]]
) -> Mapping[int, list[str]]:
    """How many there are where not all are named, then the names."""
    found: dict[int, list[str]] = defaultdict(list)
    for nr, count, *texts in rows:
        name = people[nr].name
        if not found[nr] and count > NAMED:
            found[nr].append(
                f"{name} has {count} objects in {database} or privileges on them; {NAMED} are named"
            )
        found[nr].append(_said(name, database, *(readable(text or b"") for text in texts)))
    return found


def _said(
    name: str, database: str, how: str, word: str, kind: str, identity: str, owner: str, privileges: str
) -> str:
    if how in _WORDS and not word:
        return f"{name} {_WORDS[how]} {identity} in {database}"
    if how == "moved":
        return f"{kind} {identity} in {database} belongs to {owner} now"
    of = f" of {owner}" if how == "changed" else ""
    given = f": {_short(privileges)}" if privileges else ""
    return f"{word}{kind} {identity}{of} in {database} was changed{given}"


def _short(privileges: str) -> str:
    """A holder can grant to thousands of roles."""
    return privileges if len(privileges) <= _LONGEST else f"{privileges[:_LONGEST]}… and more"


def _in(database: str) -> str:
    return f" in {database}" if database else ""
