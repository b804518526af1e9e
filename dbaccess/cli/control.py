"""The control database for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from dbaccess.settings import DatabaseSettings


@contextmanager
def control(*, snapshot: bool = False) -> Iterator[UnitOfWorkFactory]:
    """Yield transactions as the role in DATABASE_URL; jobs wait in the outbox for the workers.

    With `snapshot` each transaction sees one moment, and not what others commit meanwhile. The connections
    are closed at the end.
    """
    from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

    # A person may page through output while rows are still being read.
    engine = build_engine(
        DatabaseSettings.load().database_url, pool_size=1, application_name="dbaccess-cli", stall="1h"
    )

    reading = engine.execution_options(isolation_level="REPEATABLE READ") if snapshot else engine

    def begin() -> UnitOfWork:
        return SqlUnitOfWork(reading, None)

    try:
        yield begin
    finally:
        engine.dispose()
