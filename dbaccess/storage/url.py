"""Database URLs, as people write them and as SQLAlchemy reads them."""

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dbaccess.domain.errors import BadAddress

Url = str | SecretStr


def driver_url(url: Url) -> URL:
    """Return the URL for SQLAlchemy with psycopg, from any of the usual schemes; raises `BadAddress`."""
    try:
        parts = make_url(_plain(url).replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise BadAddress("The address of the control database cannot be read.") from None
    return parts.set(drivername="postgresql+psycopg")


def libpq_url(url: Url) -> str:
    """Return the URL for psycopg itself."""
    return driver_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _plain(url: Url) -> str:
    return url.get_secret_value() if isinstance(url, SecretStr) else url
