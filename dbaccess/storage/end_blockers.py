"""Nothing that the bot or a stopped worker holds keeps an end waiting."""

from typing import Final

import structlog
from sqlalchemy import Engine

_CLEAR: Final = "select end_hoarders() + end_blockers()"
"""Hoarders first: until they are gone nothing else may find room in the lock table."""

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate sessions of the bot, and idle ones of workers, that keep a worker waiting for over a second.

    Sessions of the bot that fill the server's lock table go first: until then nothing else may work.
    A worker that asks Slack or Redis is left alone, unless it has locked what an end waits for.
    """
    with engine.begin() as connection:
        ended = connection.exec_driver_sql(_CLEAR).scalar_one()
    if ended:
        log.error("sessions terminated that kept workers waiting", count=ended)
