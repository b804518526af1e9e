"""The check that the worker may grant the configured privileges on objects, and nothing more."""

from collections.abc import Iterator, Mapping, Sequence

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.objects import Meant, meant_objects
from dbaccess.targets.postgresql.setup_sql import RUN_SETUP
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

_ABSENT = "Make it, or name another in the configuration."


def examine_objects(
    cluster: Cluster, objects: Mapping[str, Sequence[ObjectPrivileges]], *, holder: str
) -> Iterator[Finding]:
    for database, several in sorted(objects.items()):
        try:
            with cluster.session(database) as opened:
                opened.doing = "examining what may be given on objects"
                if several:
                    yield from _in_database(opened, database, several, holder)
                else:
                    yield Finding(what=f"{database}: can be entered", ok=True)
        except TargetFailure as failure:
            absent = failure.code == "no_database"
            fix = _ABSENT if absent else f"Let the worker connect to {database}."
            yield Finding(what=str(failure), ok=False, fix=fix)


def _in_database(
    opened: Session, database: str, several: Sequence[ObjectPrivileges], holder: str
) -> Iterator[Finding]:
    meant = [meant_objects(opened, on, holder) for on in several]
    for what in sorted({absent for each in meant for absent in each.absent}):
        yield Finding(
            what=f"{database} has not {what}", ok=False, fix="Make it, or take it out of the configuration."
        )
    for what in sorted({lacks for each in meant for lacks in each.lacks}):
        yield Finding(what=f"{database}: may not give {what}", ok=False, fix=RUN_SETUP)
    may_give, everybody = opened.row(statement("connect_rights"), [holder])
    if not (may_give or everybody):
        what = f"{database}: may not give CONNECT, and PUBLIC has it not"
        yield Finding(what=what, ok=False, fix=RUN_SETUP)
    if not any(each.absent or each.lacks for each in meant):
        count = len({item.label for each in meant for item in each.items if item.kind == "TABLE"})
        yield Finding(what=f"{database}: may give on {count} table{'' if count == 1 else 's'}", ok=True)
    yield from _excess(opened, database, meant, holder)


def _excess(opened: Session, database: str, meant: Sequence[Meant], holder: str) -> Iterator[Finding]:
    needed = {
        (item.kind, item.schema, item.name, privilege)
        for each in meant
        for item in each.items
        for privilege in item.privileges
    } | {("DATABASE", database, "", "CONNECT")}
    for kind, schema, name, privilege in opened.rows(statement("given_to_holder"), [holder] * 3):
        if (kind, schema, name, privilege) not in needed:
            what = f"{kind.lower()} {schema}{f'.{name}' if name else ''}"
            yield Finding(
                what=f"{database}: may give {privilege} on {what}, which no role of the configuration names",
                ok=False,
                fix=f"Revoke it from {holder} cascade, once no open grant has it.",
            )
