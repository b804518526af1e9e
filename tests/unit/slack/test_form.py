"""The request form: built for what is chosen, read back as typed."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from dbaccess.domain.coverage import NOT_CHECKED
from dbaccess.domain.errors import (
    AlreadyOpen,
    BadDuration,
    BadReason,
    BadTicket,
    DirectoryTooOld,
    NotAllowed,
    Refused,
    TooLong,
    UnknownName,
)
from dbaccess.domain.hours import Hours
from dbaccess.domain.people import PersonId, SourceId
from dbaccess.domain.policy import Ask, LoginKind
from dbaccess.slack.views import form, form_role
from dbaccess.slack.views.activity import coverage_phrase
from dbaccess.slack.views.form import FormState
from tests.unit.slack import examples, policies
from tests.unit.slack.examples import NOW
from tests.unit.slack.limits import elements_of, faults_of_options, faults_of_view
from tests.unit.slack.test_lockdown_form import lockdown

ENGINEER = policies.engineer()
CHOSEN = FormState(target="orders-prod", role="read", duration="2h", reason="looking into it", ticket="OPS-1")


def build(state: FormState, **of: Any) -> dict[str, Any]:
    view = form.build(state, of.get("policy", policies.policy()), of.get("person", ENGINEER), now=NOW)
    assert faults_of_view(view) == []
    return view


def said(view: dict[str, Any]) -> list[str]:
    lines = []
    for block in view["blocks"]:
        if block["type"] == "section":
            lines.append(block["text"]["text"])
        elif block["type"] == "context":
            lines.append(block["elements"][0]["text"])
    return lines


def labels(view: dict[str, Any]) -> list[str]:
    return [b["label"]["text"] for b in view["blocks"] if b["type"] == "input"]


def blocks_by_label(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {b["label"]["text"]: b for b in view["blocks"] if b["type"] == "input"}


def sent_back(view: dict[str, Any], **typed: str) -> dict[str, Any]:
    """The view as Slack returns it: each field with what it showed at first, or what was typed."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        label = block["label"]["text"]
        if element["type"] == "plain_text_input":
            state: dict[str, Any] = {"value": typed.get(label, element.get("initial_value"))}
        else:
            chosen = {"value": typed[label]} if label in typed else element.get("initial_option")
            state = {"selected_option": chosen}
        values[block["block_id"]] = {element["action_id"]: {"type": element["type"]} | state}
    return {**view, "state": {"values": values}}


def test_empty_form_asks_for_target_and_reason_only() -> None:
    view = build(FormState())
    assert [view[key]["text"] for key in ("title", "submit", "close")] == [
        "Request a role",
        "Send request",
        "Close",
    ]
    assert labels(view) == ["Target", "Why"]
    assert said(view) == ["Choose a target to see its roles, the longest time and whose approval it takes."]
    target = blocks_by_label(view)["Target"]
    assert target["dispatch_action"] is True
    assert target["element"]["min_query_length"] == 0


def test_chosen_role_says_what_it_can_and_takes() -> None:
    view = build(CHOSEN)
    assert labels(view) == ["Target", "Role", "How long", "Why", "Ticket"]
    assert said(view) == [
        (
            "&gt; *Can:* read every table in schema shop. *Cannot:* change data or schema.\n"
            "*Takes:* 1 approval from dba within 30 min. *Longest:* 4 h."
        ),
        f"{coverage_phrase(NOT_CHECKED)}. Rule prod-read.",
    ]
    assert blocks_by_label(view)["Ticket"]["optional"] is True


def test_form_reads_back_what_it_shows() -> None:
    assert form.parse(sent_back(build(CHOSEN))) == CHOSEN


def test_submitted_form_is_an_ask() -> None:
    state = form.parse(sent_back(build(CHOSEN), **{"How long": "30m", "Why": " for\u202e OPS-2 \x00 "}))
    assert state.ask() == Ask(
        target="orders-prod",
        role="read",
        duration=timedelta(minutes=30),
        reason="for OPS-2",
        ticket="OPS-1",
    )


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (FormState(), "Choose a target."),
        (FormState(target="orders-prod"), "Choose a role."),
        (FormState(target="orders-prod", role="read"), "Choose how long."),
    ],
)
def test_form_names_a_choice_that_is_missing(state: FormState, says: str) -> None:
    with pytest.raises(Refused, match=says):
        state.ask()


