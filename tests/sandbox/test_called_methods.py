"""The manifest asks for the scopes of exactly those methods that the project calls."""

import re
from pathlib import Path

import pytest
from slack_sdk import WebClient

from dbaccess.slack.scopes import OPTIONAL
from sandbox.manifest import Manifest, load_manifest
from sandbox.scopes import COMMANDS, EVENTS, METHODS

ROOT = Path(__file__).parents[2]
OURS = ("bot", "workers", "dbaccess")
SDK_NAMES = {name: name.replace("_", ".") for name in dir(WebClient) if re.match(r"[a-z]+_", name)}
DIRECT_MESSAGES = frozenset({"im:write"})
"""No method that we call needs it by name; posting to a person's id opens a conversation with them."""


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(ROOT / "manifest.yml")


@pytest.fixture(scope="module")
def called() -> frozenset[str]:
    """Methods that our code calls, by slack_sdk's names for them or by Slack's."""
    found: set[str] = set()
    for path in (path for folder in OURS for path in (ROOT / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found |= {SDK_NAMES[name] for name in re.findall(r"\.(\w+)\(", source) if name in SDK_NAMES}
        found |= set(re.findall(r'"([a-z.]+\.[a-zA-Z]+)"', source)) & set(SDK_NAMES.values())
    return frozenset(found - {"api.call"})


def _scopes(method: str) -> frozenset[str]:
    need = METHODS[method]
    if need.token == "app":
        return frozenset()  # the scopes of that token are not in the manifest
    kinds = {f"{kind}:{need.by_channel}" for kind in ("channels", "groups")} if need.by_channel else set()
    return need.scopes | kinds


def _with_bot_token(methods: frozenset[str]) -> frozenset[str]:
    """The methods with scopes of the manifest; the app-level token has its own."""
    return frozenset(method for method in methods if METHODS[method].token == "bot")


def test_the_search_finds_calls_of_both_spellings(called: frozenset[str]) -> None:
    assert {"chat.postMessage", "usergroups.list", "conversations.members"} <= called


def test_every_method_that_is_called_is_known_and_has_its_scope(
    manifest: Manifest, called: frozenset[str]
) -> None:
    assert called <= set(METHODS)
    for method in _with_bot_token(called):
        assert _scopes(method) <= manifest.bot_scopes | OPTIONAL, method


def test_no_scope_is_asked_for_without_a_use(manifest: Manifest, called: frozenset[str]) -> None:
    used = {COMMANDS} | DIRECT_MESSAGES
    used |= {scope for method in _with_bot_token(called) for scope in _scopes(method)}
    used |= {scope for event in manifest.bot_events for scope in EVENTS[event]}
    assert used == manifest.bot_scopes | OPTIONAL


def test_manifest_names_each_optional_scope_and_does_not_ask_for_it(manifest: Manifest) -> None:
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    for scope in OPTIONAL:
        assert scope not in manifest.bot_scopes
        assert re.search(rf"^      # - {re.escape(scope)} +# optional: ", text, re.MULTILINE)
