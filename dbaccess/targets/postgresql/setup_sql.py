"""SQL that gives the worker's role what it needs and nothing more, for the DBA to read and run."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final

from dbaccess.domain.capture import Capture
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.target import Access
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.log_access_sql import log_access_sql
from dbaccess.targets.postgresql.names import private_database, role_name
from dbaccess.targets.postgresql.objects import holder_role
from dbaccess.targets.postgresql.objects_sql import HOLDER, objects_sql
from dbaccess.targets.postgresql.policy_roles_sql import make_roles_sql, policy_roles_sql
from dbaccess.targets.postgresql.quoting import comment, identifier, text
from dbaccess.targets.postgresql.setup_rights import (
    connect_rights,
    given_rights,
    needed_rights,
    optional_rights,
    reserved_connections,
)

RUN_SETUP: Final = "Run what `dbaccess targets setup-sql` prints for this cluster."
"""The fix for a finding that this SQL prevents."""

_NO_OBJECTS: Final[Mapping[str, Sequence[ObjectPrivileges]]] = MappingProxyType({})
_NO_ACCESSES: Final[Mapping[str, Mapping[str, Access]]] = MappingProxyType({})

_HEAD: Final = """\
-- dbaccess, installation {installation}: the worker's role on this cluster, PostgreSQL {version}.
-- Run it with psql, connected to any database: psql -v ON_ERROR_STOP=1 -f this-file
-- Run it as a superuser, or as the master user of a managed service: CREATEROLE, CREATEDB, and ADMIN on
-- pg_signal_backend and pg_read_all_stats. A right that you may not give is left out, and a notice says what
-- is lost without it. It may run again, for example after a role was added. It holds no password.
begin;
"""

_ROLES: Final = """
-- {admin} does the work. It cannot log in, and it stays when the login below is replaced: what one login
-- made, the next may remove.
{make}alter role {admin} nologin {createrole};

-- The login of the worker has nothing of its own: every session of it begins as {admin}.
alter role {login} login noinherit nocreaterole connection limit 30;
grant {admin} to {login}{admin_options};
alter role {login} set role = {admin_text};
"""

_POLICY_ROLES: Final = """
-- The roles that the policy grants. One that is there stays as it is.
{make_given}"""

_GIVEN_16: Final = """
-- The worker may give and take them. It does not hold them itself: inherit false, set false.{owners_note}
"""

_GIVEN_15: Final = """
-- The worker may give and take them. No CREATEROLE before PostgreSQL 16: with it one could reset other
-- people's passwords. So this cluster offers login = "personal" only. Before 16 ADMIN makes a member too.
"""

# In UTF8 the names of all roles can be read, without a conversion that could fail.
_MADE_AS: Final = "template template0 encoding 'UTF8' locale_provider libc locale 'C'"

_LOCK_DATABASE: Final = """
-- The workers' private database. They take their lock there, where no other login can hold it, and work from
-- there, so they depend on no database of yours. One table in it keeps the last head of the ledger.
select 'create database {lock} {made_as}'
 where not exists (select from pg_database where datname = {lock_text}) \\gexec