def test_not_possible_role_names_the_rule_and_what_works() -> None:
    view = build(FormState(target="orders-prod", role="write"))
    assert said(view) == [
        (
            "*Not possible now:* write on orders-prod. Rule prod-write is for members of dba.\n"
            "*Possible:* read, up to 4 h, 1 approval from dba."
        )
    ]
    assert labels(view) == ["Target", "Role", "Why"]
    switch = [e for e in elements_of(view) if e["action_id"].startswith(form_role.SWITCH_ROLE)]
    assert [(e["text"]["text"], e["value"]) for e in switch] == [("Switch to read", "read")]


def test_switching_the_role_leaves_no_old_choice_behind() -> None:
    view = build(FormState(target="orders-prod", role="write", reason="still here"))
    state = form.switched(sent_back(view), "read")
    assert state == FormState(target="orders-prod", role="read", reason="still here")
    after = build(state)
    before_id, after_id = (blocks_by_label(v)["Role"]["block_id"] for v in (view, after))
    assert before_id != after_id
    assert blocks_by_label(after)["Why"]["block_id"] == blocks_by_label(view)["Why"]["block_id"]


def test_another_target_gives_role_and_time_new_blocks() -> None:
    first, second = (build(FormState(target=t, role="read")) for t in ("orders-prod", "orders-dev"))
    for label in ("Role", "How long"):
        assert blocks_by_label(first)[label]["block_id"] != blocks_by_label(second)[label]["block_id"]


def test_ticket_is_required_where_the_rule_says_so() -> None:
    view = build(FormState(target="orders-prod", role="write"), person=policies.engineer("S0DBA"))
    assert blocks_by_label(view)["Ticket"]["optional"] is False


def test_role_for_a_login_of_ones_own_tells_that_its_sessions_are_closed() -> None:
    target = policies.target("orders-prod", login=LoginKind.PERSONAL)
    without = policies.policy(target, rules=(policies.rule(),))
    with_login = replace(without, logins={PersonId(ENGINEER.slack_id): "maya"})
    assert "Rule prod-read needs a login of your own" in said(build(CHOSEN, policy=without))[0]
    assert said(build(CHOSEN, policy=with_login))[1].endswith(
        "Your own login gets the role; its sessions are closed when the role is removed at the end."
    )


@pytest.mark.parametrize(
    ("longest", "offered"),
    [
        (timedelta(seconds=10), ["10 s"]),
        (timedelta(seconds=30), ["30 s"]),
        (timedelta(minutes=5), ["1 min", "5 min"]),
        (timedelta(hours=4), ["15 min", "30 min", "1 h", "2 h", "4 h"]),
        (timedelta(hours=6), ["30 min", "1 h", "2 h", "4 h", "6 h"]),
        (timedelta(days=1), ["1 h", "2 h", "4 h", "8 h", "1 d"]),
    ],
)
def test_offered_times_fit_the_maximum(longest: timedelta, offered: list[str]) -> None:
    rules = (policies.rule(longest=longest),)
    view = build(FormState(target="orders-prod", role="read"), policy=policies.policy(rules=rules))
    element = blocks_by_label(view)["How long"]["element"]
    assert [one["text"]["text"] for one in element["options"]] == offered


@pytest.mark.parametrize(("asked", "chosen"), [("3h", "3h"), ("180m", "3h"), ("8h", None), ("junk", None)])
def test_prefilled_time_is_kept_where_the_rule_allows_it(asked: str, chosen: str | None) -> None:
    view = build(FormState(target="orders-prod", role="read", duration=asked))
    element = blocks_by_label(view)["How long"]["element"]
    assert element.get("initial_option", {}).get("value") == chosen


def test_names_that_the_policy_does_not_have_count_as_not_chosen() -> None:
    assert labels(build(FormState(target="gone", role="read"))) == ["Target", "Why"]
    assert labels(build(FormState(target="orders-prod", role="gone"))) == ["Target", "Role", "Why"]


def test_draft_and_old_request_fill_the_form() -> None:
    assert FormState.of_draft(CHOSEN.as_draft()) == CHOSEN
    assert FormState.of_draft({"role": "read", "unknown": "x"}) == FormState(role="read")
    again = FormState.of_request(examples.request())
    assert (again.target, again.duration, again.ticket) == ("orders-prod", "2h", "OPS-4512")


