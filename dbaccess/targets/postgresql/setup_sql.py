"""SQL that gives the worker's role what it needs and nothing more, for the DBA to read and run."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.names import lock_database, role_name
from dbaccess.targets.postgresql.objects import holder_role
from dbaccess.targets.postgresql.objects_sql import HOLDER, objects_sql
from dbaccess.targets.postgresql.quoting import comment, identifier, text

RUN_SETUP: Final = "Run what `dbaccess targets setup-sql` prints for this cluster."
"""The fix for a finding that this SQL prevents."""

_NO_OBJECTS: Final[Mapping[str, Sequence[ObjectPrivileges]]] = MappingProxyType({})

_HEAD: Final = """\
-- dbaccess, installation {installation}: the worker's role on this cluster, PostgreSQL {version}.
-- Run it as a superuser with psql, connected to any database: psql -v ON_ERROR_STOP=1 -f this-file
-- It may be run again, after a role was added say. It holds no password: you set that yourself at the end.
begin;
"""

_ROLES: Final = """
-- {admin} does the work. Nobody logs in as it, and it stays when the login below is replaced: what one login
-- made, the next may remove.
do $dbaccess$
begin
  if not exists (select from pg_roles where rolname = {admin_text}) then
    create role {admin};
  end if;
  if not exists (select from pg_roles where rolname = {login_text}) then
    create role {login};
  end if;
end
$dbaccess$;
alter role {admin} nologin {createrole};

-- The login of the worker has nothing of its own: every session of it begins as {admin}.
alter role {login} login noinherit nocreaterole connection limit 30;
alter role {login} set role = {admin_text};
"""

_GRANTS_16: Final = """
grant {admin} to {login} with admin false, inherit false, set true;

-- The roles it may give and take. It does not hold them itself: inherit false, set false.{owners_note}
grant {roles} to {admin} with admin true, inherit false, set false;

-- To close sessions when access ends, and to see which are open and have written.
grant pg_signal_backend, pg_read_all_stats to {admin} with admin false, inherit true, set false;
"""

# Each in a transaction of its own: a master user without superuser may lack the right to some, and needs the
# rest.
_OPTIONAL_16: Final = """
-- Where you may not give one of these, a warning says so, and `dbaccess doctor` what is missing without it.
-- The login gets in while every connection that is not reserved is in use (reserved_connections).
{use_reserved}
-- A new password reaches the server as a SCRAM verifier in a bound value: this keeps bound values of the
-- worker's own sessions out of the server's log, whatever log_statement says. Statements stay in it.
{hide_from_log}
-- With track = all the library pg_stat_statements would store the statement that sets it, verifier included:
-- this keeps it out of that. It can be granted where the library is not loaded, and counts once it is.
{hide_from_statistics}"""

_OPTIONAL: Final = """\
do $dbaccess$
begin
  {right};
exception when others then
  raise warning 'left out: %', sqlerrm;
end
$dbaccess$;
"""

# In UTF8 the names of all roles can be read, without a conversion that could fail.
_MADE_AS: Final = "template template0 encoding 'UTF8' locale_provider libc locale 'C'"

_LOCK_DATABASE: Final = """
-- The workers' private database. They take their lock there, where no other login can hold it, and work from
-- there, so they depend on no database of yours. One table of theirs in it keeps the last head of the ledger.
select 'create database {lock} {made_as}'
 where not exists (select from pg_database where datname = {lock_text}) \\gexec
-- Another login may have made it first: its owner could hold the lock.
alter database {lock} owner to current_user;
revoke all on database {lock} from public;
grant connect on database {lock} to {login};
grant create on database {lock} to {admin};
"""

_DATABASES: Final = """
-- Into the databases of targets whose logins are made, be it that PUBLIC may not: to give and take on objects
-- there, and to hand over what such a login owns.
grant connect on database {databases} to {login};
"""

_GRANTS_15: Final = """
grant {admin} to {login};

-- The roles it may give and take. No CREATEROLE before PostgreSQL 16: with it one could reset other people's
-- passwords. So this cluster offers login = "personal" only. Before 16 who may give a role also holds it.
grant {roles} to {admin} with admin option;

