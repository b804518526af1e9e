"""The composition root of the worker's processes."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from dbaccess.operations.hands import Hands
from dbaccess.operations.identify import Workspace
from dbaccess.policy_file import load_policy
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.queue import RqQueue
from dbaccess.settings import WorkerSettings
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from dbaccess.slack.who import who_am_i
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.targets.registry import PostgresTargets


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Everything that a part of the worker needs, built once a process."""

    engine: Engine
    queue: RqQueue
    begin: UnitOfWorkFactory
    hands: Hands


def build(settings: WorkerSettings) -> Wiring:
    """The edges wired to this environment; asks Slack who we are. Raises any `DbaccessError`."""
    policy = load_policy(settings.config)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    who = who_am_i(client)
    engine = build_engine(settings.database_url, pool_size=12, application_name="dbaccess-worker")
    queue = RqQueue(settings.redis_url)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, queue)

    workspace = Workspace(team_id=who.team_id, url=who.url, snapshot_max_age=settings.snapshot_max_age)
    hands = Hands(
        begin=begin,
        policy=policy,
        workspace=workspace,
        targets=PostgresTargets(settings.cluster_urls(policy.clusters), policy.installation),
        directory=SlackDirectory(client, who.team_id),
        messenger=SlackMessenger(client),
        renderer=Views(),
        tries=settings.provision_tries,
    )
    return Wiring(engine=engine, queue=queue, begin=begin, hands=hands)


@cache
def of_this_process() -> Wiring:
    """What jobs work with: a job's only argument is an id, so the rest is found here."""
    return build(WorkerSettings.load())
