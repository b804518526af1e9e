"""The app that Slack reaches: one Bolt app at a time, each with one policy."""

from concurrent.futures import Executor
from dataclasses import replace
from typing import NamedTuple

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.app import build_app
from bot.deps import Deps
from dbaccess.domain.policy import Policy
from dbaccess.slack.workspace_identity import Identity


class _Standing(NamedTuple):
    deps: Deps
    app: App


class ReloadableApp:
    """Each request is handled completely by the app that took it, so that it sees one policy throughout."""

    def __init__(self, deps: Deps, client: WebClient, who: Identity, *, listeners: Executor) -> None:
        self._client = client
        self._who = who
        self._listeners = listeners
        self._standing = _Standing(deps, self._build(deps))

    @property
    def deps(self) -> Deps:
        return self._standing.deps

    @property
    def app(self) -> App:
        return self._standing.app

    def take(self, policy: Policy) -> None:
        """Use this policy for all later requests, without a call to Slack, which may be silent."""
        deps = replace(self.deps, policy=policy)
        self._standing = _Standing(deps, self._build(deps))

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Dispatch as Bolt does; callers need nothing else of an app."""
        return self.app.dispatch(req)

    def _build(self, deps: Deps) -> App:
        return build_app(deps, self._client, self._who, listeners=self._listeners)
