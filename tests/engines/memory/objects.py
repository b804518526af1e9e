"""Privileges on single objects, given to a login that is made for a grant."""

from collections.abc import Iterator, Sequence

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.ports import Finding
from tests.engines.memory.server import MemoryServer


def tables_of(server: MemoryServer, on: ObjectPrivileges) -> list[str]:
    """Return the tables that it means at this moment; raise where one is not there or cannot be given."""
    for fault in _faults(server, on):
        raise fault
    return _meant(server, on)


def examine_objects(server: MemoryServer, several: Sequence[ObjectPrivileges]) -> Iterator[Finding]:
    for on in several:
        for fault in _faults(server, on):
            yield Finding(what=str(fault), ok=False, fix="Make the object, or let the worker give it.")


def _meant(server: MemoryServer, on: ObjectPrivileges) -> list[str]:
    of_schemas = [name for name in server.tables if name.partition(".")[0] in on.schemas]
    return sorted({*of_schemas, *on.tables})


def _faults(server: MemoryServer, on: ObjectPrivileges) -> Iterator[TargetFailure]:
    schemas = {name.partition(".")[0] for name in server.tables}
    absent = [f"the schema {schema}" for schema in on.schemas if schema not in schemas]
    absent += [f"the table {table}" for table in on.tables if table not in server.tables]
    for what in absent:
        yield TargetFailure(f"The cluster has not {what}.", code="no_object", touched=False)
    for table in _meant(server, on):
        for privilege in on.privileges:
            if table in server.tables and privilege not in server.tables[table]:
                why = f"The worker may not give {privilege} on table {table}."
                yield TargetFailure(why, code="no_grant_option", touched=False)
