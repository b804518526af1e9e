"""The control database, as the command line reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from dbaccess.settings import DatabaseSettings


@contextmanager
def control() -> Iterator[UnitOfWorkFactory]:
    """Transactions as the role that DATABASE_URL names; jobs wait in the outbox for the workers.

    Its connections are closed at the end.
    """
    from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

    # A person may read what is printed, page by page, while it is being read here.
    engine = build_engine(
        DatabaseSettings.load().database_url, pool_size=1, application_name="dbaccess-cli", stall="1h"
    )

    def begin() -> UnitOfWork:
        return SqlUnitOfWork(engine, None)

    try:
        yield begin
    finally:
        engine.dispose()
