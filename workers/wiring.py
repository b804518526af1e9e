"""The composition root of the worker's processes."""

from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import Engine

from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_report import Process
from dbaccess.operations.hands import Hands
from dbaccess.operations.identify import Workspace
from dbaccess.operations.report_policy import report_policy
from dbaccess.policy_file import load_policy, reload_policy
from dbaccess.ports import Sink, UnitOfWorkFactory
from dbaccess.queue import RqQueue
from dbaccess.settings import SettingsError, WorkerSettings
from dbaccess.sinks.second import second_sink
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from dbaccess.slack.who import who_am_i
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.targets.registry import PostgresTargets


@dataclass(slots=True, kw_only=True)
class Wiring:
    """Everything that a part of the worker needs, built once a process.

    `hands` are those of this moment: whoever takes them once sees one policy until its work is done.
    """

    engine: Engine
    queue: RqQueue
    begin: UnitOfWorkFactory
    settings: WorkerSettings
    hands: Hands

    def reload(self) -> None:
        """What begins from now on goes by the file as it is now; raises where that is not to be taken.

        A cluster that it does not name any more stays in reach: there may be grants to end on it.
        """
        policy = reload_policy(self.settings.config, self.hands.policy)
        clusters = {*policy.clusters, *self.hands.targets.clusters()}
        urls = self.settings.cluster_urls(clusters)
        targets = PostgresTargets(urls, policy.installation)
        sink = _second_sink(policy, self.settings)
        self.hands = replace(self.hands, policy=policy, targets=targets, sink=sink)

    def report(self, process: Process, *, refused: str | None) -> None:
        """It is known which policy this process goes by."""
        report_policy(self.begin, policy=self.hands.policy, process=process, refused=refused)


def check(settings: WorkerSettings) -> None:
    """Raises what no part could begin with, however often it were started again; asks nobody."""
    policy = load_policy(settings.config)
    settings.cluster_urls(policy.clusters)
    _second_sink(policy, settings)


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
        sink=_second_sink(policy, settings),
        tries=settings.provision_tries,
    )
    return Wiring(engine=engine, queue=queue, begin=begin, settings=settings, hands=hands)


def _second_sink(policy: Policy, settings: WorkerSettings) -> Sink | None:
    try:
        return second_sink(
            policy.second_sink,
            syslog=settings.dbaccess_break_glass_syslog,
            webhook=settings.dbaccess_break_glass_webhook,
        )
    except ValueError as error:
        raise SettingsError(str(error)) from None


@cache
def of_this_process() -> Wiring:
    """What jobs work with: a job's only argument is an id, so the rest is found here."""
    return build(WorkerSettings.load())
