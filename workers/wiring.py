"""The composition root of the worker's processes."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr
from slack_sdk import WebClient
from sqlalchemy import Engine

from dbaccess.audit.entry_formats import FORMATS
from dbaccess.audit.report.make_report import LimitedReports
from dbaccess.audit.signing import LedgerKey
from dbaccess.domain.policy_in_use import Process
from dbaccess.domain.team import Team
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.operations.queries.report.send import ReportEdges
from dbaccess.ports import Messenger, Stream, UnitOfWorkFactory, Witness
from dbaccess.queue import RqQueue
from dbaccess.settings import WorkerSettings
from dbaccess.sinks.streams.choose import choose_streams
from dbaccess.sinks.witnesses.choose import choose_witnesses, slack_witness
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.files import SlackFiles
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import Pacer
from dbaccess.slack.renderer import Views
from dbaccess.slack.views import ledger
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from dbaccess.targets.engine import ClusterAddress
from dbaccess.targets.registry import ClusterTargets
from workers.active_policy import ActivePolicy
from workers.workspace_identity import confirm_team, known_team


@dataclass(slots=True, kw_only=True)
class Wiring:
    """Everything that a part of the worker needs, built once for each process.

    `context` is that of this moment: work that reads it once sees one policy until its end.
    """

    engine: Engine
    queue: RqQueue
    client: WebClient
    active_policy: ActivePolicy
    context: WorkerContext
    reports: ReportEdges
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def begin(self) -> UnitOfWorkFactory:
        return self.context.begin

    def reload(self) -> None:
        """Use the present policy file for later work; raises if it is refused."""
        self.active_policy.take()
        self._change(**_by_policy(self.active_policy))

    def confirm(self) -> None:
        """Use the workspace of this token as soon as Slack confirms it."""
        confirm_team(self.begin, self.client, meet=self._meet)

    def report(self, process: Process, *, refused: str | None) -> None:
        """Record which policy this process uses."""
        report_policy(self.begin, policy=self.context.policy, process=process, refused=refused)

    def _meet(self, team: Team) -> None:
        self._change(**_by_team(self.active_policy.settings, self.client, team))

    def _change(self, **changed: Any) -> None:
        """Change the fields under a lock, so that two threads never undo each other's change."""
        with self._lock:
            self.context = replace(self.context, **changed)


def build(active_policy: ActivePolicy) -> Wiring:
    """Build the edges of this environment; wait until the workspace of the token is known."""
    settings = active_policy.settings
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    engine = build_engine(settings.database_url, pool_size=12, application_name="dbaccess-worker")
    queue = RqQueue(settings.redis_url)

    # An end must not wait for the queue between its commit and the target.
    jobs = Dispatcher(engine, queue)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, jobs)

    messenger = SlackMessenger(client, Pacer())
    context = WorkerContext(
        begin=begin,
        messenger=messenger,
        renderer=Views(),
        leases=SessionLeases(settings.database_url),
        signer=_signer(settings.dbaccess_ledger_key),
        witnesses=_witnesses(settings, messenger),
        streams=_streams(settings),
        **_by_policy(active_policy),
        **_by_team(settings, client, known_team(begin, client)),
    )
    return Wiring(
        engine=engine,
        queue=queue,
        client=client,
        active_policy=active_policy,
        context=context,
        reports=_reports(settings, client),
    )


def _reports(settings: WorkerSettings, client: WebClient) -> ReportEdges:
    # Its own connection: it reads one snapshot for long, and is idle while a report is written.
    engine = build_engine(
        settings.database_url, pool_size=1, application_name="dbaccess-report", stall="2min"
    )
    reading = engine.execution_options(isolation_level="REPEATABLE READ")
    return ReportEdges(
        snapshot=lambda: SqlUnitOfWork(reading, None), maker=LimitedReports(), files=SlackFiles(client)
    )


def _signer(key: SecretStr | None) -> LedgerKey | None:
    return LedgerKey.read(key.get_secret_value()) if key is not None else None


def _witnesses(settings: WorkerSettings, messenger: Messenger) -> tuple[Witness, ...]:
    found = choose_witnesses(
        path=settings.dbaccess_witness_path,
        syslog=settings.dbaccess_witness_syslog,
        bucket=settings.dbaccess_witness_s3,
        endpoint=settings.dbaccess_witness_s3_endpoint,
    )
    channel = settings.dbaccess_witness_slack
    in_slack = () if channel is None else (slack_witness(channel, messenger, ledger.checkpoint),)
    return (*found, *in_slack)


def _streams(settings: WorkerSettings) -> tuple[Stream, ...]:
    found = choose_streams(
        path=settings.dbaccess_stream_path,
        syslog=settings.dbaccess_stream_syslog,
        url=settings.dbaccess_stream_url,
        secret=settings.dbaccess_stream_secret,
        form=FORMATS[settings.dbaccess_stream_format],
    )
    return tuple(found)


def _by_policy(active_policy: ActivePolicy) -> dict[str, Any]:
    policy = active_policy.policy
    targets = ClusterTargets(
        ClusterAddress(
            cluster=cluster,
            driver=active_policy.clusters[cluster].driver,
            lock_database=active_policy.clusters[cluster].lock_database,
            installation=policy.installation,
            url=url,
            replicas=active_policy.replicas.get(cluster, {}),
        )
        for cluster, url in active_policy.urls.items()
    )
    return {
        "policy": policy,
        "targets": targets,
        "logs": targets,
        "sink": active_policy.sink,
        "gives": active_policy.gives,
    }


def _by_team(settings: WorkerSettings, client: WebClient, team: Team) -> dict[str, Any]:
    workspace = Workspace(team_id=team.id, url=team.url, snapshot_max_age=settings.snapshot_max_age)
    return {"workspace": workspace, "directory": SlackDirectory(client, team.id)}


_THIS: ContextVar[Wiring] = ContextVar("wiring")


def become(wiring: Wiring) -> None:
    """Use this wiring in this process from now on."""
    _THIS.set(wiring)


def of_this_process() -> Wiring:
    """Return the wiring for jobs; their only argument is an id."""
    return _THIS.get()
