"""Deny, revoke, details and credentials: what they show and what comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.errors import BadReason, Changed, NotFound
from dbaccess.domain.grant import GrantState
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.request import RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.text import date
from dbaccess.slack.views import credentials, deny, phrases, request_details, revoke
from dbaccess.slack.views.button_value import approval_value
from tests.unit.slack import examples
from tests.unit.slack.examples import at
from tests.unit.slack.limits import elements_of, faults_of_view, texts_of

STORY = examples.details()
DEAD = "The one shown here no longer works; open sessions stay."
PASSWORD = "kT7mWq4cVx9bRf2h"
MORE = {"kind": RequestKind.EXTENSION, "of_grant": 7}


def said(view: dict[str, Any]) -> list[str]:
    assert faults_of_view(view) == []
    return [text["text"] for block in view["blocks"] if block["type"] != "input" for text in texts_of(block)]


def sent_back(view: dict[str, Any], values: dict[Any, Any]) -> dict[str, Any]:
    return {**view, "state": {"values": values}}


def denial(why: str, note: str = "") -> dict[str, Any]:
    return {
        deny.WHY: {deny.WHY: {"type": "radio_buttons", "selected_option": {"value": why}}},
        deny.NOTE: {deny.NOTE: {"type": "plain_text_input", "value": note or None}},
    }


def test_deny_offers_reasons_to_tap() -> None:
    view = deny.build(STORY)
    assert said(view) == ["Maya Lindqvist (maya), read on orders-prod, 2 h", "One denial is final."]
    assert [view[k]["text"] for k in ("title", "submit", "close")] == ["Deny request", "Deny", "Go back"]
    radio = next(e for e in elements_of(view) if e["type"] == "radio_buttons")
    assert [o["text"]["text"] for o in radio["options"]] == [
        "Use another target",
        "Ask for less",
        "Not now",
        "Other",
    ]


@pytest.mark.parametrize(
    ("why", "note", "reads"),
    [
        ("not-now", "", "Not now"),
        ("another-target", "orders-replica", "Use another target: orders-replica"),
        ("other", "Ask Sam first.", "Ask Sam first."),
    ],
)
def test_denial_comes_back_with_what_the_requester_reads(why: str, note: str, reads: str) -> None:
    found = deny.parse(sent_back(deny.build(STORY), denial(why, note)))
    assert (found.request_id, found.fingerprint) == (STORY.request.id, STORY.request.fingerprint)
    assert found.note == reads


def test_other_needs_a_note_and_says_so_there() -> None:
    with pytest.raises(BadReason) as refused:
        deny.parse(sent_back(deny.build(STORY), denial("other", " \u202e ")))
    assert deny.field_errors(refused.value, deny.build(STORY)) == {deny.NOTE: "Say why in the note."}


def test_forged_denial_is_refused() -> None:
    view = {**sent_back(deny.build(STORY), denial("not-now")), "private_metadata": "1042.x"}
    with pytest.raises(Changed):
        deny.parse(view)


def test_revoke_asks_why() -> None:
    view = revoke.build(examples.grant(GrantState.ACTIVE), "Maya Lindqvist (maya)")
    assert said(view)[0] == "Maya Lindqvist (maya), read on orders-prod"
    values = {revoke.REASON: {revoke.REASON: {"value": "Laptop lost."}}}
    found = revoke.parse(sent_back(view, values))
    assert (found.grant_id, found.reason) == (7, "Laptop lost.")


def test_revoke_without_a_reason_is_refused_at_its_field() -> None:
    view = revoke.build(examples.grant(GrantState.ACTIVE), "Maya Lindqvist (maya)")
    with pytest.raises(BadReason) as refused:
        revoke.parse(sent_back(view, {revoke.REASON: {revoke.REASON: {"value": None}}}))
    assert revoke.field_errors(refused.value, view) == {revoke.REASON: "Say why."}


def test_revoke_of_a_forged_grant_is_refused() -> None:
    values = {revoke.REASON: {revoke.REASON: {"value": "why"}}}
    view = sent_back(revoke.build(examples.grant(GrantState.ACTIVE), "M"), values)
    with pytest.raises(NotFound):
        revoke.parse({**view, "private_metadata": "7;8"})


def test_details_show_the_whole_reason_and_approve() -> None:
    reason = "line one\n" + "&" * 990
    request = examples.request(examples.terms(reason=reason))
    view = request_details.build(examples.details(request=request), approvable=True)
    lines = said(view)
    quoted = [line for line in lines if line.startswith("&gt; ") and "*Can:*" not in line]
    assert "".join(quoted).replace("&gt; ", "").replace("&amp;", "&") == reason
    assert f"Policy {'b' * 64} · request {request.fingerprint}" in lines
    assert "*Rule* prod-read. *Reviewers* 1 approval from dba." in lines
    assert view["submit"]["text"] == "Approve 2 h"
    assert request_details.parse(view) == (request.id, request.fingerprint)


@pytest.mark.parametrize(
    ("of", "says"),
    [
        ({"duration_seconds": 36 * 3600}, "Approve 1 d 12 h"),
        ({**MORE, "duration_seconds": 26 * 3600}, "Approve 1 d 2 h more"),
        ({**MORE, "duration_seconds": 36 * 3600 + 1800}, "Approve"),
    ],
)
def test_details_approve_all_that_is_on_offer_and_never_say_less(of: dict[str, Any], says: str) -> None:
    request = examples.request(examples.terms(**of))
    details = examples.details(request=request)
    view = request_details.build(details, approvable=True)
    assert phrases.asked_length(request) in said(view)[0]
    assert view["submit"]["text"] == says


def test_details_name_every_object_however_many() -> None:
    tables = tuple(f"shop.{'t' * 50}{number:03}" for number in range(200))
    on = ObjectPrivileges(schemas=("ops",), tables=tables, privileges=("SELECT", "UPDATE"))
    request = examples.request(examples.terms(grants=("orders_read",), on=on))
    lines = said(request_details.build(examples.details(request=request), approvable=True))
    assert "*Grants* orders_read, what follows in orders on main to a login made for this" in lines
    assert "SELECT, UPDATE on every table of ops" in "".join(lines)
    assert all(f"SELECT, UPDATE on {table}" in "".join(lines) for table in tables)


@pytest.mark.parametrize(
    ("state", "approvable"), [(RequestState.PENDING, False), (RequestState.DENIED, True)]
)
def test_details_only_approve_what_is_pending_and_asked_for(state: RequestState, *, approvable: bool) -> None:
    view = request_details.build(examples.decided(state), approvable=approvable)
    assert said(view)
    assert "submit" not in view
    with pytest.raises(Changed):
        request_details.parse({**view, "private_metadata": approval_value(STORY.request)})


CREDENTIALS = {
    "loading": (
        credentials.loading(login="jit_acme_maya_7f3a", target="orders-prod"),
        [
            "Making a password for jit_acme_maya_7f3a on orders-prod.",
            "If the password does not appear within a minute, close this and click again.",
        ],
    ),
    "shown": (
        credentials.shown(login="jit_acme_maya_7f3a", password=PASSWORD, expires_at=at(135)),
        [
            "*User* jit_acme_maya_7f3a",
            f"*Password*\n```{PASSWORD}```",
            f"Works until {date(at(135))}. Close this and it cannot be shown again, only replaced.",
        ],
    ),
    "again": (
        credentials.shown(
            login="jit_acme_maya_7f3a", password=PASSWORD, expires_at=at(135), replaced_at=at(16)
        ),
        [
            f"A new password. The one from {date(at(16))} no longer works; open sessions stay.",
            "*User* jit_acme_maya_7f3a",
            f"*Password*\n```{PASSWORD}```",
            f"Works until {date(at(135))}. Close this and it cannot be shown again, only replaced.",
        ],
    ),
    "failed": (
        credentials.failed(target="orders-prod"),
        ["orders-prod did not answer. Either password may work. Close and make a new one."],
    ),
    "replaced": (
        credentials.replaced(made_at=at(20)),
        [f"A newer password was made {date(at(20))}. {DEAD}"],
    ),
    "overtaken": (
        credentials.replaced(made_at=None),
        ["You asked again meanwhile; the newer window shows the password."],
    ),
    "ended": (
        credentials.closed(replace(examples.grant(GrantState.ENDED), ended_at=at(135))),
        [f"This grant ended {date(at(135))}. No password is made any more."],
    ),
    "revoking": (
        credentials.closed(replace(examples.grant(GrantState.REVOKING), revoking_at=at(134))),
        [f"Revoking since {date(at(134))}. No password is made any more."],
    ),
    "over": (
        credentials.closed(examples.grant(GrantState.ACTIVE)),
        ["The time of this grant is over. No password is made any more."],
    ),
    "early": (
        credentials.closed(examples.grant(GrantState.PROVISIONING)),
        ["This grant is not active yet. A password is made once it is."],
    ),
    "refused": (
        credentials.refused(text="Only the holder sees this."),
        ["Only the holder sees this."],
    ),
}


@pytest.mark.parametrize(("view", "lines"), CREDENTIALS.values(), ids=CREDENTIALS.keys())
def test_credentials_modal_says_its_state(view: dict[str, Any], lines: list[str]) -> None:
    assert said(view) == lines
    assert view["title"]["text"] == "Credentials"


@pytest.mark.parametrize("name", CREDENTIALS)
def test_credentials_modal_gives_slack_nothing_to_send_back(name: str) -> None:
    view = CREDENTIALS[name][0]
    assert set(view) == {"type", "callback_id", "title", "close", "blocks"}
    assert list(elements_of(view)) == []


def test_password_is_nowhere_but_in_its_own_code_block() -> None:
    view = CREDENTIALS["shown"][0]
    holding = [text["text"] for text in texts_of(view) if PASSWORD in text["text"]]
    assert holding == [f"*Password*\n```{PASSWORD}```"]


def test_long_lengths_fit_the_submit_button() -> None:
    length = timedelta(days=365, hours=23, minutes=59, seconds=59)
    request = examples.request(examples.terms(duration_seconds=int(length.total_seconds())))
    assert faults_of_view(request_details.build(examples.details(request=request), approvable=True)) == []