def test_target_options_are_what_the_person_may_ask_for() -> None:
    answer = form.target_options(policies.policy(), ENGINEER, "PROD", now=NOW)
    assert [one["value"] for one in answer["options"]] == ["billing-prod", "orders-prod"]
    assert answer["options"][0]["description"]["text"] == "read"
    assert form.target_options(policies.policy(), policies.engineer("S0NOBODY"), "", now=NOW) == {
        "options": []
    }


def test_no_more_targets_are_offered_than_slack_takes() -> None:
    many = policies.policy(*(policies.target(f"orders-{number:03}") for number in range(150)))
    answer = form.target_options(many, ENGINEER, "", now=NOW)
    assert len(answer["options"]) == 100
    assert faults_of_options(answer) == []


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (UnknownName("No target.", kind="target", asked="x", nearest=()), "Target"),
        (UnknownName("No role.", kind="role", asked="x", nearest=()), "Role"),
        (NotAllowed("No rule."), "Role"),
        (AlreadyOpen("R-1041 for this is still open."), "Role"),
        (BadDuration("No unit."), "How long"),
        (BadReason("Say why."), "Why"),
        (BadTicket("Write it like OPS-1234."), "Ticket"),
        (DirectoryTooOld("Try again in a minute."), "Target"),
    ],
)
def test_each_refusal_is_said_at_its_field(error: Refused, label: str) -> None:
    view = build(CHOSEN)
    assert form.field_errors(error, view) == {blocks_by_label(view)[label]["block_id"]: str(error)}


def test_time_over_the_maximum_is_told_the_maximum_at_its_field() -> None:
    with pytest.raises(TooLong) as refused:
        policies.policy().check(ENGINEER, replace(CHOSEN, duration="8h").ask(), now=NOW)
    assert str(refused.value) == "8 h is over the maximum of 4 h (rule prod-read)."
    view = build(CHOSEN)
    where = blocks_by_label(view)["How long"]["block_id"]
    assert form.field_errors(refused.value, view) == {where: "At most 4 h (rule prod-read)."}


def test_refusal_of_a_field_that_is_not_shown_is_said_at_the_target() -> None:
    assert form.field_errors(NotAllowed("No rule."), build(FormState())) == {form.TARGET: "No rule."}


def test_overlong_texts_stay_within_slacks_limits() -> None:
    long = policies.role("r" * 20, can="&" * 5000, cannot="<" * 5000)
    wide = policies.policy(policies.target("t" * 30, long))
    view = build(FormState(target="t" * 30, role="r" * 20, reason="y" * 5000), policy=wide)
    assert len(blocks_by_label(view)["Why"]["element"]["initial_value"]) == 1000


def test_each_length_shows_its_approvals() -> None:
    at_once = policies.rule("at-once", up_to=timedelta(hours=1), longest=timedelta(hours=1), approvals=())
    view = build(
        FormState(target="orders-prod", role="read"),
        policy=policies.policy(rules=(at_once, policies.rule())),
    )
    assert "*Takes:* up to 1 h no approval; up to 4 h 1 approval from dba within 30 min." in said(view)[0]
    assert "Rule at-once, prod-read." in said(view)[1]
    offered = blocks_by_label(view)["How long"]["element"]["options"]
    assert [one["value"] for one in offered][-1] == "4h"


@pytest.mark.parametrize(
    ("chosen", "takes", "rule"),
    [
        ("30m", "*Takes:* no approval. *Longest:* 4 h.", "at-once"),
        ("1h", "*Takes:* no approval. *Longest:* 4 h.", "at-once"),
        ("2h", "*Takes:* 1 approval from dba within 30 min. *Longest:* 4 h.", "prod-read"),
    ],
)
def test_the_chosen_length_decides_whose_approval_is_said(chosen: str, takes: str, rule: str) -> None:
    at_once = policies.rule("at-once", up_to=timedelta(hours=1), longest=timedelta(hours=1), approvals=())
    both = policies.policy(rules=(at_once, policies.rule()))
    view = build(FormState(target="orders-prod", role="read", duration=chosen, reason="kept"), policy=both)
    assert takes in said(view)[0]
    assert f"Rule {rule}." in said(view)[1]
    how_long = blocks_by_label(view)["How long"]
    assert how_long["dispatch_action"] is True
    assert how_long["block_id"].endswith(f"/{rule}")
    assert how_long["element"]["initial_option"]["value"] == chosen
    assert form.parse(sent_back(view)).reason == "kept"


