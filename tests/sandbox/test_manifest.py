"""The project's own manifest: Slack's rules for one, and no scope more or less than what is used."""

import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.manifest import Manifest, ManifestError, load_manifest, read_manifest
from sandbox.scopes import COMMANDS, EVENTS, METHODS
from sandbox.world import WorldError, load_world

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
CHANNEL_KINDS = ("channels:read", "groups:read")  # direct messages are never looked up
OPTIONAL = "files:write"
"""Auditors get files only with it, so it is a line that an operator uncomments."""
TOP = {"_metadata", "display_information", "features", "oauth_config", "settings"}


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(MANIFEST)


def test_only_keys_that_slack_knows(manifest: Manifest) -> None:
    raw = manifest.raw
    assert set(raw) <= TOP
    assert set(raw["display_information"]) <= {
        "name",
        "description",
        "background_color",
        "long_description",
    }
    assert set(raw["features"]) <= {"app_home", "bot_user", "slash_commands"}
    assert set(raw["features"]["bot_user"]) <= {"display_name", "always_online"}
    assert set(raw["oauth_config"]) == {"scopes"}
    assert set(raw["oauth_config"]["scopes"]) == {"bot"}
    assert set(raw["settings"]) <= {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    }


def test_texts_are_within_slacks_limits(manifest: Manifest) -> None:
    shown = manifest.raw["display_information"]
    assert 1 <= len(shown["name"]) <= 35
    assert 1 <= len(shown["description"]) <= 140
    assert re.fullmatch("#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?", shown["background_color"])
    assert len(manifest.bot_name) <= 80
    commands: list[dict[str, Any]] = manifest.raw["features"]["slash_commands"]
    assert 1 <= len(commands) <= 50
    for command in commands:
        assert set(command) <= {"command", "description", "usage_hint", "should_escape"}
        assert re.fullmatch(r"/\S{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert 1 <= len(command["usage_hint"]) <= 1000


def test_home_messages_interactivity_and_socket_mode_are_on(manifest: Manifest) -> None:
    assert manifest.home_tab
    assert manifest.messages_tab
    assert manifest.raw["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert manifest.interactivity
    assert manifest.socket_mode
    assert manifest.commands == {"/dbaccess"}


def test_every_method_has_its_scope_and_no_scope_is_unused(manifest: Manifest) -> None:
    needed = {scope for need in METHODS.values() if need.token == "bot" for scope in need.scopes}
    if any(need.by_channel for need in METHODS.values()):
        needed.update(CHANNEL_KINDS)
    assert needed | {COMMANDS} == manifest.bot_scopes | {OPTIONAL}
    assert f"# - {OPTIONAL} " in MANIFEST.read_text()
    listed = manifest.raw["oauth_config"]["scopes"]["bot"]
    assert len(listed) == len(set(listed))


def test_every_event_is_known_and_has_its_scope(manifest: Manifest) -> None:
    listed = manifest.raw["settings"]["event_subscriptions"]["bot_events"]
    assert len(listed) == len(set(listed)) <= 100
    assert set(listed) == set(EVENTS)
    for event in listed:
        assert EVENTS[event] <= manifest.bot_scopes, event


def test_a_manifest_without_a_name_is_refused() -> None:
    with pytest.raises(ManifestError, match="name"):
        read_manifest({"display_information": {}})


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("a guest in a group", '[[user_groups]]\nid = "S0X"\nhandle = "x"\nusers = ["U0GUEST"]'),
        ("a bot in a group", '[[user_groups]]\nid = "S0X"\nhandle = "x"\nusers = ["U0BOT"]'),
        ("an unknown member", '[[channels]]\nid = "C0X"\nname = "x"\nmembers = ["U0NOBODY"]'),
        ("an unknown key", '[[users]]\nid = "U0X"\nname = "x"\nshoe_size = 44'),
        ("one id twice", '[[users]]\nid = "U0GUEST"\nname = "again"'),
        ("no TOML", "[[["),
    ],
)
def test_a_world_that_cannot_be_is_refused(tmp_path: Path, fault: str, text: str) -> None:
    start = """
[team]
id = "T0ACME"
domain = "acme"
[app]
bot_token = "xoxb-a"
app_token = "xapp-a"
[[users]]
id = "U0GUEST"
name = "gus"
is_restricted = true
"""
    path = tmp_path / "world.toml"
    path.write_text(start, encoding="utf-8")
    assert load_world(path).user("U0BOT").is_bot
    path.write_text(start + text, encoding="utf-8")
    with pytest.raises(WorldError, match=r"world\.toml"):
        load_world(path)
