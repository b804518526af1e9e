"""What Slack meets: one Bolt app at a time, each standing on one policy."""

from dataclasses import replace

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.app import build_app
from bot.deps import Deps
from dbaccess.domain.policy import Policy


class Face:
    """Whatever comes in is handled whole by the app that took it, so that it sees one policy throughout."""

    def __init__(self, deps: Deps, client: WebClient) -> None:
        self._deps = deps
        self._client = client
        self.app: App = build_app(deps, client)

    @property
    def policy(self) -> Policy:
        return self._deps.policy

    def take(self, policy: Policy) -> None:
        """What comes in from now on goes by this policy."""
        deps = replace(self._deps, policy=policy)
        self.app = build_app(deps, self._client)
        self._deps = deps

    def dispatch(self, request: BoltRequest) -> BoltResponse:
        return self.app.dispatch(request)
