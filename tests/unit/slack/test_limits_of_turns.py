"""Broken glass and more time stay within Slack's limits, too, whatever people type."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.models.views import View

from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.extension import Extendable, Extension
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Extend, Slot
from dbaccess.domain.request import RequestId, RequestState, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.blocks import Json
from dbaccess.slack.views import break_form, break_glass_review, extend_form, request_details
from dbaccess.slack.views.break_form import BreakState
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples, policies
from tests.unit.slack.examples import at
from tests.unit.slack.limits import faults_of_view
from tests.unit.slack.test_break_glass import GIVEN, MAYA, PENDING_REVIEW, POLICY, TERMS
from tests.unit.slack.test_extension import ASKED
from tests.unit.slack.test_limits import EXTREMES, check_message, check_texts

OF_A_GRANT = tuple(MessageKind)
OF_AN_EXTENSION = (
    MessageKind.THREAD_EXTENSION,
    MessageKind.THREAD_VOIDED,
    MessageKind.THREAD_EXTENDED,
    MessageKind.EXTENDED,
    MessageKind.DENIED,
    MessageKind.LAPSED,
    MessageKind.STALE,
)
extremes = pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())


def named(text: str) -> dict[str, object]:
    people = {s: replace(p, name=text[:500]) for s, p in examples.details().people.items()}
    return {"people": people, "can": text, "cannot": text, "requester_groups": (text,) * 3}


def broken(text: str) -> Iterator[RequestDetails]:
    """A break-glass with each state of its grant, its review open, over its time and closed."""
    terms = replace(TERMS, reason=text[:1000] or "x" * 10)
    request = examples.request(terms, state=RequestState.APPROVED, decided_at=at(10))
    pending = replace(PENDING_REVIEW, request=request)
    given = replace(GIVEN, note=text[:500] or "x")
    reviews = [
        pending,
        replace(pending, due_at=at(1), overdue_at=at(2)),
        replace(pending, state=BreakGlassReviewState.JUSTIFIED, verdict=given),
        replace(pending, state=BreakGlassReviewState.NOT_JUSTIFIED, verdict=given),
    ]
    for state in GrantState:
        for review in reviews:
            yield examples.details(
                request=request, grant=examples.grant(state), break_glass_review=review, **named(text)
            )


def longer(text: str) -> Iterator[RequestDetails]:
    """An extension in each state; approved, it was carried out, was not, and still waits."""
    terms = replace(ASKED, reason=text[:1000] or "x" * 10)
    yes, no = examples.review(note=text[:500]), examples.review(Verdict.DENIED, note=text[:500])
    settled = Extension(
        request_id=RequestId(1042),
        grant_id=GrantId(7),
        added=timedelta(days=364, hours=23, minutes=59),
        expires_at=at(195),
        why=None,
        settled_at=at(17),
    )
    for state in RequestState:
        request = examples.request(terms, state=state, decided_at=at(16), decide_by=at(40))
        reviews = (no,) if state is RequestState.DENIED else (yes,)
        made = examples.details(
            request=request, reviews=reviews, grant=examples.grant(GrantState.ACTIVE), **named(text)
        )
        if state is RequestState.APPROVED:
            yield replace(made, extension=settled)
            made = replace(made, extension=replace(settled, expires_at=None, why=text[:300]))
        yield made


def check_view(view: Json) -> None:
    assert faults_of_view(view) == []
    View(**view).validate_json()
    check_texts([block for block in view["blocks"] if block["type"] != "input"][:1])


@extremes
@pytest.mark.parametrize("first", [True, False])
def test_every_message_of_a_break_glass_is_one_that_slack_takes(text: str, *, first: bool) -> None:
    for details in broken(text):
        for kind in OF_A_GRANT:
            check_message(render(kind, details, first=first))


@extremes
@pytest.mark.parametrize("first", [True, False])
def test_every_message_of_an_extension_is_one_that_slack_takes(text: str, *, first: bool) -> None:
    for details in longer(text):
        assert details.request.terms.kind is RequestKind.EXTENSION
        for kind in OF_AN_EXTENSION:
            if kind in {MessageKind.THREAD_EXTENDED, MessageKind.EXTENDED} and details.extension is None:
                continue
            check_message(render(kind, details, first=first))


@extremes
def test_every_modal_of_both_is_one_that_slack_takes(text: str) -> None:
    for details in broken(text):
        check_view(break_glass_review.build(details))
    for details in longer(text):
        check_view(request_details.build(details, approvable=True))


@extremes
def test_the_form_to_break_the_glass_takes_whatever_was_typed(text: str) -> None:
    typed = BreakState(target="orders-prod", role="read", duration=text, reason=text, ticket=text)
    check_view(break_form.build(typed, POLICY, MAYA, now=examples.NOW))
    check_view(break_form.build(replace(typed, target=text), POLICY, MAYA, now=examples.NOW))


def test_the_form_to_break_the_glass_says_how_to_get_what_is_not_in_its_list() -> None:
    many = [policies.target(f"orders-{number:03}", policies.role()) for number in range(101)]
    rule = replace(POLICY.rules[-1], targets=frozenset(target.name for target in many))
    view = break_form.build(BreakState(), policies.policy(*many, rules=(rule,)), MAYA, now=examples.NOW)
    check_view(view)
    assert "For a role that is not listed, type `/dbaccess break-glass" in str(view["blocks"])


@extremes
def test_the_form_for_more_time_takes_whatever_was_typed(text: str) -> None:
    most = Extend(longest=timedelta(days=365), approvals=(Slot(group="dba", count=1),))
    grant = examples.grant(GrantState.ACTIVE)
    found = Extendable(grant=grant, rule=policies.rule(), extend=most, left=timedelta(days=364))
    check_view(extend_form.build(found, reason=text))
