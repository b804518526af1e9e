"""The composition root of the bot. Nothing here can reach a target."""

from dataclasses import dataclass

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.app import build_app
from bot.deps import Deps
from bot.http_door import Door
from bot.http_health import Readiness
from bot.http_metrics import Metrics
from bot.http_work import Work
from dbaccess.operations.identify import Workspace
from dbaccess.policy_file import load_policy
from dbaccess.queue import RqQueue
from dbaccess.settings import BotSettings, HttpMode, SocketMode
from dbaccess.slack.client import build_client
from dbaccess.slack.who import who_am_i
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What either way of hearing of Slack needs."""

    deps: Deps
    client: WebClient


def build(settings: BotSettings) -> Wiring:
    """The edges of this environment; asks Slack who we are. Raises `SlackFailure`, `PolicyFileError`."""
    policy = load_policy(settings.config)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    who = who_am_i(client)
    engine = build_engine(settings.database_url, pool_size=10, application_name="dbaccess-bot")
    queue = RqQueue(settings.redis_url)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, queue)

    workspace = Workspace(team_id=who.team_id, url=who.url, snapshot_max_age=settings.snapshot_max_age)
    return Wiring(deps=Deps(begin=begin, policy=policy, workspace=workspace), client=client)


def build_socket(wiring: Wiring, settings: BotSettings, mode: SocketMode) -> SocketModeHandler:
    """The connection to Slack, not opened yet."""
    app = build_app(wiring.deps, wiring.client)
    web = build_client(mode.app_token, settings.slack_api_url)
    return SocketModeHandler(app, app_token=mode.app_token.get_secret_value(), web_client=web)


def build_door(wiring: Wiring, mode: HttpMode) -> Door:
    """Where Slack's requests come in; not served yet."""
    return Door(
        work=Work(build_app(wiring.deps, wiring.client, one_thread=True)),
        readiness=Readiness(wiring.deps),
        metrics=Metrics(),
        signing_secret=mode.signing_secret,
    )