-- Another login may have made it first: its owner could hold the lock.
alter database {lock} owner to current_user;
revoke all on database {lock} from public;
grant connect on database {lock} to {login};
grant create on database {lock} to {admin};
"""

_DATABASES: Final = """
-- Into the databases of targets with made logins, even if PUBLIC may not: to give and take on objects
-- there, and to hand over what such a login owns.
"""

_OWNERS_NOTE: Final = """
-- {owners}: what people make under such a grant is handed over to it at the end. The worker takes its
-- privileges for that one transaction and gives them back in it."""

_TAIL: Final = """
-- Now set the worker's password; psql sends it hashed, and never shows it:
--   \\password {login_plain}
-- and put it into the cluster's URL (DBACCESS_CLUSTER_<NAME>_URL, workers only).
-- pg_hba.conf must let {login_plain} reach the database {lock_plain}{hba}.
"""

_HBA_16: Final = """ and every target of this cluster,
-- and the logins jit_… their target, all with scram-sha-256"""


def setup_sql(
    *,
    version: int,
    installation: str,
    lock_database: str | None = None,
    roles: Sequence[str],
    owners: Sequence[str] = (),
    admin: str | None = None,
    login: str | None = None,
    objects: Mapping[str, Sequence[ObjectPrivileges]] = _NO_OBJECTS,
    accesses: Mapping[str, Mapping[str, Access]] = _NO_ACCESSES,
    databases: Sequence[str] = (),
    capture: Capture | None = None,
    logins: Sequence[str] = (),
) -> str:
    """Return SQL with comments; `roles` are what the targets grant, `owners` what they act as.

    `objects` are privileges on objects, by database; `accesses` the access of each role, by database;
    `databases` those with ephemeral logins; `capture` says where statements are read; `logins` are people's
    own. Before PostgreSQL 16 no target can have objects or such logins. `lock_database` is the workers'
    private database; without it the installation's name is in its name.
    Raises `TargetFailure` for a name that PostgreSQL would take for another.
    """
    makes_logins = version >= FIRST_VERSION
    admin = role_name(admin or f"dbaccess_admin_{installation}")
    login = role_name(login or f"dbaccess_worker_login_{installation}")
    holder = role_name(holder_role(installation))
    lock_database = private_database(installation, lock_database)
    given = sorted({role_name(role) for role in (*roles, *owners)})
    names = _names(installation, version, admin, login, lock_database)
    objects = objects if makes_logins else _NO_OBJECTS
    return "".join(
        (
            _roles_sql(names, given=given, holder=holder if objects else None),
            _given_note(owners, makes_logins=makes_logins) if given else "",
            given_rights(given, admin=admin, makes_logins=makes_logins),
            needed_rights(admin=admin, makes_logins=makes_logins),
            _LOCK_DATABASE.format(**names),
            _databases_sql({*databases, *objects}, admin=admin, login=login) if makes_logins else "",
            policy_roles_sql(accesses, version=version, owners=sorted(set(owners))),
            objects_sql(objects, holder=holder),
            _capture_sql(capture, lock_database=lock_database, admin=admin, logins=logins),
            _TAIL.format(**names),
        )
    )


def _names(installation: str, version: int, admin: str, login: str, lock: str) -> dict[str, object]:
    makes_logins = version >= FIRST_VERSION
    return {
        "installation": comment(installation),
        "version": version,
        "make": make_roles_sql([admin, login]),
        "admin": identifier(admin),
        "admin_text": text(admin),
        "admin_options": " with admin false, inherit false, set true" if makes_logins else "",
        "createrole": "createrole" if makes_logins else "nocreaterole",
        "login": identifier(login),
        "login_plain": comment(login),
        "lock": identifier(lock),
        "lock_text": text(lock),
        "lock_plain": comment(lock),
        "made_as": _MADE_AS.replace("'", "''"),
        "hba": _HBA_16 if makes_logins else ", with scram-sha-256",
    }


def _roles_sql(names: Mapping[str, object], *, given: Sequence[str], holder: str | None) -> str:
    """Return the transaction that makes the roles, with `holder` for privileges on objects."""
    parts = [_HEAD.format(**names), _ROLES.format(**names)]
    if given:
        parts.append(_POLICY_ROLES.format(make_given=make_roles_sql(given, question=True)))
    if holder is not None:
        parts.append(HOLDER.format(**names, holder=identifier(holder), make_holder=make_roles_sql([holder])))
    return "".join((*parts, "\ncommit;\n"))


def _given_note(owners: Sequence[str], *, makes_logins: bool) -> str:
    return _GIVEN_16.format(owners_note=_owners_note(owners)) if makes_logins else _GIVEN_15


def _databases_sql(reached: AbstractSet[str], *, admin: str, login: str) -> str:
    connect = _DATABASES + connect_rights(sorted(reached), login=login) if reached else ""
    return connect + optional_rights(admin=admin, login=login) + reserved_connections()


def _capture_sql(capture: Capture | None, *, lock_database: str, admin: str, logins: Sequence[str]) -> str:
    if capture is None:
        return ""
    return log_access_sql(capture, admin=admin, lock_database=lock_database, logins=logins)


def _owners_note(owners: Sequence[str]) -> str:
    owned = comment(", ".join(sorted(set(owners))))
    return _OWNERS_NOTE.format(owners=owned) if owned else ""


def lock_database_sql(database: str, login: str, *, makes: bool) -> str:
    """Return the part for the private database alone, on one line."""
    named = identifier(database)
    grant = f"grant connect on database {named} to {identifier(login)};"
    made = f"create database {named} {_MADE_AS}; revoke all on database {named} from public; "
    return f"{made if makes else ''}{grant}"
