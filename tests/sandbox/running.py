"""A sandbox of its own for a test, served from a thread of the test process."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.app import build_app
from sandbox.client import Sandbox
from sandbox.manifest import read_manifest
from sandbox.server import listen, server
from sandbox.waiting import PATIENCE
from sandbox.world import World

BOT_TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"
SCOPES = [
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
]
EVENTS = [
    "app_home_opened",
    "member_joined_channel",
    "member_left_channel",
    "subteam_members_changed",
    "user_change",
]


def manifest(**changed: Any) -> dict[str, Any]:
    given = {"scopes": SCOPES, "events": EVENTS, "home": True, "messages": True} | changed
    return {
        "display_information": {"name": "greeter"},
        "features": {
            "app_home": {"home_tab_enabled": given["home"], "messages_tab_enabled": given["messages"]},
            "bot_user": {"display_name": "greeter"},
            "slash_commands": [{"command": "/greet", "description": "Greets"}],
        },
        "oauth_config": {"scopes": {"bot": given["scopes"]}},
        "settings": {
            "event_subscriptions": {"bot_events": given["events"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


def world() -> World:
    return World.model_validate(
        {
            "team": {"id": "T0ACME", "domain": "acme"},
            "limits": {"acknowledge_within": PATIENCE, "trigger_within": PATIENCE},
            "app": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN},
            "users": [
                {"id": "U0ANN", "name": "ann", "real_name": "Ann Berg", "tz": "Europe/Berlin"},
                {"id": "U0BOB", "name": "bob"},
                {"id": "U0GUEST", "name": "gus", "is_restricted": True},
                {"id": "U0FAR", "name": "far", "team_id": "T0OTHER"},
                {"id": "U0GONE", "name": "gone", "deleted": True},
            ],
            "user_groups": [{"id": "S0TEAM", "handle": "team", "users": ["U0ANN"]}],
            "channels": [
                {"id": "C0OPEN", "name": "open", "members": ["U0ANN", "U0BOT", "U0GUEST"]},
                {"id": "C0ALONE", "name": "alone", "members": ["U0ANN"]},
                {"id": "C0OLD", "name": "old", "members": ["U0ANN", "U0BOT"], "is_archived": True},
                {"id": "C0HID", "name": "hid", "members": ["U0ANN", "U0BOT"], "is_private": True},
                {"id": "C0SECRET", "name": "secret", "members": ["U0ANN"], "is_private": True},
                {"id": "C0SHARED", "name": "x", "members": ["U0FAR", "U0BOT"], "is_ext_shared": True},
            ],
        }
    )


@dataclass(frozen=True, slots=True)
class Running:
    sandbox: Sandbox
    world: World

    @contextlib.contextmanager
    def impatient(self) -> Iterator[None]:
        """The app has no time to speak of for an acknowledgement, as long as the block runs."""
        before = self.world.limits.acknowledge_within
        self.sandbox.limits(acknowledge_within=0.3)
        try:
            yield
        finally:
            self.sandbox.limits(acknowledge_within=before)

    def client(self, token: str = BOT_TOKEN) -> WebClient:
        """One that never tries again by itself, and reads no certificates for a sandbox without TLS."""
        return WebClient(
            token=token,
            base_url=self.sandbox.api_url,
            retry_handlers=[],
            timeout=int(PATIENCE),
            ssl=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    def error(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The answer to a call that Slack must refuse."""
        with pytest.raises(SlackApiError) as refused:
            self.client().api_call(method, json=arguments)
        answer = refused.value.response.data
        assert isinstance(answer, dict)
        return answer


@contextlib.contextmanager
def running(
    raw_manifest: dict[str, Any] | None = None, workspace: World | None = None, port: int = 0
) -> Iterator[Running]:
    workspace = workspace or world()
    with listen("127.0.0.1", port) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        served = server(build_app(workspace, read_manifest(raw_manifest or manifest()), address))
        thread = threading.Thread(target=asyncio.run, args=(served.serve(sockets=[listener]),))
        thread.start()
        try:
            yield Running(Sandbox(address), workspace)
        finally:
            served.should_exit = True
            thread.join(timeout=PATIENCE)
            assert not thread.is_alive()
