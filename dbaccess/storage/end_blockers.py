"""Removal of sessions that would hold up an end: the bot's, or a stopped worker's."""

from typing import Final

import structlog
from sqlalchemy import Engine

_CLEAR: Final = "select end_hoarders() + end_blockers()"
"""Hoarders first: until they are gone nothing else may find room in the lock table."""

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate sessions of the bot, and idle ones of workers, that block a worker for over a second.

    Sessions of the bot that fill the server's lock table go first, because no other work is possible until
    then. A worker that calls Slack or Redis is left alone, unless it has locked what an end needs.
    """
    # One statement, twice a second: it needs no transaction of its own.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ended = connection.exec_driver_sql(_CLEAR).scalar_one()
    if ended:
        log.error("blocking sessions terminated", count=ended)
