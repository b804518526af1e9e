"""Slack as the operations use it: the sandbox over HTTP, and the same in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk import WebClient

from dbaccess.ports import Directory, Files, Messenger
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from dbaccess.slack.files import SlackFiles
from dbaccess.slack.messenger import SlackMessenger
from sandbox.client import Sandbox
from sandbox.world import World, load_world
from tests.fakes.slack import FakeSlack, app_manifest
from tests.sandbox.running import running

WORLD = Path(__file__).parents[2] / "acceptance" / "world.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """`workspace` is where its people are seen and changed."""

    workspace: Sandbox | FakeSlack
    messenger: Messenger
    directory: Directory
    files: Files


@pytest.fixture(params=["memory", pytest.param("sandbox", marks=pytest.mark.servers)])
def slack(request: pytest.FixtureRequest) -> Iterator[Slack]:
    world = load_world(WORLD)
    if request.param == "memory":
        fake = FakeSlack(world)
        yield _slack(fake, fake.client, world, SlackFiles(fake.client, fake.send))
        return
    with _sandbox(world) as sandbox:
        client = build_client(SecretStr(world.app.bot_token), sandbox.api_url)
        yield _slack(sandbox, client, world, SlackFiles(client))


@contextmanager
def _sandbox(world: World) -> Iterator[Sandbox]:
    with running(app_manifest().raw, world) as found:
        yield found.sandbox


def _slack(workspace: Sandbox | FakeSlack, client: WebClient, world: World, files: Files) -> Slack:
    return Slack(
        workspace=workspace,
        messenger=SlackMessenger(client),
        directory=SlackDirectory(client, world.team.id),
        files=files,
    )
