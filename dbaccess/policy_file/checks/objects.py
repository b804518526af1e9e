"""Checks of roles on objects: they must give something, to an ephemeral login, and fit their access."""

from collections.abc import Iterator

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.policy_file.problems.problem import Complaint
from dbaccess.policy_file.shape.file import FileShape, ObjectsShape, RoleShape


def object_privileges(shape: ObjectsShape) -> ObjectPrivileges:
    """Return the privileges sorted, because the order in the file means nothing."""
    return ObjectPrivileges(
        schemas=tuple(sorted(shape.schemas or ())),
        tables=tuple(sorted(shape.tables or ())),
        privileges=tuple(sorted(shape.privileges)),
    )


def object_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield the path and the problem of each."""
    for target_name, target in file.targets.items():
        for role_name, role in target.roles.items():
            for key, why in _complaints(role, personal=target.login == "personal"):
                yield ("targets", target_name, "roles", role_name, *key), why


def _complaints(role: RoleShape, *, personal: bool) -> Iterator[Complaint]:
    if role.on is None:
        if role.grants is None:
            yield (), 'gives nothing. Write grants = ["…"], or on = { tables = […], privileges = […] }.'
        return
    if personal:
        yield (
            ("on",),
            (
                "goes to logins made for a grant only. "
                'Write login = "ephemeral" for the target, or name a role under grants.'
            ),
        )
    if role.on.schemas is None and role.on.tables is None:
        yield ("on",), 'names no object. Write schemas = ["…"] or tables = ["schema.table"].'
    more = sorted(set(role.on.privileges) - {"SELECT"})
    if role.access == "read" and more:
        yield (
            ("on", "privileges"),
            f'"{more[0]}" is more than access = "read". Take it out, or write "write".',
        )