-- To close sessions when access ends, and to see which are open and have written.
grant pg_signal_backend, pg_read_all_stats to {admin};
"""

_OWNERS_NOTE: Final = """
-- {owners}: what people make under such a grant is handed over to it at the end. The worker takes its
-- privileges for that one transaction and gives them back in it."""

_TAIL: Final = """
-- Now set the worker's password; psql sends it hashed and shows it to nobody:
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
    roles: Sequence[str],
    owners: Sequence[str] = (),
    admin: str | None = None,
    login: str | None = None,
    objects: Mapping[str, Sequence[ObjectPrivileges]] = _NO_OBJECTS,
    databases: Sequence[str] = (),
) -> str:
    """Return SQL with comments; `roles` are what the targets grant, `owners` what they act as.

    `objects` are privileges on objects, by database; `databases` those with ephemeral logins. Before
    PostgreSQL 16 no target can have these. Raises `TargetFailure` for a name that PostgreSQL would take for
    another.
    """
    makes_logins = version >= FIRST_VERSION
    admin = role_name(admin or f"dbaccess_admin_{installation}")
    login = role_name(login or f"dbaccess_worker_login_{installation}")
    holder = role_name(holder_role(installation))
    lock = lock_database(installation)
    given = sorted({role_name(role) for role in (*roles, *owners)})
    owned = sorted(set(owners))
    names = {
        "installation": comment(installation),
        "version": version,
        "admin": identifier(admin),
        "admin_text": text(admin),
        "login": identifier(login),
        "login_text": text(login),
        "login_plain": comment(login),
        "lock": identifier(lock),
        "lock_text": text(lock),
        "made_as": _MADE_AS.replace("'", "''"),
        "lock_plain": comment(lock),
        "createrole": "createrole" if makes_logins else "nocreaterole",
        "roles": ", ".join(map(identifier, given)),
        "owners_note": _OWNERS_NOTE.format(owners=comment(", ".join(owned))) if owned else "",
        "holder": identifier(holder),
        "holder_text": text(holder),
        "databases": ", ".join(map(identifier, sorted({*databases, *objects}))),
        **{key: _OPTIONAL.format(right=right) for key, right in _optional(admin, login).items()},
        "hba": _HBA_16 if makes_logins else ", with scram-sha-256",
    }
    grants = _GRANTS_16 if makes_logins else _GRANTS_15
    if not given:
        grants = "".join(part for part in _paragraphs(grants) if "{roles}" not in part)
    on_objects = makes_logins and bool(objects)
    reached = _DATABASES if makes_logins and names["databases"] else ""
    optional = _OPTIONAL_16 if makes_logins else ""
    on_holder = HOLDER if on_objects else ""
    parts = (_HEAD, _ROLES, grants, reached, on_holder, "\ncommit;\n", _LOCK_DATABASE, optional)
    printed = "".join(part.format(**names) for part in parts)
    if on_objects:
        printed += objects_sql(objects, holder=holder)
    return printed + _TAIL.format(**names)


def _optional(admin: str, login: str) -> Mapping[str, str]:
    set_on = f"to {identifier(admin)}"
    return {
        # The server checks it before the session sets the role that it works as.
        "use_reserved": f"grant pg_use_reserved_connections to {identifier(login)} with inherit true",
        "hide_from_log": f"grant set on parameter log_parameter_max_length {set_on}",
        "hide_from_statistics": f"grant set on parameter pg_stat_statements.track_utility {set_on}",
    }


def lock_database_sql(database: str, login: str, *, makes: bool) -> str:
    """Return the part for the private database alone, on one line."""
    named = identifier(database)
    grant = f"grant connect on database {named} to {identifier(login)};"
    made = f"create database {named} {_MADE_AS}; revoke all on database {named} from public; "
    return f"{made if makes else ''}{grant}"


def _paragraphs(printed: str) -> list[str]:
    return [f"{part}\n\n" for part in printed.split("\n\n")]
