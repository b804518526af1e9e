"""A token that cannot be used here ends the start, and its line says which and why."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import CannotStart, OtherWorkspace, SlackFailure
from dbaccess.slack.client import build_client
from dbaccess.slack.first_call import check_app_token, check_bot_token
from dbaccess.slack.workspace_identity import Identity
from tests.unit.slack.slack_server import SlackServer, slack_server

ME = {"team_id": "T0ACME", "url": "https://acme.slack.com/", "user_id": "U0BOT", "bot_id": "B0BOT"}
APP = "xapp-1-A0OURS-123-hunter2"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as started:
        yield started


def ask(slack: SlackServer, *, team_id: str | None = None) -> Identity:
    return check_bot_token(build_client(SecretStr("xoxb-hunter2"), slack.url), team_id=team_id)


def open_sockets(slack: SlackServer) -> None:
    who = Identity(team_id="T0ACME", url="https://acme.slack.com", user_id="U0BOT", bot_id="B0BOT")
    bot = build_client(SecretStr("xoxb-hunter2"), slack.url)
    check_app_token(build_client(SecretStr(APP), slack.url), bot, who)


@pytest.mark.parametrize(
    "code", ["invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type"]
)
def test_refused_token_is_named_with_what_to_do(slack: SlackServer, code: str) -> None:
    refused = {"ok": False, "error": code}
    slack.answer("auth.test", refused)
    slack.answer("apps.connections.open", refused)
    for variable, call in (("SLACK_BOT_TOKEN", ask), ("SLACK_APP_TOKEN", open_sockets)):
        with pytest.raises(CannotStart) as raised:
            call(slack)
        assert str(raised.value).startswith(f"{variable}: Slack refuses the token ({code}): ")
        assert "hunter2" not in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
def test_slack_in_trouble_is_no_fault_of_the_token(slack: SlackServer, code: str) -> None:
    slack.answer("auth.test", {"ok": False, "error": code})
    with pytest.raises(SlackFailure):
        ask(slack)


def test_token_of_another_workspace_is_refused_and_of_the_same_one_taken(slack: SlackServer) -> None:
    slack.answer("auth.test", ME)
    assert ask(slack, team_id="T0ACME").team_id == ask(slack).team_id == "T0ACME"
    with pytest.raises(OtherWorkspace, match=r"workspace T0ACME .* control database is of T0OTHER"):
        ask(slack, team_id="T0OTHER")


def test_installation_in_a_whole_organization_is_refused(slack: SlackServer) -> None:
    slack.answer("auth.test", {**ME, "is_enterprise_install": True})
    with pytest.raises(CannotStart, match="whole organization"):
        ask(slack)


@pytest.mark.parametrize(
    ("app", "taken"),
    [
        ({"bot": {"app_id": "A0OURS"}}, True),
        ({"bot": {"app_id": "A0THEIRS"}}, False),
        ({"ok": False, "error": "missing_scope"}, True),
    ],
)
def test_two_tokens_are_of_one_app(slack: SlackServer, app: dict[str, Any], taken: bool) -> None:  # noqa: FBT001 a case
    slack.answer("apps.connections.open", {"url": "wss://x"})
    slack.answer("bots.info", app)
    if taken:
        open_sockets(slack)
        return
    with pytest.raises(CannotStart, match="of the app A0OURS, and SLACK_BOT_TOKEN of A0THEIRS"):
        open_sockets(slack)


def test_socket_mode_that_is_off_is_named(slack: SlackServer) -> None:
    slack.answer("apps.connections.open", {"ok": False, "error": "socket_mode_not_enabled"})
    with pytest.raises(CannotStart, match="Socket Mode is off"):
        open_sockets(slack)
