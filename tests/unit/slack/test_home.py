"""The Home tab: who sees what, in which order, and always within what Slack takes."""

from typing import Any

import pytest

from dbaccess.domain.errors import UnknownPerson
from dbaccess.domain.grant import EndCause, GrantId, GrantState
from dbaccess.domain.overview import Holding, Overview, ToReview
from dbaccess.domain.use import Use
from dbaccess.slack.text import date
from dbaccess.slack.views import home, rows
from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.extend_form import EXTEND
from dbaccess.slack.views.request_message import REVOKE
from dbaccess.slack.views.surrender import SURRENDER
from dbaccess.slack.views.withdraw import WITHDRAW
from tests.unit.slack import examples
from tests.unit.slack.examples import NOW, at
from tests.unit.slack.limits import elements_of, faults_of_view
from tests.unit.slack.test_limits import EXTREMES, check_texts

ENDED = examples.grant(GrantState.ENDED)


def overview(**changes: Any) -> Overview:
    nothing: dict[str, Any] = {
        "now": NOW,
        "reviews_for": (),
        "reviews": (),
        "revocable": (),
        "holds": (),
        "credentials_shown": frozenset(),
        "waits": (),
        "ended": (),
        "possible": (("read", 6), ("write", 2)),
    }
    return Overview(**(nothing | changes))


def said(view: dict[str, Any]) -> list[str]:
    """The text of every block, and a row of buttons as their labels."""
    check(view)
    lines = []
    for block in view["blocks"]:
        if block["type"] == "actions":
            lines.append(" ".join(f"[{e['text']['text']}]" for e in block["elements"]))
        else:
            text = block["elements"][0] if block["type"] == "context" else block["text"]
            button = f" [{block['accessory']['text']['text']}]" if "accessory" in block else ""
            lines.append(text["text"] + button)
    return lines


def check(view: dict[str, Any]) -> None:
    assert faults_of_view(view) == []
    check_texts(view["blocks"])


def test_engineer_who_holds_nothing_is_offered_a_request() -> None:
    assert said(home.build(overview())) == [
        "Database roles",
        "You hold nothing.",
        "[Request a role]",
        "Roles you can request: read on 6 targets, write on 2.",
        f"As of {date(NOW)} [Refresh]",
    ]


IN_USE = "No statement read so far, sessions not known, 0 of 120 min used"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (EndCause.EXPIRED, "expired"),
        (EndCause.SURRENDERED, "early by you"),
        (EndCause.REVOKED, "revoked"),
        (EndCause.INVALIDATED, "invalidated"),
        (EndCause.ABANDONED, "abandoned"),
        (EndCause.LOCKED_DOWN, "by a lockdown"),
        (EndCause.IDLE, "as idle"),
    ],
)
def test_row_of_an_ended_grant_tells_why_in_plain_words(cause: EndCause, words: str) -> None:
    grant = examples.grant(GrantState.ENDED, end_cause=cause)
    line = f"read on orders-prod, ended {date(at(135))}, {words} [Request again]"
    assert line in said(home.build(overview(ended=(grant,))))


def test_engineer_sees_what_is_held_waited_for_and_ended() -> None:
    held, begun = examples.grant(GrantState.ACTIVE), examples.grant(GrantState.PROVISIONING, recipe=None)
    never = examples.grant(GrantState.ENDED, activated_at=None, end_cause=EndCause.ABANDONED)
    view = home.build(
        overview(
            holds=(held, begun, examples.grant(GrantState.REVOKING)),
            waits=(examples.request(),),
            ended=(ENDED, never),
            uses={held.id: Use(is_captured=True)},
        )
    )
    assert said(view)[1:-3] == [
        "*You hold*",
        f"read on orders-prod, ends {date(at(135))}\n{IN_USE}",
        "[Show credentials] [I'm done]",
        "read on orders-prod, not active yet [I'm done]",
        "read on orders-prod, ending",
        "*You wait for*",
        f"read on orders-prod, 2 h, dba, lapses {date(at(40))} [Withdraw]",
        "*Ended*",
        f"read on orders-prod, ended {date(at(135))}, expired [Request again]",
        f"read on orders-prod, ended {date(at(135))}, never active [Request again]",
    ]
    values = [(e["action_id"], e["value"]) for e in elements_of(view)]
    assert values[:2] == [(SHOW_CREDENTIALS, "7"), (SURRENDER, "7")]
    assert (WITHDRAW, "1042") in values
    assert (ASK_AGAIN, "1042") in values


