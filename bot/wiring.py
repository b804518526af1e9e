"""The composition root of the bot. Nothing here can reach a target."""

from dataclasses import dataclass
from pathlib import Path

from slack_bolt.adapter.socket_mode import SocketModeHandler
from starlette.applications import Starlette

from bot.deps import Deps
from bot.http.endpoint import HttpEndpoint
from bot.http.health import Readiness
from bot.http.metrics import Metrics
from bot.listener_pool import ListenerPool
from bot.reloadable_app import ReloadableApp
from bot.start import check_surroundings
from dbaccess.domain.policy_in_use import Process
from dbaccess.operations.identity import Workspace
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.policy_file import load_policy, reload_policy
from dbaccess.queue import RqQueue
from dbaccess.settings import BotSettings, HttpMode, SocketMode
from dbaccess.slack.client import build_client
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.schema_check import log_differences
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts that both modes need."""

    face: ReloadableApp
    listeners: ListenerPool
    config: Path

    def reload(self) -> None:
        """Use the present policy file for all later requests; raises if it is refused."""
        self.face.take(reload_policy(self.config, self.face.deps.policy))

    def report(self, process: Process, *, refused: str | None) -> None:
        """Record which policy this process uses."""
        deps = self.face.deps
        report_policy(deps.begin, policy=deps.policy, process=process, refused=refused)


def build(settings: BotSettings) -> Wiring:
    """Check this environment, and build its edges.

    Raises `CannotStart`, `SlackFailure` or `PolicyFileError`.
    """
    policy = load_policy(settings.config)
    who = check_surroundings(settings, settings.mode)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    log_differences(settings.database_url, application_name="dbaccess-bot")
    engine = build_engine(settings.database_url, pool_size=10, application_name="dbaccess-bot")
    # Slack's three seconds must not depend on the queue
    dispatcher = Dispatcher(engine, RqQueue(settings.redis_url))

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, dispatcher)

    workspace = Workspace(team_id=who.team_id, url=who.url, snapshot_max_age=settings.snapshot_max_age)
    deps = Deps(begin=begin, policy=policy, workspace=workspace)
    listeners = ListenerPool()
    face = ReloadableApp(deps, client, who, listeners=listeners)
    return Wiring(face=face, listeners=listeners, config=settings.config)


def build_socket(wiring: Wiring, settings: BotSettings, mode: SocketMode) -> SocketModeHandler:
    """Return the connection to Slack, not opened yet."""
    web = build_client(mode.app_token, settings.slack_api_url)
    token = mode.app_token.get_secret_value()
    handler = SocketModeHandler(wiring.face.app, app_token=token, web_client=web)
    handler.app = wiring.face  # type: ignore[assignment]  # from here on it is asked to dispatch only
    return handler


def build_http(wiring: Wiring, mode: HttpMode) -> Starlette:
    """Return the app for Slack and operators, not served yet."""
    endpoint = HttpEndpoint(
        wiring.face,
        listeners=wiring.listeners,
        readiness=Readiness(wiring.face),
        metrics=Metrics(),
        signing_secret=mode.signing_secret,
    )
    return endpoint.app()
