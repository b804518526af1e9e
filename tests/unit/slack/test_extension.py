"""More time, word by word: in the thread, to the holder, and in the modal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.errors import BadDuration, BadReason, TooLong
from dbaccess.domain.extension import Extendable, Extension
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Extend, Rule, Slot
from dbaccess.domain.request import RequestId, RequestState, StaleWhy, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.blocks import Json
from dbaccess.slack.text import date
from dbaccess.slack.views import deny, extend_form
from tests.unit.slack import examples
from tests.unit.slack.examples import at
from tests.unit.slack.limits import elements_of
from tests.unit.slack.shown import PRIYA_LINK, buttons, lock_screen, shown

MAYA_LINK = "<https://acme.slack.com/team/U0MAYA|Maya Lindqvist (maya)>"
ASKED = examples.terms(
    kind=RequestKind.EXTENSION,
    of_grant=7,
    duration_seconds=3600,
    reason="index still building",
    ticket=None,
)
ENDS, LATER = date(at(135)), date(at(195))


def details(state: RequestState = RequestState.PENDING, **changes: Any) -> RequestDetails:
    decided_at = None if state is RequestState.PENDING else at(16)
    asked = examples.request(ASKED, state=state, decided_at=decided_at, decide_by=at(40))
    kept = {"grant": examples.grant(GrantState.ACTIVE), "request": asked} | changes
    return examples.details(**kept)


def done(**changes: Any) -> RequestDetails:
    return details(
        RequestState.APPROVED,
        reviews=(examples.review(),),
        grant=examples.grant(GrantState.ACTIVE, expires_at=at(195)),
        extension=Extension(
            request_id=RequestId(1042),
            grant_id=GrantId(7),
            added=timedelta(hours=1),
            expires_at=at(195),
            why=None,
            settled_at=at(17),
        ),
        **changes,
    )


WAITS = details(
    RequestState.APPROVED,
    reviews=(examples.review(),),
    grant=examples.grant(GrantState.ACTIVE, attempts=3, last_failure="unreachable"),
)


def test_holder_and_operators_hear_that_a_later_end_cannot_be_set() -> None:
    tries = f"Retrying until {ENDS}, when the grant ends as before."
    assert shown(MessageKind.PROBLEM, WAITS) == [
        f":warning: Not extended yet: orders-prod does not answer. {tries}"
    ]
    assert lock_screen(MessageKind.PROBLEM, WAITS) == "Not extended yet: 1 h more, read on orders-prod"
    title, said, *_ = shown(MessageKind.OPS_PROBLEM, WAITS, first=True)
    assert title == ":warning: Problem: Maya Lindqvist (maya), 1 h more, read on orders-prod, not set"
    assert said == f"<@U0OPS> orders-prod does not answer (3 attempts). {tries}"
    assert "<@U0OPS>" not in "".join(shown(MessageKind.OPS_PROBLEM, WAITS))


@pytest.mark.parametrize(
    ("over", "outcome"),
    [
        (done(), f"Extended: ends {LATER}."),
        (
            replace(WAITS, grant=examples.grant(GrantState.ENDED)),
            "but not confirmed by orders-prod before its end. Its end did not change.",
        ),
    ],
    ids=["extended", "not extended"],
)
def test_problem_of_a_later_end_says_what_became_of_it(over: RequestDetails, outcome: str) -> None:
    (direct,) = shown(MessageKind.PROBLEM, over)
    title, said, *_ = shown(MessageKind.OPS_PROBLEM, over)
    assert direct.endswith(outcome)
    assert said.endswith(outcome)
    assert ":warning:" not in f"{direct}{title}"


def test_the_ask_stands_in_the_thread_with_its_buttons_and_pings_once() -> None:
    first = shown(MessageKind.THREAD_EXTENSION, details(), first=True)
    assert first == [
        f"{MAYA_LINK} asks for 1 h more:\n&gt; index still building",
        f"*Needs 1 approval:* <!subteam^S0DBA> · rule prod-read · lapses {date(at(40))}",
    ]
    assert "<!subteam" not in "".join(shown(MessageKind.THREAD_EXTENSION, details()))
    assert list(buttons(MessageKind.THREAD_EXTENSION, details())) == ["Approve 1 h more", "Deny", "Details"]
    assert (
        lock_screen(MessageKind.THREAD_EXTENSION, details())
        == "Maya Lindqvist (maya) asks for 1 h more: read on orders-prod"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            details(RequestState.APPROVED, reviews=(examples.review(),)),
            (
                f"Approved by {PRIYA_LINK} (dba) {date(at(14))}. "
                f"Waiting for orders-prod to confirm; until then it ends {ENDS}."
            ),
        ),
        (done(), f"Approved by {PRIYA_LINK} (dba) {date(at(14))}. Extended: ends {LATER}."),
        (details(RequestState.LAPSED), f"Not decided by {date(at(40))}. It ends {ENDS}, as before."),
        (
            details(RequestState.DENIED, reviews=(examples.review(Verdict.DENIED, note="Not now"),)),
            f"Denied by {PRIYA_LINK} (dba) {date(at(14))}:\n&gt; Not now\nIt ends {ENDS}, as before.",
        ),
        (
            details(RequestState.WITHDRAWN),
            f"Withdrawn by {MAYA_LINK} {date(at(16))}. It ends {ENDS}, as before.",
        ),
        (
            details(
                RequestState.APPROVED, grant=examples.grant(GrantState.ENDED), reviews=(examples.review(),)
            ),
            (
                f"Approved by {PRIYA_LINK} (dba) {date(at(14))}, but not confirmed by orders-prod before its "
                "end. Its end did not change."
            ),
        ),
    ],
)
def test_outcome_replaces_the_buttons(told: RequestDetails, said: str) -> None:
    assert shown(MessageKind.THREAD_EXTENSION, told)[1] == said
    assert buttons(MessageKind.THREAD_EXTENSION, told) == {}


def test_extended_is_said_with_the_end_that_was_confirmed() -> None:
    line = f"Extended by {PRIYA_LINK}. Ends {LATER}; sessions go on."
    assert shown(MessageKind.THREAD_EXTENDED, done()) == [line]
    assert shown(MessageKind.EXTENDED, done()) == [
        f"Extended: read on orders-prod ends {LATER}. {PRIYA_LINK} approved 1 h more."
    ]
    assert lock_screen(MessageKind.EXTENDED, done()).startswith("Extended until 07:15: read on orders-prod")
    assert list(buttons(MessageKind.EXTENDED, done(may_extend=True))) == ["Extend", "I'm done"]
    later = done(may_extend=True)
    older = examples.details(**{name: getattr(later, name) for name in ("request", "reviews", "extension")})
    ended = examples.grant(GrantState.ENDED)
    assert buttons(MessageKind.EXTENDED, examples.details(**_fields(older, grant=ended))) == {}


def _fields(of: RequestDetails, **changes: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in ("request", "reviews", "extension")} | changes


def test_dropped_extension_is_told_with_its_reason() -> None:
    dropped = Extension(
        request_id=RequestId(1042),
        grant_id=GrantId(7),
        added=timedelta(0),
        expires_at=None,
        why="A reviewer who approved may no longer review this.",
        settled_at=at(17),
    )
    told = details(RequestState.APPROVED, reviews=(examples.review(),), extension=dropped)
    assert shown(MessageKind.EXTENDED, told) == [
        (
            "Not extended: read on orders-prod. A reviewer who approved may no longer review this. "
            f"It ends {ENDS}, as before."
        )
    ]


def test_outcomes_to_the_holder_say_that_the_end_stays() -> None:
    denied = details(RequestState.DENIED, reviews=(examples.review(Verdict.DENIED, note="Not now"),))
    assert shown(MessageKind.DENIED, denied) == [
        f"Denied: 1 h more, read on orders-prod. {PRIYA_LINK}:\n&gt; Not now\nIt ends {ENDS}, as before."
    ]
    assert shown(MessageKind.LAPSED, details(RequestState.LAPSED)) == [
        (f"Lapsed: 1 h more, read on orders-prod, not decided by {date(at(40))}. It ends {ENDS}, as before.")
    ]
    gone = examples.request(
        ASKED, state=RequestState.STALE, decided_at=at(16), stale_why=StaleWhy.GRANT_ENDED
    )
    stale = details(request=gone, grant=examples.grant(GrantState.ENDED))
    assert shown(MessageKind.STALE, stale) == [
        (
            f"Stale: the grant that 1 h more, read on orders-prod was for ended {date(at(16))}. "
            "Its end did not change."
        )
    ]
    for kind, told in ((MessageKind.DENIED, denied), (MessageKind.STALE, stale)):
        assert buttons(kind, told) == {}


def test_active_and_reminder_offer_more_time_only_where_the_rule_has_it() -> None:
    for kind in (MessageKind.ACTIVE, MessageKind.REMINDER):
        assert "Extend" not in buttons(kind, examples.granted(GrantState.ACTIVE))
        may = examples.decided(
            RequestState.APPROVED, examples.review(), grant=examples.grant(GrantState.ACTIVE), may_extend=True
        )
        assert buttons(kind, may)["Extend"]["value"] == "7"


def test_reminder_of_a_later_end_speaks_of_the_grant() -> None:
    assert shown(MessageKind.REMINDER, done())[0].endswith(f"left: read on orders-prod ends {LATER}.")


def test_deny_and_recorded_speak_of_more_time() -> None:
    assert "1 h more" in str(deny.build(details())["blocks"][0])
    assert shown(MessageKind.SUBMITTED, details())[0].startswith(
        "Recorded: R-1042, read on orders-prod, 1 h more. Needs 1 approval from dba."
    )


RULE = Rule(
    id="prod-read",
    env=frozenset(),
    targets=frozenset(),
    access=frozenset(),
    requester=(),
    longest=timedelta(hours=2),
    approvals=(),
    decide_within=timedelta(hours=1),
)
OFFER = Extendable(
    grant=examples.grant(GrantState.ACTIVE),
    rule=RULE,
    extend=Extend(longest=timedelta(hours=4), approvals=(Slot(group="dba", count=1),)),
    left=timedelta(hours=2),
)


def filled(more: str, reason: str) -> Json:
    values = {
        extend_form.MORE: {extend_form.MORE: {"selected_option": {"value": more}}},
        extend_form.REASON: {extend_form.REASON: {"value": reason}},
    }
    return {**extend_form.build(OFFER), "private_metadata": "7", "state": {"values": values}}


def test_modal_offers_lengths_within_what_is_left() -> None:
    view = extend_form.build(OFFER, reason="index still building")
    (choice,) = [one for one in elements_of(view) if one["type"] == "static_select"]
    assert [one["value"] for one in choice["options"]][-2:] == ["1h", "2h"]
    assert view["blocks"][0]["text"]["text"] == f"read on orders-prod ends {ENDS}. Open sessions go on."
    assert "*Longest:* 2 h more, 4 h in all. Rule prod-read." in view["blocks"][1]["text"]["text"]


def test_modal_says_what_comes_of_an_approval_only_where_one_is_required() -> None:
    free = replace(OFFER, extend=replace(OFFER.extend, approvals=()))
    for found, takes in ((OFFER, "1 approval from dba before the end, else it ends"), (free, "no approval.")):
        assert f"*Takes:* {takes}" in extend_form.build(found)["blocks"][1]["text"]["text"]


def test_modal_is_read_back_and_says_at_which_field_it_is_wrong() -> None:
    view = filled("1h", " index still building ")
    read = extend_form.parse(view)
    assert (read.grant_id, read.more, read.reason.strip()) == (7, timedelta(hours=1), "index still building")
    with pytest.raises(BadDuration):
        extend_form.parse(filled("", "why"))
    assert list(extend_form.field_errors(BadReason("Say why."), view)) == [extend_form.REASON]
    too_long = TooLong("no", longest="1h", at_most="At most 1 h more.")
    assert extend_form.field_errors(too_long, view) == {extend_form.MORE: "At most 1 h more."}
