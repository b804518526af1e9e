"""Privileges on single objects: granted to a login and revoked from it in the database of its grant."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.connect_right import connect_item
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.objects import PRIVILEGES, Item, meant_objects
from dbaccess.targets.postgresql.role_borrowing import acting_as
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

_SHOWN: Final = 3
_AT_ONCE: Final = 1_000
_GRANTABLE: Final = " with grant option"


def meant_items(opened: Session, recipe: Recipe, on: ObjectPrivileges, *, holder: str) -> list[Item]:
    """Return what the grant gives on the objects that exist now.

    Includes CONNECT on their database, if the worker may grant it, because PUBLIC need not have it. Raises
    `TargetFailure` that names what is missing or what the worker may not grant.
    """
    opened.doing = "looking at the role's objects"
    if not set(on.privileges) <= set(PRIVILEGES):
        raise _refused(recipe, f"{', '.join(on.privileges)} is not for giving", "bad_privilege")
    meant = meant_objects(opened, on, holder)
    if meant.absent:
        raise _refused(recipe, f"{recipe.database} has not {_some(meant.absent)}", "no_object")
    if meant.lacks:
        why = f"the worker may not give {_some(meant.lacks)}. Run what `dbaccess targets setup-sql` prints"
        raise _refused(recipe, why, "no_grant_option")
    return [*connect_item(opened, recipe.database, holder), *meant.items]


def give_items(
    opened: Session, recipe: Recipe, meant: Sequence[Item], *, login_oid: int, holder: str
) -> bool:
    """Give the login some of what it lacks; return whether it has exactly all of it now, read back.

    One call gives a part of thousands, because the cluster's lock is held meanwhile; safe to repeat.
    """
    opened.doing = "giving the login its objects"
    held = set(_held(opened, [login_oid], holder).get(login_oid, []))
    missing = [item for item in meant if item not in held]
    with acting_as(opened, holder):
        for kind, privileges, items in _alike(missing[:_AT_ONCE]):
            opened.ddl(_saying("grant to", kind, privileges, items, recipe.login))
    if len(missing) > _AT_ONCE:
        return False
    opened.doing = "reading the login's objects back"
    if set(_held(opened, [login_oid], holder).get(login_oid, [])) != set(meant):
        raise _refused(recipe, "the database does not show the objects as they were given", "read_back")
    return True


def take_objects(opened: Session, logins: dict[int, str], *, holder: str, spare: Spare) -> bool:
    """Revoke what the holder granted to these logins (name by oid), and return whether nothing is left.

    One call takes a part of it, because the cluster's lock is held meanwhile; safe to repeat. Grants of
    others stay. They keep the login from being dropped, and that is reported.
    """
    opened.doing = "looking for what the logins have on objects"
    held = _first(_held(opened, list(logins), holder))
    if held:
        opened.doing = "taking objects from logins"
        with spare.waiting(opened), acting_as(opened, holder):
            for oid, items in sorted(held.items()):
                for kind, privileges, same in _alike(items):
                    opened.ddl(_saying("revoke from", kind, privileges, same, logins[oid]))
    opened.doing = "looking whether the objects are taken"
    left = _held(opened, list(logins), holder)
    for oid, items in sorted(left.items()):
        for item in set(items) & set(held.get(oid, ())):
            raise TargetFailure(f"{logins[oid]} still has {item.label}.", code="objects_left", touched=True)
    return not left


def _first(held: dict[int, list[Item]]) -> dict[int, list[Item]]:
    """Return a part that is taken in a small part of the time for which the lock may be held."""
    some, room = {}, _AT_ONCE
    for oid, items in sorted(held.items()):
        some[oid] = items[:room]
        room -= len(some[oid])
    return some


def _held(opened: Session, oids: Sequence[int], holder: str) -> dict[int, list[Item]]:
    found: dict[int, dict[tuple[str, str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = opened.rows(statement("held_objects"), [oids, holder] * 3)
    for oid, kind, schema, name, privilege, grantable in rows:
        found[oid][kind, schema, name].append(f"{privilege}{_GRANTABLE}" if grantable else privilege)
    return {
        oid: [
            Item(kind=kind, schema=schema, name=name, privileges=tuple(sorted(privileges)))
            for (kind, schema, name), privileges in items.items()
        ]
        for oid, items in found.items()
    }


def _alike(items: Iterable[Item]) -> list[tuple[str, tuple[str, ...], list[Item]]]:
    """Group the items that one statement can grant, always in the same order."""
    groups: dict[tuple[str, tuple[str, ...]], list[Item]] = defaultdict(list)
    for item in items:
        groups[item.kind, item.privileges].append(item)
    return [(kind, privileges, same) for (kind, privileges), same in sorted(groups.items())]


def _saying(
    verb: str, kind: str, privileges: Iterable[str], items: Iterable[Item], login: str
) -> sql.Composed:
    """Return `grant … to` or `revoke … from`, with each privilege by its name.

    ALL would include rights on columns, and the holder has none on a sequence's.
    """
    said, preposition = verb.split()
    return sql.SQL("{} {} on {} {} {} {}").format(
        sql.SQL(said),
        sql.SQL(", ").join(sql.SQL(privilege.removesuffix(_GRANTABLE)) for privilege in privileges),
        sql.SQL(kind),
        sql.SQL(", ").join(item.identifier for item in items),
        sql.SQL(preposition),
        sql.Identifier(login),
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _refused(recipe: Recipe, why: str, code: str) -> TargetFailure:
    return TargetFailure(f"{recipe.cluster}: {why}.", code=code, touched=False)