def test_outside_its_hours_a_rule_says_when() -> None:
    hours = Hours(tz="Europe/Berlin", days=frozenset(range(5)), start=time(8), end=time(8, 1))
    view = build(
        FormState(target="orders-prod", role="read"),
        policy=policies.policy(rules=(policies.rule(hours=hours),)),
    )
    assert "Rule prod-read: Mon\N{EN DASH}Fri 08:00\N{EN DASH}08:01 Berlin." in said(view)[0]


def test_denial_names_its_rule() -> None:
    freeze = policies.rule("freeze", denies=True, requester=(), approvals=())
    view = build(
        FormState(target="orders-prod", role="read"),
        policy=policies.policy(rules=(policies.rule(), freeze)),
    )
    assert "*Not possible now:* read on orders-prod. Rule freeze denies it." in said(view)[0]


def test_no_length_is_offered_that_no_rule_allows() -> None:
    short = policies.rule("short", approvals=(), up_to=timedelta(minutes=15), longest=timedelta(minutes=10))
    policy = policies.policy(rules=(short, policies.rule()))
    lengths = blocks_by_label(build(replace(CHOSEN, duration=None), policy=policy))["How long"]["element"]
    offered = [option["value"] for option in lengths["options"]]
    assert {"10m", "30m", "4h"} <= set(offered)
    assert "15m" not in offered


@pytest.mark.parametrize(
    ("duration", "takes"),
    [
        (None, "*Takes:* up to 15 min no approval; up to 4 h 1 approval from dba within 30 min."),
        ("15m", "*Takes:* no approval."),
        ("30m", "*Takes:* 1 approval from dba within 30 min."),
        ("16m", "*Takes:* 1 approval from dba within 30 min."),
        ("9h", "*Takes:* up to 15 min no approval; up to 4 h 1 approval from dba within 30 min."),
    ],
)
def test_required_approvals_are_those_of_the_chosen_length(duration: str | None, takes: str) -> None:
    short = policies.rule("short", approvals=(), up_to=timedelta(minutes=15))
    view = build(replace(CHOSEN, duration=duration), policy=policies.policy(rules=(short, policies.rule())))
    assert takes in said(view)[0]


def test_person_whom_no_rule_lets_ask_is_told_so_and_whom_to_ask() -> None:
    policy = policies.policy()
    policy = replace(policy, groups={**policy.groups, "operators": (SourceId("S0OPS"),)})
    view = build(FormState(), policy=policy, person=policies.engineer("S0OTHER"))
    assert said(view) == [
        "*Not possible now:* no rule lets you request a role. Ask <!subteam^S0OPS>.",
    ]
    assert "submit" not in view
    assert labels(view) == []


def test_outside_hours_the_form_says_when() -> None:
    night = Hours(tz="Europe/Berlin", days=frozenset({0}), start=time(8), end=time(9))
    policy = policies.policy(rules=(policies.rule(hours=night),))
    until = "Rule prod-read: Mon 08:00\N{EN DASH}09:00 Berlin."
    assert said(build(FormState(), policy=policy)) == [
        f"*Not possible now:* no rule lets you request a role. {until} Ask an operator."
    ]
    chosen = build(FormState(target="orders-prod"), policy=policy)
    assert said(chosen) == [
        f"*Not possible now:* no rule lets you request a role on orders-prod. {until} Ask an operator."
    ]


def test_lockdown_of_everything_stands_in_the_empty_form() -> None:
    everything = lockdown(None)
    view = form.build(FormState(), policies.policy(), ENGINEER, now=NOW, lockdowns=[everything])
    assert "every target is in lockdown since" in said(view)[0]


def test_known_target_without_a_role_for_the_person_is_listed_as_such() -> None:
    other = policies.engineer("S0OTHER")
    listed = form.target_options(policies.policy(), other, "", now=NOW, visible=("orders-prod",))
    assert faults_of_options(listed) == []
    (only,) = listed["options"]
    assert (only["value"], only["description"]["text"]) == ("orders-prod", "Nothing for you now")
