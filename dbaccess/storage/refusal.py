"""The reason why the control database took no connection, without a secret."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dbaccess.domain.errors import BadAddress
from dbaccess.domain.refused_connection import SECRET_PARAMETERS, Place, RefusedConnection, postgresql_refusal
from dbaccess.storage.url import Url, libpq_url


def refusal_of(url: Url, error: BaseException) -> RefusedConnection:
    """Explain a failed connection to this address; an error from SQLAlchemy is explained by its cause."""
    cause = getattr(error, "orig", None) or error
    try:
        parts = conninfo_to_dict(libpq_url(url))
    except (psycopg.Error, BadAddress):
        return _UNREADABLE
    if isinstance(cause, psycopg.ProgrammingError) and cause.sqlstate is None:
        return _UNREADABLE
    place = Place.of(parts, secrets=[str(parts[name]) for name in SECRET_PARAMETERS if parts.get(name)])
    text = "timeout" if isinstance(cause, psycopg.errors.ConnectionTimeout) else str(cause)
    return postgresql_refusal(text, place)


# libpq's own words for it are in its text only, which may quote the URL.
_UNREADABLE = postgresql_refusal("invalid connection option", Place(host="", port=""))
