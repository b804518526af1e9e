"""Objects and privileges that a holder made or changed under a grant: the worker can only list them.

Objects of a login made for the grant are handed over. Those that its holder changed in the name of a role
stay with that role.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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
class _Holder:
    """One grant to look for; `since` is the first transaction that can have had its access."""

    revocation: RevocationState
    since: int

    @property
    def name(self) -> str:
        return self.revocation.name

    @property
    def login(self) -> int | None:
        """The person's own login (by oid), which stays."""
        return None if self.revocation.is_ephemeral else self.revocation.oid

    @property
    def roles(self) -> list[int]:
        if self.revocation.is_ephemeral:
            return [int(oid) for oid in (self.revocation.recipe.traces or ())[1:]]
        oids = (self.revocation.role_oid(role) for role in self.revocation.to_take)
        return [oid for oid in oids if oid is not None]


def traces_of_roles(cluster: Cluster, roles: Sequence[str]) -> tuple[str, ...]:
    """Return the next transaction, and the roles (by oid) that a login can change things as."""
    with cluster.session() as opened:
        opened.doing = "looking at the grant's roles"
        (following,) = opened.row(statement("next_transaction"))
        return (
            str(following),
            *(str(oid) for oid, _ in opened.rows(statement("role_names"), [[], list(roles)])),
        )


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
    """Each ending has in `left` what is new or changed since its grant began, or what is unknown."""
    traced = [
        e
        for e in revocations
        if (e.recipe.act_as or e.recipe.traces if e.is_ephemeral else e.login and e.to_take)
    ]
    if not traced:
        return
    with cluster.session() as opened:
        opened.doing = "looking for what the grants leave"
        (now,) = opened.row(statement("next_transaction"))
        known = list(_known(traced, now))
        databases = _databases(opened, known)
        holders = [holder for holder in known if holder.login or any(databases[oid] for oid in holder.roles)]
        if not holders:
            return
        settings = _settings(opened, holders)
    objects = _objects(cluster, holders, databases)
    for nr, holder in enumerate(holders):
        holder.revocation.left += (*objects[nr], *sorted(settings[nr]))


def _known(revocations: Sequence[RevocationState], now: int) -> Iterator[_Holder]:
    for revocation in revocations:
        since = (revocation.recipe.traces or ("",))[0]
        if since.isascii() and since.isdigit() and 0 <= now - int(since) < _NUMBERS // 2:
            yield _Holder(revocation=revocation, since=int(since))
            continue
        why = "cannot be compared with now" if since else "was not recorded"
        revocation.left += (f"{revocation.name}: the begin of the grant {why}, so what is new is unknown",)


def _databases(opened: Session, holders: Sequence[_Holder]) -> Mapping[int, set[str]]:
    """Return by oid where something names a person's login, or a role of a made login owns something."""
    found: dict[int, set[str]] = defaultdict(set)
    logins = [holder.login for holder in holders if holder.login]
    for login, database, _ in opened.rows(statement("dependents"), [logins]) if logins else ():
        found[login].add(database)
    roles = sorted({oid for holder in holders if not holder.login for oid in holder.roles})
    for role, database in opened.rows(statement("owned_through"), [roles]) if roles else ():
        found[role].add(database)
    return found


def _settings(opened: Session, holders: Sequence[_Holder]) -> Mapping[int, list[str]]:
    values = {
        "nrs": list(range(len(holders))),
        "roles": [holder.login for holder in holders],
        "since": [holder.since for holder in holders],
        "databases": [holder.revocation.recipe.database for holder in holders],
    }
    found: dict[int, list[str]] = defaultdict(list)
    for nr, own, database in opened.rows(statement("new_settings"), values):
        who = holders[nr].name if own else "everybody"
        found[nr].append(f"{who} has new settings{_in(database)}")
    return found


def _objects(
    cluster: Cluster, holders: Sequence[_Holder], databases: Mapping[int, set[str]]
) -> Mapping[int, list[str]]:
    """Each holder's lines: in the grant's database, and in all others of its login or roles."""
    looking: dict[str, list[int]] = defaultdict(list)
    for nr, holder in enumerate(holders):
        named = [databases.get(oid, ()) for oid in ([holder.login] if holder.login else holder.roles)]
        for database in {holder.revocation.recipe.database, *chain(*named)} - {""}:
            looking[database].append(nr)
    found: dict[int, list[str]] = defaultdict(list)
    for database, nrs in sorted(looking.items()):
        try:
            with cluster.session(database) as opened:
                opened.doing = "looking for what the grants leave"
                rows = opened.rows_raw(statement("traces"), _values(holders, nrs))
        except TargetFailure as failure:
            for nr in nrs:
                found[nr].append(
                    f"{holders[nr].name}: what was changed in {database} is not examined ({failure.code})"
                )
            continue
        for nr, lines in _lines(holders, database, rows).items():
            found[nr] += lines
    return found


def _values(holders: Sequence[_Holder], nrs: Sequence[int]) -> Mapping[str, Any]:
    one_each = [(nr, oid) for nr in nrs for oid in (holders[nr].login, *holders[nr].roles) if oid is not None]
    return {
        "nrs": [nr for nr, _ in one_each],
        "roles": [oid for _, oid in one_each],
        "since": [holders[nr].since for nr, _ in one_each],
        "kinds": ["login" if oid == holders[nr].login else "granted" for nr, oid in one_each],
        "named": NAMED,
    }


def _lines(
    holders: Sequence[_Holder], database: str, rows: Sequence[tuple[Any, ...]]
) -> Mapping[int, list[str]]:
    """How many there are where not all are named, then the names.

    Objects that the end itself handed over to a role of the grant are in the receipt already.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for nr, count, *texts in rows:
        name = holders[nr].name
        if readable(texts[3] or b"") in holders[nr].revocation.progress.handed_over:
            continue
        if not found[nr] and count > NAMED:
            of = f"roles of {name} have" if holders[nr].login is None else f"{name} has"
            found[nr].append(f"{of} {count} objects in {database} or privileges on them; {NAMED} are named")
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
