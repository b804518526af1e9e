"""The workspace of the workers' token: asked of Slack, and known while Slack is silent."""

import threading
import time
from collections.abc import Callable

import structlog
from slack_sdk import WebClient

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.team import Team
from dbaccess.log import describe
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.slack.first_call import check_bot_token

log = structlog.get_logger()

ASK_EVERY = 5.0
"""Seconds between two attempts."""


def known_team(begin: UnitOfWorkFactory, client: WebClient) -> Team:
    """Return what Slack said last, at once; wait for the first answer if there was none.

    Before the first answer no person was read from Slack, so no grant can be due.
    """
    return _insist(lambda: _kept(begin) or _ask(begin, client))


def confirm_team(begin: UnitOfWorkFactory, client: WebClient, *, meet: Callable[[Team], None]) -> None:
    """Ask Slack in a thread of its own until it answers; `meet` takes the answer."""

    def confirm() -> None:
        meet(_insist(lambda: _ask(begin, client)))

    threading.Thread(target=confirm, name="workspace identity", daemon=True).start()


def _kept(begin: UnitOfWorkFactory) -> Team | None:
    with begin() as uow:
        return uow.team.get()


def _ask(begin: UnitOfWorkFactory, client: WebClient) -> Team:
    with begin() as uow:
        kept = uow.team.get()
    who = check_bot_token(client, team_id=kept.id if kept else None)
    team = Team(id=who.team_id, url=who.url)
    if team != kept:
        with begin() as uow:
            uow.team.put(team)
            uow.commit()
    return team


def _insist(ask: Callable[[], Team]) -> Team:
    while True:
        try:
            return ask()
        except DbaccessError as error:
            log.warning("workspace unknown", why=str(error))
        except Exception as error:  # noqa: BLE001 a process loop: whatever it was, ask again
            log.error("workspace unknown", **describe(error))  # noqa: TRY400 its text could quote a URL
        time.sleep(ASK_EVERY)
