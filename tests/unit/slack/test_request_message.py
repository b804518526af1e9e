"""The approval message, word by word."""

from dataclasses import replace
from typing import Any

import pytest

from dbaccess.domain.errors import Changed, NotFound
from dbaccess.domain.grant import EndCause, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SourceId
from dbaccess.domain.request import RequestState, ReviewId, Verdict
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.slack.text import date
from dbaccess.slack.views import request_message
from dbaccess.slack.views.button_value import approval_value, parse_approval, parse_id
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.examples import at
from tests.unit.slack.limits import elements_of

CAPTURED = "Statements not captured: orders-prod does not log statements"
MAYA_LINK = "<https://acme.slack.com/team/U0MAYA|Maya Lindqvist (maya)>"
PRIYA_LINK = "<https://acme.slack.com/team/U0PRIYA|Priya Nair (priya)>"
SAM_LINK = "<https://acme.slack.com/team/U0SAM|Sam Okafor (sam)>"


def shown(details: RequestDetails, *, first: bool = False) -> list[str]:
    """Header, sections and context of the message, in order."""
    lines = []
    for block in render(MessageKind.REQUEST, details, first=first)["blocks"]:
        if block["type"] in {"header", "section"}:
            lines.append(block["text"]["text"])
        elif block["type"] == "context":
            lines.append(block["elements"][0]["text"])
    return lines


def last(details: RequestDetails, *, first: bool = False) -> str:
    return shown(details, first=first)[-1]


def buttons(details: RequestDetails) -> dict[str, dict[str, Any]]:
    payload = render(MessageKind.REQUEST, details, first=False)
    return {element["text"]["text"]: element for element in elements_of(payload)}


def test_pending_message_says_all_that_a_reviewer_needs() -> None:
    assert shown(examples.details(), first=True) == [
        "Waiting: Maya Lindqvist (maya), read on orders-prod, 2 h",
        '&gt; Orders stuck in "paid" since 02:40, need to see queue_state. OPS-4512',
        "&gt; *Can:* read every table in schema shop. *Cannot:* change data or schema.",
        f"{MAYA_LINK}: engineers, on call · {CAPTURED} · R-1042",
        f"*Needs 1 approval:* <!subteam^S0DBA> · rule prod-read · lapses {date(at(40))}",
    ]


def test_group_is_pinged_where_the_message_is_posted_and_never_by_an_update() -> None:
    assert "<!subteam^S0DBA>" in last(examples.details(), first=True)
    assert last(examples.details()).startswith("*Needs 1 approval:* dba ·")


def test_group_of_people_pings_each_and_a_channel_only_has_its_name() -> None:
    people = ReviewerGroup(name="dba", sources=(SourceId("U0A"), SourceId("U0B")), count=1)
    channel = ReviewerGroup(name="dba", sources=(SourceId("C0A"),), count=1)
    assert "*Needs 1 approval:* <@U0A> <@U0B> ·" in last(examples.details(groups=(people,)), first=True)
    assert "*Needs 1 approval:* dba ·" in last(examples.details(groups=(channel,)), first=True)


def test_two_slots_show_who_is_done_and_what_is_open() -> None:
    request = examples.request(examples.terms(approvals=(("dba", 1), ("app-owners", 1)), rule="prod-ddl"))
    assert last(examples.details(request=request, reviews=(examples.review(),))).split("\n") == [
        f"*Needs 2 approvals, 2 people* · rule prod-ddl · lapses {date(at(40))}",
        f"Done: dba, {PRIYA_LINK} {date(at(14))}",
        "Open: app-owners, 1",
    ]


def test_pending_message_offers_approve_deny_for_less_and_details() -> None:
    details = examples.details()
    found = buttons(details)
    value = f"1042.{details.request.fingerprint}"
    assert list(found) == ["Approve 2 h", "Deny", "Approve for less", "Details"]
    assert found["Approve 2 h"]["action_id"] == request_message.APPROVE
    assert found["Approve 2 h"]["value"] == found["Deny"]["value"] == value
    assert found["Approve 2 h"]["style"] == "primary"
    assert found["Approve 2 h"]["accessibility_label"] == "Approve read on orders-prod, 2 h"
    assert found["Details"]["value"] == "1042"
    assert "confirm" not in found["Approve 2 h"]


@pytest.mark.parametrize("access", ["write", "ddl"])
def test_approving_what_can_change_data_is_asked_once_more(access: str) -> None:
    request = examples.request(examples.terms(access=access, role="write"))
    confirm = buttons(examples.details(request=request))["Approve 2 h"]["confirm"]
    assert {key: text["text"] for key, text in confirm.items()} == {
        "title": "Approve write on orders-prod",
        "text": "Maya Lindqvist (maya), 2 h, production.",
        "confirm": "Approve 2 h",
        "deny": "Go back",
    }


