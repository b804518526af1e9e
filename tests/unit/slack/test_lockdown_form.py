"""Lock down and lift: what the forms say, what comes back, and where lockdowns are shown besides."""

from typing import Any

import pytest

from dbaccess.domain.errors import BadReason, NotFound
from dbaccess.domain.grant import GrantState
from dbaccess.domain.lockdown import Lockdown, LockdownId, LockdownRow
from dbaccess.domain.overview import Holding
from dbaccess.slack.views import break_form, form, home, listing, lockdown_form, who
from dbaccess.slack.views.break_form import BreakState
from dbaccess.slack.views.form import FormState
from dbaccess.slack.views.lockdown import LIFT
from tests.unit.slack import examples, policies
from tests.unit.slack.examples import NOW, at
from tests.unit.slack.limits import elements_of, faults_of_message, faults_of_view, texts_of
from tests.unit.slack.test_break_glass import MAYA, POLICY
from tests.unit.slack.test_home import overview

SINCE = "<!date^1773112800^{date_short_pretty} at {time}|03:20 UTC>"
REFUSAL = f"orders-prod is in lockdown since {SINCE}; no requests until it is lifted."
LIFTS = "Another operator lifts it: Sam Okafor."


def lockdown(target: str | None = "orders-prod") -> Lockdown:
    return Lockdown(
        id=LockdownId(3),
        target=target,
        reason="Leaked laptop.",
        declared_by="tom",
        declared_slack_id=None,
        declared_at=at(20),
    )


def said(view: dict[str, Any]) -> list[str]:
    return [text["text"] for block in view["blocks"] if block["type"] != "input" for text in texts_of(block)]


def sent(view: dict[str, Any], reason: str) -> dict[str, Any]:
    values = {lockdown_form.REASON: {lockdown_form.REASON: {"value": reason}}}
    return {**view, "state": {"values": values}}


@pytest.mark.parametrize(
    ("target", "grants", "says"),
    [
        (
            "orders-prod",
            7,
            "Ends 7 grants on orders-prod now and refuses",
        ),
        (
            "orders-prod",
            1,
            "Ends 1 grant on orders-prod now and refuses",
        ),
        ("orders-prod", 0, "No grant is open on orders-prod. Refuses"),
        (None, 42, "Ends 42 grants on every target now and refuses"),
    ],
)
def test_form_says_what_it_ends_and_comes_back_as_it_was(target: str | None, grants: int, says: str) -> None:
    view = lockdown_form.build(target, grants=grants, lifts=LIFTS, reason="Leaked")
    assert faults_of_view(view) == []
    assert said(view) == [f"{says} requests until another operator lifts it.", LIFTS]
    assert view["submit"]["text"] == "Lock down"
    found = lockdown_form.parse(sent(view, "Leaked laptop."))
    assert (found.target, found.reason) == (target, "Leaked laptop.")
    with pytest.raises(BadReason) as refused:
        lockdown_form.parse(sent(view, " \u202e"))
    assert lockdown_form.field_errors(refused.value, view) == {lockdown_form.REASON: "Say why."}


@pytest.mark.parametrize("where", ["", "target:", "orders-prod", "everything"])
def test_form_that_is_not_whole_never_means_every_target(where: str) -> None:
    view = {
        **sent(lockdown_form.build("orders-prod", grants=1, lifts=LIFTS), "why"),
        "private_metadata": where,
    }
    with pytest.raises(NotFound):
        lockdown_form.parse(view)


def test_lift_asks_why() -> None:
    view = lockdown_form.build_lift(lockdown())
    assert faults_of_view(view) == []
    assert said(view) == ["Accepts requests on orders-prod again.", "Ended grants stay ended."]
    found = lockdown_form.parse_lift(sent(view, "Laptop found."))
    assert (found.lockdown_id, found.reason) == (3, "Laptop found.")
    with pytest.raises(NotFound):
        lockdown_form.parse_lift({**sent(view, "why"), "private_metadata": "3;4"})


@pytest.mark.parametrize("target", ["orders-prod", None])
def test_form_of_a_request_says_it_of_the_chosen_target(target: str | None) -> None:
    chosen = FormState(target="orders-prod", role="read")
    policy, person = policies.policy(), policies.engineer()
    view = form.build(chosen, policy, person, now=NOW, lockdowns=[lockdown(target)])
    assert faults_of_view(view) == []
    assert REFUSAL in said(view)
    for others in ([lockdown("billing-prod")], []):
        assert REFUSAL not in said(form.build(chosen, policy, person, now=NOW, lockdowns=others))


def test_form_of_a_break_glass_says_it_too() -> None:
    view = break_form.build(
        BreakState(target="orders-prod", role="read"), POLICY, MAYA, now=NOW, lockdowns=[lockdown()]
    )
    assert faults_of_view(view) == []
    assert REFUSAL in said(view)


def test_answer_of_who_names_a_lockdown_with_and_without_grants() -> None:
    held = [Holding(grant=examples.grant(GrantState.ACTIVE), holder_name="Maya Lindqvist")]
    for holdings in ([], held):
        answer = who.build("orders-prod", holdings, lockdown(), now=NOW)
        assert faults_of_message(answer) == []
        assert REFUSAL in said(answer)


@pytest.mark.parametrize("may_lift", [True, False])
def test_list_and_home_show_it_and_who_may_lifts_it_there(*, may_lift: bool) -> None:
    rows = [LockdownRow(lockdown=lockdown(), may_lift=may_lift)]
    shown = [listing.build(lockdowns=rows), home.build(overview(lockdowns=rows * 9))]
    assert faults_of_message(shown[0]) == faults_of_view(shown[1]) == []
    for view in shown:
        assert any("orders-prod is in lockdown since" in line for line in said(view))
        lifts = [e for e in elements_of(view) if e.get("action_id") == LIFT]
        assert bool(lifts) is may_lift
    assert "4 more: dbaccess lockdown list" in said(shown[1])
