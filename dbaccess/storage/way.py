"""Nothing that the bot or a stopped worker holds keeps an end waiting."""

from contextlib import suppress
from typing import Final

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

_END_BLOCKERS: Final = text("select end_blockers()")

# Whoever claims skips a row that is locked, and so never waits: this does, and `end_blockers` sees it wait.
_STAND_IN_LINE: Final = text("""
select from grants where id in (
    select id from grants
     where (state = 'active' and expires_at < now() - interval '1 s')
        or (state = 'revoking' and coalesce(next_attempt_at, revoking_at) < now() - interval '1 s')
     order by least(expires_at, revoking_at), id limit 20
) order by id for no key update""")
_NOT_FOR_EVER: Final = text("set local lock_timeout = '4s'")

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate the bot's sessions, and stopped workers', that keep a worker waiting for over a second."""
    with engine.begin() as connection:
        ended = connection.execute(_END_BLOCKERS).scalar_one()
    if ended:
        log.error("sessions terminated that kept workers waiting", count=ended)


def stand_in_line(engine: Engine) -> None:
    """Wait for the rows of grants that are due and that no worker has claimed; change nothing."""
    # Whoever holds a row for longer is terminated meanwhile, or works on it.
    with suppress(OperationalError), engine.connect() as connection:
        connection.execute(_NOT_FOR_EVER)
        connection.execute(_STAND_IN_LINE)
