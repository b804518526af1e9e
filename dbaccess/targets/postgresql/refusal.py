"""The reason why a cluster took no connection, without a secret."""

from collections.abc import Collection
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dbaccess.domain.refused_connection import SECRET_PARAMETERS, Place, RefusedConnection, postgresql_refusal

WORKERS: Final = "the workers' login"


def refusal_of(
    conninfo: str,
    error: psycopg.Error,
    *,
    database: str = "",
    login: str = WORKERS,
    hidden: Collection[str] = (),
) -> RefusedConnection:
    """Explain the failed connection of `login`; `database` is the one in question, if not the address's.

    The failure of a grant is in the ledger, so the name of the workers' login is left out of it.
    """
    parts: dict[str, object] = dict(conninfo_to_dict(conninfo))
    secrets = [str(parts[name]) for name in SECRET_PARAMETERS if parts.get(name)]
    parts |= {"dbname": database or parts.get("dbname"), "user": login}
    text = "timeout" if isinstance(error, psycopg.errors.ConnectionTimeout) else str(error)
    return postgresql_refusal(text, Place.of(parts, secrets=[*secrets, *hidden]))
