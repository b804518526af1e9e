"""SQL for the rights of the worker, each by itself: an administrator may lack one, and gives the others."""

from collections.abc import Sequence
from typing import Final

from dbaccess.targets.postgresql.printed_block import attempt, attempts, block
from dbaccess.targets.postgresql.quoting import identifier, text

RESERVE: Final = "alter system set reserved_connections = 5; then restart the server."
"""An administrator runs this, so that workers can connect while other sessions use all other connections."""

_RESERVED: Final = """
-- Reserve connections for the login, so that an end gets in while other sessions use all others. That needs
-- a restart of the server, so it is left to you:
--   alter system set reserved_connections = 5;
"""

_NEEDED: Final = """
-- To close sessions when access ends, and to see which are open and have written. A service may give its
-- master user pg_monitor alone, which includes pg_read_all_stats.
"""

_OPTIONAL: Final = """
-- The login gets in while every connection that is not reserved is in use (reserved_connections).
-- A new password reaches the server as a SCRAM verifier in a bound value. log_parameter_max_length keeps
-- bound values of the worker's own sessions out of the server's log, and statements stay in it. With
-- track = all the library pg_stat_statements would store the statement that sets a password: track_utility
-- keeps it out. That can be granted where the library is not loaded, and counts once it is.
"""


def given_rights(roles: Sequence[str], *, admin: str, makes_logins: bool) -> str:
    """Return the block that lets the worker's role give these roles; empty for none."""
    option = " with admin true, inherit false, set false" if makes_logins else " with admin option"
    each = [
        attempt(
            f"grant {identifier(role)} to {identifier(admin)}{option}",
            lost=f"No grant of {role} works. An administrator who may give {role} runs this again.",
        )
        for role in roles
    ]
    return attempts(*each) if each else ""


def needed_rights(*, admin: str, makes_logins: bool) -> str:
    """Return the block for the rights without which no end is verified."""
    to = f"to {identifier(admin)}{' with admin false, inherit true, set false' if makes_logins else ''}"
    return _NEEDED + attempts(
        attempt(
            f"grant pg_signal_backend {to}",
            lost="The worker closes no session of others, and an end stays open while one is there.",
        ),
        attempt(
            f"grant pg_read_all_stats {to}",
            instead=f"grant pg_monitor {to}",
            lost="The worker sees no session of others, and no end is verified.",
        ),
    )


def connect_rights(databases: Sequence[str], *, login: str) -> str:
    """Return the block that lets the worker's login connect to these databases."""
    return attempts(
        *(
            attempt(
                f"grant connect on database {identifier(database)} to {identifier(login)}",
                check=f"has_database_privilege({text(login)}, {text(database)}, 'connect')",
                lost=f"The worker may not connect to {database}, and no grant there works.",
            )
            for database in databases
        )
    )


def optional_rights(*, admin: str, login: str) -> str:
    """Return the block for rights that many services keep to themselves."""
    set_on = f"to {identifier(admin)}"
    return _OPTIONAL + attempts(
        attempt(
            # The server checks it before the session sets the role that it works as.
            f"grant pg_use_reserved_connections to {identifier(login)} with inherit true",
            lost="With every connection in use, an end needs one that the workers kept open.",
        ),
        attempt(
            f"grant set on parameter log_parameter_max_length {set_on}",
            lost="With log_statement = ddl or all, the log may hold the SCRAM verifier of a grant's login.",
        ),
        attempt(
            f"grant set on parameter pg_stat_statements.track_utility {set_on}",
            lost="With pg_stat_statements.track = all, the library may store such a verifier.",
        ),
    )


def reserved_connections() -> str:
    """Return the line that reserves connections, and the block whose notice names it where none is reserved.

    A setting of the whole server is the administrator's to change, in a file that another tool may write.
    """
    unset = "coalesce(current_setting('reserved_connections', true), '5') = '0'"
    notice = f"raise notice 'to do: no connection is reserved. Run %', {text(RESERVE)};"
    return _RESERVED + block(f"begin\n  if {unset} then\n    {notice}\n  end if;\nend\n")
