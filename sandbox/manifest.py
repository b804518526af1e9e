"""The part of an app manifest that decides what the app may do and what it is sent."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are no dependency of ours

from sandbox.wire import Json


class ManifestError(Exception):
    """The manifest cannot be read, or promises something it does not ask the scopes for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    name: str
    bot_name: str
    bot_scopes: frozenset[str] = frozenset()
    bot_events: frozenset[str] = frozenset()
    commands: frozenset[str] = frozenset()
    home_tab: bool = False
    messages_tab: bool = False
    interactivity: bool = False
    socket_mode: bool = False
    request_urls: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict)


def load_manifest(path: Path) -> Manifest:
    """Reads YAML or JSON (which is YAML too)."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ManifestError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise ManifestError(f"{path}: a manifest is a mapping")
    return read_manifest(raw)


def read_manifest(raw: Json) -> Manifest:
    if not _at(raw, "display_information", "name"):
        raise ManifestError("display_information.name is missing")
    home = _at(raw, "features", "app_home") or {}
    name = str(raw["display_information"]["name"])
    return Manifest(
        name=name,
        bot_name=str(_at(raw, "features", "bot_user", "display_name") or name),
        bot_scopes=frozenset(_at(raw, "oauth_config", "scopes", "bot") or ()),
        bot_events=frozenset(_at(raw, "settings", "event_subscriptions", "bot_events") or ()),
        commands=frozenset(c["command"] for c in _at(raw, "features", "slash_commands") or ()),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled")),
        interactivity=bool(_at(raw, "settings", "interactivity", "is_enabled")),
        socket_mode=bool(_at(raw, "settings", "socket_mode_enabled")),
        request_urls=_request_urls(raw),
        raw=raw,
    )


def _request_urls(raw: Json) -> tuple[str, ...]:
    """The one address of the app, where the manifest names it for HTTP."""
    named = {
        _at(raw, "settings", "event_subscriptions", "request_url"),
        _at(raw, "settings", "interactivity", "request_url"),
        *(command.get("url") for command in _at(raw, "features", "slash_commands") or ()),
    } - {None}
    if len(named) > 1:
        raise ManifestError(f"one address for commands, clicks and events, not {sorted(named)}")
    return tuple(str(url) for url in named)


def _at(raw: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(raw, dict):
            return None
        raw = raw.get(key)
    return raw
