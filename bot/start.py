"""The checks of a bot before it takes requests: its settings fit the servers that they name."""

import structlog

from dbaccess.domain.errors import CannotStart
from dbaccess.domain.policy_in_use import BOT
from dbaccess.queue import ask_redis
from dbaccess.settings import BotSettings, HttpMode, SocketMode
from dbaccess.slack.client import build_client
from dbaccess.slack.first_call import check_app_token, check_bot_token
from dbaccess.slack.workspace_identity import Identity
from dbaccess.storage.first_connection import look_first

log = structlog.get_logger()


def check_surroundings(settings: BotSettings, mode: SocketMode | HttpMode) -> Identity:
    """Return who Slack says we are; raises `CannotStart` or `SlackFailure` for the first thing that is wrong.

    A bot that ran before starts without Redis: the workers find its jobs in the control database.
    """
    seen = look_first(settings.database_url, process=BOT)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    who = check_bot_token(client, team_id=seen.team_id)
    if isinstance(mode, SocketMode):
        check_app_token(build_client(mode.app_token, settings.slack_api_url), client, who)
    refused = ask_redis(settings.redis_url)
    if refused is not None and not seen.ran_before:
        raise CannotStart(f"REDIS_URL: {refused}")
    if refused is not None:
        log.error("queue unreachable", why=str(refused))
    return who
