"""The checks of the workers before their parts begin: their settings fit the servers that they name."""

import os
import socket

import structlog

from dbaccess.domain.errors import CannotStart, SlackFailure
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.policy_in_use import start_worker
from dbaccess.queue import ask_redis
from dbaccess.settings import WorkerSettings
from dbaccess.slack.client import build_client
from dbaccess.slack.first_call import check_bot_token
from dbaccess.storage.first_connection import FirstLook, look_first
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

log = structlog.get_logger()

PROCESS = "worker"


def check_surroundings(settings: WorkerSettings) -> None:
    """Raise `CannotStart` for the first fault; log it where the workers must start all the same.

    Ends need neither Slack nor Redis, so a fault there keeps no worker from a grant that is open.
    """
    seen = look_first(settings.database_url, process=PROCESS)
    _check_slack(settings, seen)
    refused = ask_redis(settings.redis_url)
    if refused is not None and not seen.ran_before:
        raise CannotStart(f"REDIS_URL: {refused}")
    if settings.dbaccess_ledger_key is None:
        log.warning("ledger key missing", why="DBACCESS_LEDGER_KEY is not set: no checkpoints")
    if refused is not None:
        log.error("queue unreachable", why=str(refused))


def check_other_hosts(settings: WorkerSettings, policy: Policy) -> None:
    """Record the start; raises `CannotStart` while workers of another host lock a cluster elsewhere."""
    process = Process(name="supervisor", host=socket.gethostname(), pid=os.getpid())
    engine = build_engine(settings.database_url, pool_size=1, application_name="dbaccess-worker")
    try:
        start_worker(lambda: SqlUnitOfWork(engine, None), policy=policy, process=process)
    finally:
        engine.dispose()  # parts are forked from here


def _check_slack(settings: WorkerSettings, seen: FirstLook) -> None:
    try:
        check_bot_token(build_client(settings.slack_bot_token, settings.slack_api_url), team_id=seen.team_id)
    except SlackFailure:
        return  # silent or in trouble: the parts ask again
    except CannotStart as error:
        if not seen.has_open_grants:
            raise
        log.error("token refused, ends only", why=str(error))  # noqa: TRY400 said in full
