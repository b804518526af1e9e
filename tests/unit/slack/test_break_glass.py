"""Break-glass, word by word: loud in the channel, and closed by a word on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState, GivenVerdict
from dbaccess.domain.errors import BadDuration, BadReason, BadTicket, Changed, TooLong, UnknownName
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.overview import BreakGlassToReview
from dbaccess.domain.people import PersonId
from dbaccess.domain.policy import BreakGlass
from dbaccess.domain.request import RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import Json
from dbaccess.slack.text import date
from dbaccess.slack.views import answers, break_form, break_glass_review, form_role, listing
from dbaccess.slack.views.break_form import BreakState
from dbaccess.slack.views.break_glass import REVIEW_BREAK_GLASS
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples, policies
from tests.unit.slack.examples import NOW, at
from tests.unit.slack.limits import elements_of
from tests.unit.slack.shown import PRIYA_LINK, buttons, lock_screen, shown

MAYA_LINK = "<https://acme.slack.com/team/U0MAYA|Maya Lindqvist (maya)>"
TERMS = examples.terms(
    break_glass=True,
    role="write",
    access="write",
    approvals=(),
    duration_seconds=1800,
    rule="prod-emergency",
    reason="Payments down, INC-881",
    ticket=None,
)
REQUEST = examples.request(TERMS, state=RequestState.APPROVED, decided_at=at(10))
PENDING_REVIEW = BreakGlassReview(
    request=REQUEST,
    grant_id=GrantId(7),
    review_by="dba",
    state=BreakGlassReviewState.PENDING,
    opened_at=at(10),
    due_at=at(1440),
)
GIVEN = GivenVerdict(
    reviewer=PersonId("priya"),
    reviewer_slack_id=examples.PRIYA,
    note="INC-881, stock fixed.",
    reviewed_at=at(60),
)


EMERGENCY = policies.rule(
    "prod-emergency",
    targets=frozenset({"orders-prod"}),
    longest=timedelta(minutes=30),
    approvals=(),
    break_glass=BreakGlass(review_by="dba", review_within=timedelta(hours=24)),
)
POLICY = policies.policy(rules=(policies.rule(), policies.WRITE_RULE, EMERGENCY))
USUAL = policies.policy()
MAYA = policies.engineer()


def details(
    state: GrantState, *, review: BreakGlassReview = PENDING_REVIEW, **changes: Any
) -> RequestDetails:
    grant = replace(examples.grant(state, **changes), role="write", duration=timedelta(minutes=30))
    return examples.details(request=REQUEST, grant=grant, break_glass_review=review)


def closed_as(verdict: BreakGlassReviewState) -> BreakGlassReview:
    return replace(PENDING_REVIEW, state=verdict, verdict=GIVEN)


def test_the_channel_is_told_loudly_before_anything_is_active() -> None:
    before = details(GrantState.PROVISIONING)
    assert shown(MessageKind.REQUEST, before, first=True) == [
        ":warning: Break-glass: Maya Lindqvist (maya), write on orders-prod, 30 min",
        "<!subteam^S0DBA> No approval was asked.\n&gt; Payments down, INC-881",
        f"Not active yet. Review due {date(at(1440))}, by dba, not {MAYA_LINK}.",
    ]
    later = shown(MessageKind.REQUEST, before)
    assert later[1] == "No approval was asked. dba was told.\n&gt; Payments down, INC-881"
    assert later[::2] == shown(MessageKind.REQUEST, before, first=True)[::2]
    assert list(buttons(MessageKind.REQUEST, before)) == ["Review"]
    assert lock_screen(MessageKind.REQUEST, before) == (
        "Break-glass by Maya Lindqvist (maya): write on orders-prod, 30 min. Payments down, INC-881"
    )


def test_active_says_until_when_and_can_be_revoked_and_reviewed() -> None:
    active = details(GrantState.ACTIVE)
    assert shown(MessageKind.REQUEST, active)[2] == (
        f"Active since {date(at(15))}, ends {date(at(135))}. "
        f"Review due {date(at(1440))}, by dba, not {MAYA_LINK}."
    )
    found = buttons(MessageKind.REQUEST, active)
    assert list(found) == ["Revoke", "Review"]
    assert found["Review"]["value"] == f"{REQUEST.id}.{REQUEST.fingerprint}"
    assert shown(MessageKind.THREAD_ACTIVE, active)[0].endswith("Break-glass: no approval was asked.")
    assert f"Break-glass: somebody else reviews it by {date(at(1440))}." in str(
        shown(MessageKind.ACTIVE, active)
    )


@pytest.mark.parametrize(
    ("verdict", "word"),
    [(BreakGlassReviewState.JUSTIFIED, "justified"), (BreakGlassReviewState.NOT_JUSTIFIED, "not justified")],
)
def test_the_review_stands_in_the_message_and_its_button_is_gone(
    verdict: BreakGlassReviewState, word: str
) -> None:
    told = details(GrantState.ACTIVE, review=closed_as(verdict))
    said = f"Reviewed by {PRIYA_LINK}, {word}:\n&gt; INC-881, stock fixed."
    assert shown(MessageKind.REQUEST, told)[2].endswith(said)
    assert list(buttons(MessageKind.REQUEST, told)) == ["Revoke"]
    closed = details(GrantState.ENDED, review=closed_as(verdict))
    assert shown(MessageKind.THREAD_REVIEWED, closed) == [said.replace(PRIYA_LINK, "<@U0PRIYA>")]
    assert shown(MessageKind.REVIEWED, closed) == [f"Your break-glass, write on orders-prod: {said}"]


def test_whole_reason_is_shown_for_there_is_nothing_behind_it() -> None:
    told = details(GrantState.ACTIVE)
    request = replace(told.request, terms=replace(TERMS, reason="&" * 20 + "x" * 980))
    (asked,) = [line for line in shown(MessageKind.REQUEST, replace(told, request=request)) if "xxx" in line]
    assert asked.endswith("x" * 980)
    assert "Details" not in asked


@pytest.mark.parametrize(
    ("ticket", "shown_as"), [("INC-881", "Payments down, INC-881"), ("INC-9", "Payments down, INC-881 INC-9")]
)
def test_ticket_is_shown_once(ticket: str, shown_as: str) -> None:
    told = details(GrantState.ACTIVE)
    with_ticket = replace(told, request=replace(told.request, terms=replace(TERMS, ticket=ticket)))
    assert shown(MessageKind.REQUEST, with_ticket)[1].endswith(f"&gt; {shown_as}")


def test_message_names_no_announcement_that_was_not_made() -> None:
    told = replace(details(GrantState.PROVISIONING), groups=(), break_glass_review=None)
    for first in (True, False):
        assert shown(MessageKind.REQUEST, told, first=first)[1] == (
            "No approval was asked.\n&gt; Payments down, INC-881"
        )


def test_ended_keeps_the_pending_review_in_view() -> None:
    lines = shown(MessageKind.REQUEST, details(GrantState.ENDED))
    assert lines[0].startswith(":warning: Break-glass")
    assert "Verified" in lines[2]
    assert lines[2].endswith(f"Review due {date(at(1440))}, by dba, not {MAYA_LINK}.")


def test_overdue_names_the_group_once_and_says_what_it_means() -> None:
    overdue = details(GrantState.ENDED)
    assert shown(MessageKind.THREAD_OVERDUE, overdue, first=True) == [
        (
            f":warning: <!subteam^S0DBA> Review overdue since {date(at(1440))}. "
            f"Until closed, {MAYA_LINK} cannot break glass."
        )
    ]
    assert "<!subteam" not in str(render(MessageKind.THREAD_OVERDUE, overdue, first=False))
    assert lock_screen(MessageKind.THREAD_OVERDUE, overdue) == (
        "Break-glass review overdue: Maya Lindqvist (maya), write on orders-prod"
    )
    closed = details(GrantState.ENDED, review=closed_as(BreakGlassReviewState.JUSTIFIED))
    assert shown(MessageKind.THREAD_OVERDUE, closed) == ["The review was overdue; it is closed."]
    assert buttons(MessageKind.THREAD_OVERDUE, closed) == {}


def test_recorded_says_that_no_approval_is_asked() -> None:
    said = "Break-glass: no approval is asked; it starts once the channel is told."
    assert said in str(answers.recorded(REQUEST))
    assert said in str(shown(MessageKind.SUBMITTED, details(GrantState.PROVISIONING)))


def test_not_announced_is_said_as_what_it_is() -> None:
    waits = details(GrantState.PROVISIONING, last_failure="unannounced")
    assert "its message could not be posted" in str(shown(MessageKind.PROBLEM, waits))


def test_judge_is_read_back_only_with_a_verdict_and_a_note() -> None:
    view = break_glass_review.build(details(GrantState.ACTIVE))
    assert view["submit"]["text"] == "Close review"
    assert break_glass_review.parse(
        _judged(view, "not-justified", " Not needed. ")
    ) == break_glass_review.BreakGlassVerdict(
        request_id=REQUEST.id,
        fingerprint=REQUEST.fingerprint,
        verdict=BreakGlassReviewState.NOT_JUSTIFIED,
        note="Not needed.",
    )
    for verdict, note in (("justified", "  "), ("", "why"), ("forged", "why")):
        with pytest.raises(BadReason):
            break_glass_review.parse(_judged(view, verdict, note))
    with pytest.raises(Changed):
        break_glass_review.parse(_judged(view | {"private_metadata": str(REQUEST.id)}, "justified", "why"))


def _judged(view: Json, verdict: str, note: str) -> Json:
    values = {
        break_glass_review.VERDICT: {break_glass_review.VERDICT: {"selected_option": {"value": verdict}}},
        break_glass_review.NOTE: {break_glass_review.NOTE: {"value": note}},
    }
    return view | {"state": {"values": values}}


def test_list_shows_what_is_owed_with_its_button_and_ones_own_without() -> None:
    rows = listing.build(
        break_glass_reviews=[BreakGlassToReview(review=PENDING_REVIEW, requester_name="Tom Berg (tom)")],
        unreviewed=[PENDING_REVIEW],
    )
    texts = [block["text"]["text"] for block in rows["blocks"]]
    assert texts == [
        "*Break-glass reviews owed*",
        f"Tom Berg (tom), write on orders-prod, due {date(at(1440))}",
        f"Your write on orders-prod, due {date(at(1440))}, by dba",
    ]
    assert [element["action_id"] for element in elements_of(rows)] == [REVIEW_BREAK_GLASS]


def test_form_says_who_is_told_and_offers_lengths_within_the_rule() -> None:
    view = break_form.build(BreakState(target="orders-prod", role="read"), POLICY, MAYA, now=NOW)
    assert "Starts at once. dba is told now; somebody else reviews it within 1 d." in str(view["blocks"])
    lengths = next(e for e in elements_of(view) if e["action_id"] == break_form.DURATION)
    assert lengths["options"][-1]["value"] == "30m"
    assert view["submit"]["text"] == "Break glass"


def test_form_keeps_the_length_that_was_typed_where_the_rule_allows_it() -> None:
    def picked(duration: str) -> Any:
        typed = BreakState(target="orders-prod", role="read", duration=duration)
        view = break_form.build(typed, POLICY, MAYA, now=NOW)
        lengths = next(e for e in elements_of(view) if e["action_id"] == break_form.DURATION)
        return lengths.get("initial_option", {}).get("value")

    assert [picked(length) for length in ("7m", "420s", "31m", "soon", "")] == ["7m", "7m", None, None, None]


def test_form_says_for_each_length_who_reviews_it() -> None:
    short = replace(EMERGENCY, id="prod-short", up_to=timedelta(minutes=10))
    short = replace(short, break_glass=BreakGlass(review_by="operators", review_within=timedelta(hours=1)))
    both = policies.policy(rules=(policies.rule(), short, EMERGENCY))
    view = break_form.build(BreakState(target="orders-prod", role="read"), both, MAYA, now=NOW)
    said = str(view["blocks"])
    assert (
        "Up to 10 min: operators is told now; somebody else reviews it within 1 h. Rule prod-short." in said
    )
    assert "Up to 30 min: dba is told now; somebody else reviews it within 1 d. Rule prod-emergency." in said


def test_form_says_why_the_typed_line_was_not_enough() -> None:
    typed = BreakState(target="orders-prod", role="read", reason="Payments down")
    problem = BadDuration('"90" has no unit. Write 90m or 2h30m.')
    view = break_form.build(typed, POLICY, MAYA, now=NOW, problem=problem)
    assert view["blocks"][0]["text"]["text"] == str(problem)
    assert break_form.REASON in str(view["blocks"])


def test_form_without_a_rule_sends_nothing() -> None:
    view = break_form.build(BreakState(), USUAL, MAYA, now=NOW)
    assert "submit" not in view


def test_form_names_the_field_that_is_wrong() -> None:
    view = break_form.build(BreakState(target="orders-prod", role="read"), POLICY, MAYA, now=NOW)
    where = {
        type(error): next(iter(break_form.field_errors(error, view)))
        for error in (
            BadDuration("no"),
            TooLong("no", longest="30m", at_most="At most 30 min."),
            BadReason("no"),
            BadTicket("no"),
            UnknownName("no", kind="target", asked="", nearest=()),
        )
    }
    assert where == {
        BadDuration: f"{break_form.DURATION}/orders-prod/read",
        TooLong: f"{break_form.DURATION}/orders-prod/read",
        BadReason: break_form.REASON,
        BadTicket: break_form.TICKET,
        UnknownName: break_form.WHAT,
    }


def test_form_asks_for_a_break_glass_and_for_whatever_is_missing() -> None:
    asked = BreakState(target="orders-prod", role="read", duration="30m", reason="Payments down").ask()
    assert (asked.break_glass, asked.duration) == (True, timedelta(minutes=30))
    with pytest.raises(UnknownName):
        BreakState().ask()
    with pytest.raises(BadDuration):
        BreakState(target="orders-prod", role="read").ask()


def test_request_form_leads_to_break_glass_only_where_a_rule_has_it() -> None:
    found = form_role.possible_section(POLICY, MAYA, "orders-prod", "read", now=NOW)
    labels = {e["text"]["text"]: e for e in elements_of({"blocks": found})}
    assert labels["Break-glass…"]["value"] == "orders-prod/read"
    found = form_role.possible_section(USUAL, MAYA, "orders-prod", "read", now=NOW)
    assert "Break-glass…" not in str(found)
