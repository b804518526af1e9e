"""The composition root of the bot. Nothing here can reach a target."""

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.app import build_app
from bot.deps import Deps
from dbaccess.operations.identify import Workspace
from dbaccess.policy_file import load_policy
from dbaccess.queue import RqQueue
from dbaccess.settings import BotSettings
from dbaccess.slack.client import build_client
from dbaccess.slack.who import who_am_i
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine


def build(settings: BotSettings) -> App:
    """The app, wired to this environment; asks Slack who we are. Raises `SlackFailure`, `PolicyFileError`."""
    policy = load_policy(settings.config)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    who = who_am_i(client)
    engine = build_engine(settings.database_url, pool_size=10, application_name="dbaccess-bot")
    queue = RqQueue(settings.redis_url)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, queue)

    workspace = Workspace(team_id=who.team_id, url=who.url, snapshot_max_age=settings.snapshot_max_age)
    return build_app(Deps(begin=begin, policy=policy, workspace=workspace), client)


def connect(app: App, settings: BotSettings) -> SocketModeHandler:
    """The app's connection to Slack, not opened yet."""
    token = settings.slack_app_token.get_secret_value()
    web = build_client(settings.slack_app_token, settings.slack_api_url)
    return SocketModeHandler(app, app_token=token, web_client=web)