def test_long_reason_is_cut_and_approve_leads_through_details() -> None:
    details = examples.details(request=examples.request(examples.terms(reason="x" * 1000, ticket=None)))
    assert shown(details)[1] == f"&gt; {'x' * 240}… 760 more in Details"
    assert buttons(details)["Approve 2 h"]["action_id"] == request_message.APPROVE_IN_DETAILS


@pytest.mark.parametrize(
    ("reason", "shown_as"),
    [
        ("look into OPS-4512 now", "look into OPS-4512 now"),
        ("look into OPS-45123 now", "look into OPS-45123 now OPS-4512"),
        ("look into it", "look into it OPS-4512"),
        ("x" * 250 + " OPS-4512", "x" * 240 + "… 19 more in Details OPS-4512"),
    ],
)
def test_ticket_is_shown_once(reason: str, shown_as: str) -> None:
    details = examples.details(request=examples.request(examples.terms(reason=reason)))
    assert shown(details)[1] == f"&gt; {shown_as}"


def test_reason_of_240_characters_is_shown_whole() -> None:
    details = examples.details(request=examples.request(examples.terms(reason="x" * 240, ticket=None)))
    assert shown(details)[1] == f"&gt; {'x' * 240}"
    assert buttons(details)["Approve 2 h"]["action_id"] == request_message.APPROVE


def test_reason_cannot_leave_its_quotation_by_a_line_break() -> None:
    details = examples.details(
        request=examples.request(examples.terms(reason="ok\n\n*Needs 0 approvals*", ticket=None))
    )
    assert shown(details)[1] == "&gt; ok \u2217Needs 0 approvals\u2217"


SEEN = f"Verified {date(at(135))}: role removed, login removed, 1 session closed, none left."
NOT_STARTED = "Waiting for orders-prod to confirm; the 2 h have not started."
GIVEN_UP: dict[str, Any] = {
    "state": GrantState.REVOKING,
    "activated_at": None,
    "end_cause": EndCause.ABANDONED,
    "last_failure": "unreachable",
}
TRIES_GO_ON = f"Retrying until {date(at(74))}; the 2 h have not started."
NOTE = "Use orders-replica, same tables."
DENIAL = examples.review(Verdict.DENIED, note=NOTE)
STATES = {
    "approved": (
        examples.granted(GrantState.PROVISIONING),
        "Approved, not active yet",
        f"Approved by {PRIYA_LINK} (dba) {date(at(14))}. {NOT_STARTED}",
    ),
    "active": (
        examples.granted(GrantState.ACTIVE),
        "Active",
        f"Since {date(at(15))}, ends {date(at(135))}. Approved by {PRIYA_LINK} (dba).",
    ),
    "ending": (
        examples.granted(GrantState.REVOKING),
        "Ending",
        f"Revoking since {date(at(135))}. Reported as ended once verified.",
    ),
    "ended": (
        examples.granted(GrantState.ENDED),
        "Ended",
        f"{date(at(15))} to {date(at(135))}, expired. {SEEN}",
    ),
    "surrendered": (
        examples.granted(GrantState.ENDED, end_cause=EndCause.SURRENDERED, ended_by="maya"),
        "Ended",
        f"{date(at(15))} to {date(at(135))}, ended early by the holder. {SEEN}",
    ),
    "revoked": (
        replace(
            examples.granted(
                GrantState.ENDED, end_cause=EndCause.REVOKED, ended_by="priya", end_note="Enough."
            ),
            ended_by=examples.person("U0PRIYA", "Priya Nair"),
        ),
        "Ended",
        f"{date(at(15))} to {date(at(135))}, revoked by Priya Nair (priya). {SEEN}\n&gt; Enough.",
    ),
    "revoked from the command line": (
        examples.granted(
            GrantState.ENDED, end_cause=EndCause.REVOKED, ended_by="cli:ops@db1", end_note="Enough."
        ),
        "Ended",
        f"{date(at(15))} to {date(at(135))}, revoked by cli:ops@db1. {SEEN}\n&gt; Enough.",
    ),
    "invalidated": (
        examples.granted(GrantState.ENDED, end_cause=EndCause.INVALIDATED, end_note="holder left"),
        "Ended",
        f"{date(at(15))} to {date(at(135))}, invalidated: holder left. {SEEN}",
    ),
    "denied": (
        examples.decided(RequestState.DENIED, DENIAL),
        "Denied",
        f"{PRIYA_LINK} (dba) {date(at(14))}:\n&gt; {NOTE}",
    ),
    "lapsed": (
        examples.decided(RequestState.LAPSED),
        "Lapsed",
        f"Not decided by {date(at(40))}. No access was granted.",
    ),
    "withdrawn": (
        examples.decided(RequestState.WITHDRAWN),
        "Withdrawn",
        f"Withdrawn by {MAYA_LINK} {date(at(14))}. No access was granted.",
    ),
    "stale": (
        examples.decided(RequestState.STALE),
        "Stale",
        f"The policy changed {date(at(14))}; no rule allows this now. No access was granted.",
    ),
    "problem": (
        examples.granted(GrantState.PROVISIONING, attempts=5, last_failure="unreachable"),
        ":warning: Problem",
        f"Approved {date(at(14))}, but orders-prod does not answer (5 attempts). {TRIES_GO_ON}",
    ),
    "given up": (
        examples.granted(**GIVEN_UP, end_note="orders-prod did not confirm in 5 tries."),
        ":warning: Problem",
        (
            f"Approved {date(at(14))}, but orders-prod did not confirm in 5 tries. "
            "Cleaning up whatever was created."
        ),
    ),
    "time over": (
        examples.granted(**GIVEN_UP, end_note="Its time was over before it began."),
        ":warning: Problem",
        f"Approved {date(at(14))}, but its time was over before it began. Cleaning up whatever was created.",
    ),
    "never active": (
        examples.never_active(),
        "Never active",
        f"Verified {date(at(19))} on orders-prod: no role, no login, no sessions.",
    ),
}


