"""Messages about an approval for less than requested."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.approved_scope import ApprovedScope, offer_fingerprint
from dbaccess.domain.errors import BadDuration, Changed, NotLess
from dbaccess.domain.grant import GrantState
from dbaccess.domain.people import PersonId
from dbaccess.domain.request import RequestState, Review
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.views import direct_messages, reduced_approval, request_details, request_message, thread
from tests.unit.slack import examples
from tests.unit.slack.examples import PRIYA, SAM
from tests.unit.slack.limits import faults_of_message, faults_of_view

NARROWER = (("read", "a" * 64),)
WRITE = replace(examples.terms(role="write", access="write", narrower=NARROWER), approvals=(("dba", 2),))


def scope(role: str = "write", hours: float = 2) -> ApprovedScope:
    return ApprovedScope(role=role, duration=timedelta(hours=hours))


def yes(who: str = "priya", given: ApprovedScope | None = None, note: str = "") -> Review:
    slack_id = {"priya": PRIYA, "sam": SAM}[who]
    return examples.review(
        reviewer=PersonId(who), reviewer_slack_id=slack_id, scope=given or scope(), note=note
    )


def waiting(*reviews: Review, **changes: Any) -> RequestDetails:
    people = examples.details().people | {SAM: examples.person(SAM, "Sam Okafor")}
    made = examples.details(
        request=examples.request(WRITE), reviews=reviews, people=people, narrower=("read",)
    )
    return replace(made, **changes)


def granted(state: GrantState, *reviews: Review) -> RequestDetails:
    told = waiting(*reviews, narrower=())
    request = replace(told.request, state=RequestState.APPROVED, decided_at=examples.at(14))
    given = told.scope
    grant = examples.grant(state, role=given.role, duration=given.duration)
    return replace(told, request=request, grant=grant)


def check_view(view: dict[str, Any]) -> dict[str, Any]:
    """Slack would take it."""
    assert faults_of_view(view) == []
    return view


def check_message(message: dict[str, Any]) -> dict[str, Any]:
    """Slack would take it."""
    assert faults_of_message(message) == []
    return message


def labels(message: dict[str, Any]) -> list[str]:
    found = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for elements in found for element in elements]


def approve_value(told: RequestDetails) -> str:
    shown = request_message.render(told, first=False)
    return str(shown["blocks"][-1]["elements"][0]["value"])


def options(view: dict[str, Any], label: str) -> list[str]:
    fields = {block["label"]["text"]: block for block in view["blocks"] if block["type"] == "input"}
    return [one["text"]["text"] for one in fields[label]["element"]["options"]]


def test_shorter_times_and_narrower_roles_may_be_chosen() -> None:
    view = check_view(reduced_approval.build(waiting()))
    assert options(view, "How long")[-2:] == ["1 h", "2 h, as asked"]
    assert options(view, "Role") == ["read", "write, as asked"]


def test_only_shorter_times_where_no_role_is_narrower() -> None:
    view = check_view(reduced_approval.build(waiting(narrower=())))
    assert options(view, "How long") == ["1 min", "5 min", "15 min", "30 min", "1 h"][-4:]
    assert [b["label"]["text"] for b in view["blocks"] if b["type"] == "input"] == ["How long", "Note"]


def test_no_button_where_nothing_less_can_be_chosen() -> None:
    shortest = replace(examples.terms(), duration_seconds=20)
    message = request_message.render(examples.details(request=examples.request(shortest)), first=True)
    assert labels(message) == ["Approve 20 s", "Deny", "Details"]
    assert "Approve for less" in labels(request_message.render(waiting(), first=True))


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (scope(), "Approve 2 h"),
        (scope("write", 1), "Approve 1 h"),
        (scope("read", 2), "Approve read, 2 h"),
        (scope("read", 1), "Approve read, 1 h"),
    ],
)
def test_approve_says_and_carries_what_is_on_offer_now(given: ApprovedScope, label: str) -> None:
    told = waiting(yes(given=given))
    assert labels(check_message(request_message.render(told, first=False)))[0] == label
    assert approve_value(told) == f"1042.{offer_fingerprint(WRITE, given)}"
    assert (approve_value(told) == approve_value(waiting())) == (given == scope())
    assert request_details.build(told, approvable=True)["private_metadata"] == approve_value(told)


def test_every_message_names_the_reduced_approval_with_its_reviewer() -> None:
    told = granted(GrantState.ACTIVE, yes(given=scope("read", 1), note="Enough for a <look>."))
    said = "approved read, 1 h instead of write, 2 h:\n&gt; Enough for a &lt;look&gt;."
    for message in (
        request_message.render(told, first=False),
        thread.approved(told),
        direct_messages.active(told),
    ):
        assert said in "".join(b["text"]["text"] for b in check_message(message)["blocks"] if "text" in b)
    shown = request_message.render(told, first=False)["blocks"][0]["text"]["text"]
    assert shown == "Active: Maya Lindqvist (maya), read on orders-prod, 1 h (asked write, 2 h)"
    assert direct_messages.active(told)["blocks"][0]["text"]["text"] == "Active: read on orders-prod"


def test_waiting_shows_what_was_asked_and_who_approved_less_so_far() -> None:
    message = request_message.render(waiting(yes(given=scope("write", 1))), first=False)
    assert message["blocks"][0]["text"]["text"] == "Waiting: Maya Lindqvist (maya), write on orders-prod, 2 h"
    assert "{03:14}" not in message["text"]
    assert ", 1 h instead of 2 h" in message["blocks"][4]["text"]["text"]


def test_of_two_who_approved_less_each_is_named_for_their_own_part() -> None:
    told = granted(GrantState.ACTIVE, yes(given=scope("write", 1)), yes("sam", scope("read", 1)))
    text = request_message.render(told, first=False)["blocks"][4]["text"]["text"]
    assert "approved 1 h instead of 2 h." in text
    assert "approved read instead of write." in text


def _submitted(view: dict[str, Any], **values: str) -> dict[str, Any]:
    """The view as Slack sends it back."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            action_id = block["element"]["action_id"]
            value = values.get(action_id.partition(".")[2], "")
            chosen = {"selected_option": {"value": value} if value else None, "value": value}
            state[block["block_id"]] = {action_id: chosen}
    return {**view, "state": {"values": state}}