def test_password_that_was_shown_is_only_replaced_and_a_personal_login_has_none() -> None:
    held = examples.grant(GrantState.ACTIVE)
    again = home.build(overview(holds=(held,), credentials_shown=frozenset({GrantId(7)})))
    assert "[New password] [I'm done]" in said(again)
    personal = examples.grant(GrantState.ACTIVE, recipe=examples.recipe(login_kind="personal", login="maya"))
    assert f"read on orders-prod, ends {date(at(135))}\nUse not known [I'm done]" in said(
        home.build(overview(holds=(personal,)))
    )


def test_more_time_is_offered_where_a_rule_allows_it() -> None:
    held = examples.grant(GrantState.ACTIVE)
    personal = examples.grant(GrantState.ACTIVE, recipe=examples.recipe(login_kind="personal", login="maya"))
    for grant, buttons in (
        (held, "[Show credentials] [Extend] [I'm done]"),
        (personal, "[Extend] [I'm done]"),
    ):
        view = home.build(overview(holds=(grant,), extendable=frozenset({grant.id})))
        assert buttons in said(view)
        assert (EXTEND, "7") in [(e["action_id"], e["value"]) for e in elements_of(view)]


def test_reviewer_without_work_is_told_for_whom_they_review() -> None:
    assert said(home.build(overview(reviews_for=("dba", "app-owners"))))[:2] == [
        "Nothing waits for your review. You review for dba and app-owners.",
        "Database roles",
    ]


def test_reviewer_sees_first_what_waits_and_approves_nothing_here() -> None:
    view = home.build(
        overview(
            reviews_for=("dba",),
            reviews=(ToReview(request=examples.request(), requester_name="Sam <Okafor>"),),
            revocable=(Holding(grant=examples.grant(GrantState.ACTIVE), holder_name="Tom Berg"),),
            possible=(),
        )
    )
    assert said(view) == [
        "Waiting for your review (1)",
        f"Sam &lt;Okafor&gt;, read on orders-prod, 2 h, lapses {date(at(40))} [Open]",
        "Active on your targets (1)",
        f"Tom Berg, read on orders-prod, 2 h, ends {date(at(135))}\nUse not known [Revoke]",
        "Database roles",
        "You hold nothing.",
        "No rule allows you to request a role now.",
        f"As of {date(NOW)} [Refresh]",
    ]
    assert {e["action_id"] for e in elements_of(view)} == {rows.OPEN, REVOKE, home.REFRESH}


def test_person_without_rights_sees_the_reason_and_may_refresh() -> None:
    view = home.refused(UnknownPerson("This account is <deactivated>."), now=NOW)
    assert said(view) == [
        "Database roles",
        "This account is &lt;deactivated&gt;.",
        f"As of {date(NOW)} [Refresh]",
    ]


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_any_number_of_rows_with_any_names_stays_within_a_view(text: str) -> None:
    request = examples.request()
    many = overview(
        reviews_for=(text[:100],) * 5,
        reviews=(ToReview(request=request, requester_name=text),) * 500,
        revocable=(Holding(grant=examples.grant(GrantState.ACTIVE), holder_name=text),) * 500,
        holds=(examples.grant(GrantState.ACTIVE),) * 500,
        extendable=frozenset({GrantId(7)}),
        waits=(request,) * 500,
        ended=(ENDED,) * 5,
        possible=((text[:20] or "x", 900),) * 40,
    )
    view = home.build(many)
    lines = said(view)
    assert lines.count("490 more, not shown here.") == 4
    assert len(lines) <= 80, "a part to come needs room"
    check(home.refused(UnknownPerson(text), now=NOW))
