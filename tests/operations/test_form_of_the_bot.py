"""The bot gives the form what it needs: the chosen length, and who asks. No process is started."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.app import build_app
from bot.deps import Deps
from dbaccess.slack.client import build_client
from dbaccess.slack.views import form
from dbaccess.slack.workspace_identity import Identity
from sandbox.blocks.ids import completed
from sandbox.blocks.state import rendered, values
from tests.operations.edited_policies import edit
from tests.operations.house import MAYA, House

Json = dict[str, Any]


class Bot:
    """The bot's app, with what it asks Slack for in `called`."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self._house = house
        self.called: list[tuple[str, Json]] = []

        def api_call(_: WebClient, method: str, **asked: Any) -> Json:
            self.called.append((method, asked["json"]))
            return {"ok": True, "view": {"id": "V0FORM"}}

        monkeypatch.setattr(WebClient, "api_call", api_call)

    def take(self, payload: Json) -> Json:
        """Return the view that the bot shows after this payload."""
        with ThreadPoolExecutor(1) as listeners:
            deps = Deps(begin=self._house.begin, policy=self._house.policy, workspace=self._house.workspace)
            who = Identity(team_id="T0ACME", url="https://acme.slack.com", user_id="U0BOT", bot_id="B0BOT")
            client = build_client(SecretStr("xoxb-test"), "http://127.0.0.1:1/api/")
            app = build_app(deps, client, who, listeners=listeners)
            answer = app.dispatch(BoltRequest(body=payload, mode="socket_mode"))
            assert answer.status == 200
        (_, shown) = self.called[-1]
        view: Json = shown["view"]
        return view


@pytest.fixture
def bot(house: House, monkeypatch: pytest.MonkeyPatch) -> Bot:
    return Bot(house, monkeypatch)


def command(text: str, who: str = MAYA) -> Json:
    return {"command": "/dbaccess", "text": text, "user_id": who, "team_id": "T0ACME", "trigger_id": "1.2.x"}


def chosen(view: Json, action_id: str, value: str) -> Json:
    """The payload of this choice in a view that was shown."""
    blocks = completed(view["blocks"])
    state = rendered(blocks, {})
    place = next(one for one in state if one[1] == action_id)
    state[place] = {"type": state[place]["type"], "selected_option": {"value": value}}
    return {
        "type": "block_actions",
        "user": {"id": MAYA, "team_id": "T0ACME"},
        "team": {"id": "T0ACME"},
        "trigger_id": "1.2.x",
        "container": {"type": "view"},
        "view": {**view, "id": "V0FORM", "hash": "h", "blocks": blocks, "state": values(state)},
        "actions": [{"action_id": action_id, "block_id": place[0], "action_ts": "1.1", **state[place]}],
    }


def said(view: Json) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


def test_form_says_what_the_chosen_length_takes_where_a_rule_is_limited(house: House, bot: Bot) -> None:
    rules = {rule.id: rule for rule in house.policy.rules}
    short = timedelta(minutes=15)
    quick = replace(rules["prod-read"], id="quick", approvals=(), up_to=short, longest=short)
    edit(house, replace(house.policy, rules=(quick, *house.policy.rules)))
    view = bot.take(command(""))
    for action_id, value in ((form.TARGET, "orders-prod"), (form.ROLE, "read")):
        view = bot.take(chosen(view, action_id, value))
    assert "*Takes:* up to 15 min no approval; " in said(view)
    view = bot.take(chosen(view, form.DURATION, "15m"))
    assert "*Takes:* no approval." in said(view)
    view = bot.take(chosen(view, form.DURATION, "30m"))
    assert "*Takes:* 1 approval from dba" in said(view)
    assert {method for method, _ in bot.called} == {"views.open", "views.update"}


def test_person_whom_no_rule_lets_ask_is_told_so_by_the_bot(house: House, bot: Bot) -> None:
    edit(house, replace(house.policy, rules=()))
    view = bot.take(command(""))
    assert "no rule lets you request a role" in said(view)
    assert "submit" not in view
