"""SQL for the DBA that lets the workers log statements, and read the log that the server writes."""

from collections.abc import Sequence
from typing import Final

from dbaccess.domain.capture import Capture
from dbaccess.targets.postgresql.give_sql import in_database
from dbaccess.targets.postgresql.printed_block import attempt, attempts
from dbaccess.targets.postgresql.quoting import comment, identifier, text
from dbaccess.targets.postgresql.statement_log import COSTS, SETTINGS

LOG_SCHEMA: Final = "dbaccess_log"
LONGEST_READ: Final = 1_048_576
"""Bytes that one call returns at most."""

_SET_NOTE: Final = """
-- Statements of a grant are captured from this server's log. The worker sets these for the logins that it
-- makes and for its own marked statements, and for no other. Their holders cannot change them.
"""

_PERSONAL_NOTE: Final = """
-- People's own logins are not changed: what the server logs of them is captured. To have all of it, an
-- administrator runs for each login:
--   {settings}
"""

# The pattern admits no separator, so no other directory can be named; it needs no backslash, whose meaning
# depends on a setting. STRICT: a NULL passes no check.
_FUNCTIONS: Final = """\
create schema if not exists {schema};
    alter schema {schema} owner to current_user;
    revoke all on schema {schema} from public;
    grant usage on schema {schema} to {admin};
    drop function if exists {schema}.files(), {schema}.read(text, bigint, integer);
    create function {schema}.files() returns table (name text, size bigint, modified_at timestamptz)
      language sql security definer set search_path = pg_catalog, pg_temp as $log$
        select f.name, f.size, f.modification from pg_catalog.pg_ls_logdir() f
         where f.name ~ '{pattern}'
      $log$;
    create function {schema}.read(file text, begin_at bigint, bytes integer) returns bytea
      language plpgsql strict security definer set search_path = pg_catalog, pg_temp as $log$
      begin
        if file !~ '{pattern}' or begin_at < 0 or bytes not between 1 and {longest} then
          raise 'this is no part of a log' using errcode = 'insufficient_privilege';
        end if;
        return pg_read_binary_file(current_setting('log_directory') || '/' || file, begin_at, bytes, true);
      end
      $log$;
    revoke all on function {schema}.files(), {schema}.read(text, bigint, integer) from public;
    grant execute on function {schema}.files(), {schema}.read(text, bigint, integer) to {admin}"""

_PATTERN: Final = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}[.](json|csv)$"

# Without these the functions can be made, and fail for those who call them.
_MAY: Final = """has_function_privilege('pg_catalog.pg_ls_logdir()', 'execute')
      and has_function_privilege('pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)', 'execute')
      and pg_has_role('pg_read_all_settings', 'usage')"""

_READ_NOTE: Final = """\
-- To read the log, {admin} gets two functions in the workers' private database, and no right to
-- pg_read_binary_file, which reads any file of the server. They list the files of log_directory that end in
-- .json or .csv, and read a part of one by its name.
"""


def log_access_sql(capture: Capture, *, admin: str, lock_database: str, logins: Sequence[str] = ()) -> str:
    """Return the part for capture: rights to set what is logged, functions to read over SQL.

    `logins` are people's own: what logs their statements is printed as a comment, for the administrator.
    """
    names = [comment(identifier(login)) for login in logins] or ["…"]
    settings = "\n--   ".join(
        f"alter role {name} set {setting} = {text(value)};"
        for name in names
        for setting, value in SETTINGS.items()
    )
    return (
        _SET_NOTE
        + attempts(*_set_rights(admin))
        + _PERSONAL_NOTE.format(settings=settings)
        + (_functions(admin, lock_database) if capture.is_over_sql else "")
    )


def _set_rights(admin: str) -> list[str]:
    return [
        attempt(f"grant set on parameter {name} to {identifier(admin)}", lost=lost)
        for name, lost in COSTS.items()
    ]


def _functions(admin: str, lock_database: str) -> str:
    made = _FUNCTIONS.format(
        schema=identifier(LOG_SCHEMA), admin=identifier(admin), pattern=_PATTERN, longest=LONGEST_READ
    )
    lost = "Statements are not captured: the workers cannot read the server's log over SQL."
    note = _READ_NOTE.format(admin=comment(admin))
    return "\n" + in_database(lock_database, note + attempts(attempt(made, lost=lost, check=_MAY)))
