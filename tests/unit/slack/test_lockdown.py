"""Messages about a lockdown, word by word."""

from dataclasses import replace
from typing import Any

import pytest

from dbaccess.domain.lockdown import Lockdown, LockdownDetails, LockdownId, Progress
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.slack.views import lockdown as view
from tests.unit.slack.examples import WORKSPACE, at, person
from tests.unit.slack.limits import faults_of_message, texts_of

TOM, PRIYA = person("U0TOM", "Tom Berg"), person("U0PRIYA", "Priya Nair")
DBA = ReviewerGroup(name="dba", sources=(SourceId("S0DBA"),), count=1)
NASTY = "<!channel> *x* `y` <@U0MAYA>\u202e & <https://evil.example|click>"
AT = "<!date^1773112800^{date_short_pretty}, {time}|03:20 UTC>"


def details(total: int = 7, ended: int = 5, **changes: Any) -> LockdownDetails:
    lockdown = Lockdown(
        id=LockdownId(3),
        target="orders-prod",
        reason="Leaked laptop.",
        declared_by="tom",
        declared_slack_id=SlackId("U0TOM"),
        declared_at=at(20),
    )
    fields = {name: changes.pop(name) for name in list(changes) if name in Lockdown.__slots__}
    made = LockdownDetails(
        lockdown=replace(lockdown, **fields),
        progress=Progress(total=total, held=0, ended=ended, ended_at=at(20) if ended else None),
        declared_by=TOM,
        lifted_by=None,
        groups=(DBA,),
        workspace_url=WORKSPACE,
        is_for_operators=False,
    )
    return replace(made, **changes)


def shown(told: LockdownDetails, *, first: bool = False) -> tuple[str, list[str]]:
    payload = view.message(told, first=first)
    assert faults_of_message(payload) == []
    return payload["text"], [text["text"] for text in texts_of(payload["blocks"])]


def lifted_story(**changes: Any) -> LockdownDetails:
    lift: dict[str, Any] = {
        "lifted_by": "priya",
        "lifted_slack_id": SlackId("U0PRIYA"),
        "lift_reason": "Laptop found.",
    }
    of = details(7, 7, lifted_at=at(50))
    return replace(of, lockdown=replace(of.lockdown, **lift), lifted_by=PRIYA, **changes)


def test_posting_says_who_why_and_how_far() -> None:
    text, blocks = shown(details(), first=True)
    assert text.split("\n")[0] == "Lockdown of orders-prod by Tom Berg (tom): 2 grants ending"
    assert "<" not in text
    assert "dba Tom Berg (tom) 03:20 UTC" in text
    who = f"<!subteam^S0DBA> <https://acme.slack.com/team/U0TOM|Tom Berg (tom)> {AT}"
    assert blocks == [
        ":warning: Lockdown: orders-prod",
        f"{who}:\n&gt; Leaked laptop.\n5 of 7 grants ended, 2 ending.",
        "Lift lockdown",
        "Requests are refused until another operator than Tom Berg (tom) lifts it.",
    ]


@pytest.mark.parametrize(
    ("total", "ended", "says"),
    [
        (0, 0, "No grant was open."),
        (1, 0, "0 of 1 grant ended, 1 ending."),
        (7, 7, f"All 7 ended, verified {AT}."),
    ],
)
def test_update_pings_no_one(total: int, ended: int, says: str) -> None:
    _, blocks = shown(details(total, ended))
    assert blocks[1].startswith("<https://acme.slack.com/team/U0TOM|Tom Berg (tom)> <!date^")
    assert ", to dba:\n" in blocks[1]
    assert blocks[1].endswith(says)


def test_lifted_one_has_no_button_and_names_who_lifted_it() -> None:
    text, blocks = shown(lifted_story())
    assert text.split("\n")[0] == "Lockdown of orders-prod by Tom Berg (tom): lifted"
    assert blocks[0] == ":warning: Lockdown, lifted: orders-prod"
    assert blocks[1].endswith(
        "\nLifted by <https://acme.slack.com/team/U0PRIYA|Priya Nair (priya)> "
        "<!date^1773114600^{date_short_pretty}, {time}|03:50 UTC>:\n&gt; Laptop found."
    )
    assert len(blocks) == 2


def test_written_off_grant_is_never_called_ended() -> None:
    told = details(7, 5)
    told = replace(told, progress=replace(told.progress, written_off=2))
    assert shown(told)[1][1].endswith("5 of 7 grants ended, 2 written off, not verified.")
    assert told.progress.ending == 0


@pytest.mark.parametrize("for_operators", [True, False])
def test_news_of_the_lift_mentions_both_where_operators_read(*, for_operators: bool) -> None:
    payload = view.lifted(lifted_story(is_for_operators=for_operators))
    assert faults_of_message(payload) == []
    said = payload["blocks"][0]["text"]["text"]
    assert said.startswith("<@U0PRIYA> lifted" if for_operators else "<https://acme.slack.com/team/U0PRIYA|")
    assert payload["text"] == (
        "Priya Nair (priya) lifted the lockdown of orders-prod 03:50 UTC:\n&gt; Laptop found.\n"
        "Declared by Tom Berg (tom)."
    )


def test_command_line_is_named_as_it_is() -> None:
    told = details(declared_by="cli:olga@ops-1")
    _, blocks = shown(replace(told, declared_by=None), first=True)
    assert f"cli:olga@ops-1 {AT}" in blocks[1]


def test_lockdown_of_everything_says_so() -> None:
    assert shown(details(target=None))[1][0] == ":warning: Lockdown: every target"


@pytest.mark.parametrize("text", [NASTY, "&" * 1000, "word " * 200])
def test_any_typed_text_stays_within_limits_and_pings_no_one(text: str) -> None:
    told = details(reason=text)
    _, blocks = shown(replace(told, declared_by=replace(TOM, name=text[:500])))
    assert not any(ping in "".join(blocks) for ping in ("<!channel>", "<@U0MAYA>", "evil.example|click>"))
    lifted = lifted_story()
    payload = view.lifted(replace(lifted, lockdown=replace(lifted.lockdown, lift_reason=text)))
    assert faults_of_message(payload) == []
