"""Nothing that the bot or a stopped worker holds keeps an end waiting."""

from typing import Final

import structlog
from sqlalchemy import Engine, text

_END_BLOCKERS: Final = text("select end_blockers()")
_END_HOARDERS: Final = text("select end_hoarders()")

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate sessions of the bot, and idle ones of workers, that keep a worker waiting for over a second.

    Sessions of the bot that fill the server's lock table go first: until then nothing else may work.
    A worker that asks Slack or Redis is left alone, unless it has locked what an end waits for.
    """
    ended = 0
    for call in (_END_HOARDERS, _END_BLOCKERS):
        with engine.begin() as connection:
            ended += connection.execute(call).scalar_one()
    if ended:
        log.error("sessions terminated that kept workers waiting", count=ended)
