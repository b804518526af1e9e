"""Nothing that the bot or a stopped worker holds keeps an end waiting."""

from typing import Final

import structlog
from sqlalchemy import Engine, text

_END_BLOCKERS: Final = text("select end_blockers()")

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate sessions of the bot, and idle ones of workers, that keep a worker waiting for over a second.

    A worker that asks Slack or Redis is left alone, unless it has locked what an end waits for.
    """
    with engine.begin() as connection:
        ended = connection.execute(_END_BLOCKERS).scalar_one()
    if ended:
        log.error("sessions terminated that kept workers waiting", count=ended)
