"""The composition root of the worker's processes."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Engine

from dbaccess.domain.policy_report import Process
from dbaccess.domain.team import Team
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace
from dbaccess.operations.report_policy import report_policy
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.queue import RqQueue
from dbaccess.settings import WorkerSettings
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import Pacer
from dbaccess.slack.renderer import Views
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.targets.engine import ClusterAddress
from dbaccess.targets.registry import ClusterTargets
from workers.active_policy import ActivePolicy
from workers.workspace_identity import confirm_team, known_team


@dataclass(slots=True, kw_only=True)
class Wiring:
    """Everything that a part of the worker needs, built once a process.

    `context` are those of this moment: whoever takes them once sees one policy until its work is done.
    """

    engine: Engine
    queue: RqQueue
    client: WebClient
    in_force: ActivePolicy
    context: WorkerContext
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def begin(self) -> UnitOfWorkFactory:
        return self.context.begin

    def reload(self) -> None:
        """What begins from now on goes by the file as it is now; raises where that is not to be taken."""
        self.in_force.take()
        self._change(**_by_policy(self.in_force))

    def confirm(self) -> None:
        """As soon as Slack says whose token this is, all goes by that."""
        confirm_team(self.begin, self.client, meet=self._meet)

    def report(self, process: Process, *, refused: str | None) -> None:
        """It is known which policy this process goes by."""
        report_policy(self.begin, policy=self.context.policy, process=process, refused=refused)

    def _meet(self, team: Team) -> None:
        self._change(**_by_team(self.in_force.settings, self.client, team))

    def _change(self, **changed: Any) -> None:
        """Two threads do: none undoes what the other has done."""
        with self._lock:
            self.context = replace(self.context, **changed)


def build(in_force: ActivePolicy) -> Wiring:
    """The edges wired to this environment; waits while nobody knows whose token it holds."""
    settings = in_force.settings
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    engine = build_engine(settings.database_url, pool_size=12, application_name="dbaccess-worker")
    queue = RqQueue(settings.redis_url)

    # An end must not wait for the queue between its commit and the target.
    jobs = Dispatcher(engine, queue)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, jobs)

    context = WorkerContext(
        begin=begin,
        messenger=SlackMessenger(client, Pacer()),
        renderer=Views(),
        leases=SessionLeases(settings.database_url),
        **_by_policy(in_force),
        **_by_team(settings, client, known_team(begin, client)),
    )
    return Wiring(engine=engine, queue=queue, client=client, in_force=in_force, context=context)


def _by_policy(in_force: ActivePolicy) -> dict[str, Any]:
    policy = in_force.policy
    targets = ClusterTargets(
        ClusterAddress(
            cluster=cluster,
            driver=in_force.drivers[cluster],
            installation=policy.installation,
            url=url,
            replicas=in_force.replicas.get(cluster, {}),
        )
        for cluster, url in in_force.urls.items()
    )
    return {"policy": policy, "targets": targets, "sink": in_force.sink, "gives": in_force.gives}


def _by_team(settings: WorkerSettings, client: WebClient, team: Team) -> dict[str, Any]:
    workspace = Workspace(team_id=team.id, url=team.url, snapshot_max_age=settings.snapshot_max_age)
    return {"workspace": workspace, "directory": SlackDirectory(client, team.id)}


_THIS: ContextVar[Wiring] = ContextVar("wiring")


def become(wiring: Wiring) -> None:
    """This process works with it from now on."""
    _THIS.set(wiring)


def of_this_process() -> Wiring:
    """What jobs work with: a job's only argument is an id, so the rest is found here."""
    return _THIS.get()
