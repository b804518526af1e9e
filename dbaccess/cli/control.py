"""The control database for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from dbaccess.settings import DatabaseSettings


@contextmanager
def control() -> Iterator[UnitOfWorkFactory]:
    """Yield transactions as the role in DATABASE_URL; jobs wait in the outbox for the workers.

    The connections are closed at the end.
    """
    from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

    # A person may page through output while rows are still being read.
    engine = build_engine(
        DatabaseSettings.load().database_url, pool_size=1, application_name="dbaccess-cli", stall="1h"
    )

    def begin() -> UnitOfWork:
        return SqlUnitOfWork(engine, None)

    try:
        yield begin
    finally:
        engine.dispose()
