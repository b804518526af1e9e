"""The right that an audit needs, named where it is absent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dbaccess.domain.errors import DbaccessError


class MissingRight(DbaccessError):
    """The login may not read what an audit needs; the text says how to get the right."""


@contextmanager
def reading_rights() -> Iterator[None]:
    """Raise a refusal of the control database as `MissingRight`."""
    # Imported late, so that help starts fast.
    import psycopg
    import sqlalchemy.exc

    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        named = re.search(
            r"for (?:table|relation|schema|function) (\w+)", error.orig.diag.message_primary or ""
        )
        what = named[1] if named else "all that an audit needs"
        raise MissingRight(
            f"This login may not read {what}. An audit needs the role dbaccess_auditor. To give it, set "
            "DBACCESS_AUDITOR_PASSWORD and run `dbaccess migrate` as the owner; then let DATABASE_URL name "
            "dbaccess_auditor."
        ) from None
