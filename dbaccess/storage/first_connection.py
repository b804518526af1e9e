"""The first connection of a process to the control database: a process begins only as its own role."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg

from dbaccess.domain.errors import BadAddress, CannotStart
from dbaccess.domain.policy_in_use import BOT as BOT_PROCESS
from dbaccess.storage.connecting import ENCODING, WRITABLE, connect, why_read_only, wrong_encoding
from dbaccess.storage.migrate import BOT, WORKER
from dbaccess.storage.refusal import refusal_of
from dbaccess.storage.url import Url

_WHO: Final = """select session_user::text, pg_backend_pid(),
                        to_regclass('public.policy_versions') is not null"""
_BEFORE: Final = """select exists (select from policy_versions where writer = %s),
                           exists (select from grants where state not in ('ended', 'written_off')),
                           (select team_id from team)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """The content of the control database at a start.

    `ran_before`: a process of this kind has worked on it. `team_id` is the workspace that it belongs to; None
    if Slack was never asked.
    """

    ran_before: bool
    has_open_grants: bool
    team_id: str | None


def look_first(url: Url, *, process: str) -> FirstLook:
    """Connect as the bot or as a worker; raises `CannotStart` unless this is that process's own login.

    The owner and administrators could change what the ledger records, so no process runs as one of them.
    """
    role = BOT if process == BOT_PROCESS else WORKER
    try:
        with connect(url, application_name=f"dbaccess-{process}") as connection:
            login, pid, migrated = _row(connection, _WHO)
            _check_login(login, role=role)
            _check_direct(pid, connection.info.backend_pid)
            _check_fit(connection, takes_requests=role == BOT)
            if not migrated:
                raise CannotStart(f"DATABASE_URL: {_MIGRATE}")
            ran_before, has_open_grants, team_id = _row(connection, _BEFORE, [process])
    except psycopg.errors.InsufficientPrivilege:
        raise CannotStart(f"DATABASE_URL: {_MIGRATE}") from None
    except psycopg.Error as error:
        failure = CannotStart(f"DATABASE_URL: {refusal_of(url, error)}")
    except BadAddress as error:
        failure = CannotStart(f"DATABASE_URL: {error}")
    else:
        return FirstLook(ran_before=ran_before, has_open_grants=has_open_grants, team_id=team_id)
    # Outside the handler: the driver's error may quote the address, and would be attached as context.
    raise failure


def _check_login(login: str, *, role: str) -> None:
    if login != role:
        raise CannotStart(
            f"DATABASE_URL logs in as {login}: use {role} here. The owner, administrators and the other "
            "process's role are refused."
        )


def _check_direct(pid: int, announced: int) -> None:
    """Refuse a pooler that ignores our settings: it tells each client a number of its own, to cancel by."""
    if pid != announced:
        raise CannotStart(
            "DATABASE_URL leads to a pooler: use the address of the server itself. A pooler loses locks and "
            "settings."
        )


def _check_fit(connection: "psycopg.Connection[tuple[Any, ...]]", *, takes_requests: bool) -> None:
    """Refuse a database that takes no writes. One in another encoding takes no requests, but ends grants."""
    found = why_read_only(*_row(connection, WRITABLE))
    if found is None and takes_requests:
        found = wrong_encoding(*_row(connection, ENCODING))
    if found is not None:
        what, fix = found
        raise CannotStart(f"DATABASE_URL leads to {what}: {fix}")


_MIGRATE: Final = "this is no control database of this version. Run as the owner: dbaccess migrate"


def _row(
    connection: "psycopg.Connection[tuple[Any, ...]]", query: str, values: list[str] | None = None
) -> Any:
    return connection.execute(query.encode(), values).fetchone()