def test_modal_gives_back_what_was_chosen() -> None:
    view = reduced_approval.build(waiting())
    wanted = reduced_approval.parse(_submitted(view, duration="30m", role="read", note=" Enough. "))
    assert wanted.less == scope("read", 0.5)
    assert (wanted.note, wanted.fingerprint) == ("Enough.", WRITE.fingerprint)


def test_without_a_choice_of_roles_the_one_on_offer_is_meant() -> None:
    view = reduced_approval.build(waiting(yes(given=scope("read", 1)), narrower=()))
    assert reduced_approval.parse(_submitted(view, duration="30m")).less == scope("read", 0.5)


def test_nothing_chosen_or_a_forged_view_is_refused() -> None:
    view = reduced_approval.build(waiting())
    with pytest.raises(BadDuration):
        reduced_approval.parse(_submitted(view))
    with pytest.raises(Changed):
        reduced_approval.parse({**_submitted(view, duration="30m"), "private_metadata": "1042.x"})


def test_errors_appear_at_how_long() -> None:
    view = reduced_approval.build(waiting())
    error = NotLess("Less than 2 h, please pick one.")
    assert reduced_approval.field_errors(error, view) == {
        "reduced_approval.duration/write": "Less than 2 h, please pick one."
    }


@pytest.mark.parametrize("count", [1, 9, 10, 99, 100, 150])
def test_any_number_of_narrower_roles_opens_with_the_role_as_asked_chosen(count: int) -> None:
    narrower = tuple(f"read-{number}" for number in range(count))
    view = check_view(reduced_approval.build(waiting(narrower=narrower)))
    (element,) = [b["element"] for b in view["blocks"] if b.get("block_id") == reduced_approval.ROLE]
    assert element["initial_option"]["value"] == "write"
    assert [one["value"] for one in element["options"]] == [*narrower[:99], "write"]