@pytest.mark.parametrize(("details", "begins", "text"), STATES.values(), ids=STATES.keys())
def test_each_later_state_begins_and_ends_as_it_should(
    details: RequestDetails, begins: str, text: str
) -> None:
    said = shown(details)
    assert said[0] == f"{begins}: Maya Lindqvist (maya), read on orders-prod, 2 h"
    assert said[1].startswith("&gt; Orders stuck")
    assert said[-1] == text


@pytest.mark.parametrize("name", [name for name in STATES if name != "active"])
def test_only_pending_and_active_messages_have_buttons(name: str) -> None:
    assert buttons(STATES[name][0]) == {}


def test_active_message_offers_to_revoke() -> None:
    found = buttons(STATES["active"][0])
    assert list(found) == ["Revoke"]
    assert (found["Revoke"]["action_id"], found["Revoke"]["value"]) == (request_message.REVOKE, "7")


def test_once_an_attempt_may_have_touched_the_target_the_time_is_said_to_run() -> None:
    details = examples.granted(GrantState.PROVISIONING, expires_at=at(135))
    assert last(details).endswith(f"it ends {date(at(135))} at the latest.")


def test_two_who_approved_are_both_named() -> None:
    second = examples.review(
        id=ReviewId(2),
        reviewer="sam",
        reviewer_slack_id=examples.SAM,
        groups=("app-owners",),
        reviewed_at=at(15),
    )
    people = examples.details().people | {examples.SAM: examples.person(examples.SAM, "Sam Okafor")}
    details = examples.decided(
        RequestState.APPROVED,
        examples.review(),
        second,
        people=people,
        grant=examples.grant(GrantState.ACTIVE),
    )
    assert last(details).endswith(f"Approved by {PRIYA_LINK} (dba), {SAM_LINK} (app-owners).")


def test_message_names_objects_kept_on_the_target() -> None:
    kept = examples.receipt(roles=(examples.KEPT,), login_removed=None, sessions=())
    text = last(examples.granted(GrantState.ENDED, receipt=kept))
    assert "role kept: held before, or given by another grant" in text


def test_lock_screen_of_a_pending_request() -> None:
    text = render(MessageKind.REQUEST, examples.details(), first=True)["text"]
    first, *rest = text.split("\n")
    assert first.startswith(
        'Maya Lindqvist (maya) asks for read on orders-prod, 2 h: Orders stuck in "paid" since 02:40'
    )
    assert len(first) <= 110
    assert "*Needs 1 approval:* @dba · rule prod-read · lapses 04:40" in rest
    assert "<" not in text


def test_fingerprint_survives_the_round_trip() -> None:
    request = examples.request()
    assert parse_approval(approval_value(request)) == (request.id, request.fingerprint)


@pytest.mark.parametrize(
    "value",
    ["", "1042", "1042.", ".x", "x.y", f"-1.{'a' * 64}", f"1.{'A' * 64}", f"²3.{'a' * 64}", f"1.{'a' * 65}"],
)
def test_forged_approval_value_is_refused(value: str) -> None:
    with pytest.raises(Changed):
        parse_approval(value)


@pytest.mark.parametrize("value", ["", "x", "-1", "1 ", "²", "9" * 19])
def test_forged_id_is_refused(value: str) -> None:
    with pytest.raises(NotFound):
        parse_id(value)
