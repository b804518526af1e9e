"""The operators' messages about a grant that does not end or does not start, word by word."""

from typing import Any

import pytest

from dbaccess.domain.grant import EndCause, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestState
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.text import date
from dbaccess.slack.views.operators_channel import still_overdue
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.examples import at
from tests.unit.slack.shown import lines_of, lock_screen, shown

ALARMS = pytest.mark.parametrize("kind", [MessageKind.OVERDUE, MessageKind.CHANNEL_OVERDUE])


def overdue_story(minutes: float = 4, **changes: Any) -> RequestDetails:
    """So long after its end."""
    late = examples.grant(GrantState.REVOKING, **({"attempts": 3, "last_failure": "unreachable"} | changes))
    return examples.decided(RequestState.APPROVED, examples.review(), grant=late, now=at(135 + minutes))


@ALARMS
def test_overdue_pings_the_operators_and_says_to_take_it_as_open(kind: MessageKind) -> None:
    assert shown(kind, overdue_story(), first=True) == [
        ":warning: Overdue: Maya Lindqvist (maya), read on orders-prod, should have ended",
        (
            f"<@U0OPS> Due {date(at(135))}: orders-prod does not answer (3 attempts). Retrying.\n"
            "*Assume it is still open:* jit_acme_maya_7f3a may be enabled, its sessions alive."
        ),
        "Look: dbaccess grants show G-7",
    ]
    assert "<@" not in "".join(shown(kind, overdue_story()))
    assert lock_screen(kind, overdue_story()) == (
        "Overdue: Maya Lindqvist (maya), read on orders-prod, not proved ended after 4 min"
    )


@ALARMS
def test_overdue_is_edited_for_what_fails_and_not_for_each_try(kind: MessageKind) -> None:
    shows = render(kind, overdue_story(), first=False)
    assert render(kind, overdue_story(90, attempts=80), first=False) == shows
    assert render(kind, overdue_story(last_failure="session_refused"), first=False) != shows


@ALARMS
@pytest.mark.parametrize("first", [True, False])
def test_overdue_calms_down_once_the_end_was_seen(kind: MessageKind, *, first: bool) -> None:
    details = examples.granted(GrantState.ENDED, receipt=examples.receipt(seen_at=at(147)))
    text = f"Ended late: 12 min after its end, verified {date(at(147))}."
    assert shown(kind, details, first=first)[:2] == [
        "Ended late: Maya Lindqvist (maya), read on orders-prod",
        text,
    ]
    assert "<@" not in str(render(kind, details, first=first))
    assert shown(MessageKind.ENDED_LATE, details)[0] == f"Maya Lindqvist (maya), read on orders-prod. {text}"


def test_still_overdue_pings_the_operators_again_and_says_how_long_and_why() -> None:
    said = still_overdue(overdue_story(130, attempts=128))
    assert lines_of(said) == [
        ":warning: Still overdue: Maya Lindqvist (maya), read on orders-prod, 2 h 10 min after its end",
        (
            f"<@U0OPS> Due {date(at(135))}: orders-prod does not answer (128 attempts). Retrying.\n"
            "*Assume it is still open:* jit_acme_maya_7f3a may be enabled, its sessions alive."
        ),
        "Look: dbaccess grants show G-7",
    ]
    assert said["text"].startswith(
        "Still overdue: Maya Lindqvist (maya), read on orders-prod, not proved ended after 2 h 10 min\n"
        "@operators "
    )


def test_alarm_over_a_grant_that_does_not_start_says_so() -> None:
    details = examples.granted(GrantState.PROVISIONING, attempts=3, last_failure="55P03")
    assert shown(MessageKind.OVERDUE, details)[:2] == [
        ":warning: Problem: Maya Lindqvist (maya), read on orders-prod, not active yet",
        (
            "operators another transaction on orders-prod holds a lock that the worker needs (55P03) "
            f"(3 attempts). Retrying until {date(at(74))}; the 2 h have not started."
        ),
    ]


def test_an_end_before_its_time_is_late_from_that_moment() -> None:
    details = examples.granted(
        GrantState.ENDED,
        end_cause=EndCause.SURRENDERED,
        revoking_at=at(60),
        receipt=examples.receipt(seen_at=at(65)),
    )
    assert "5 min after its end" in shown(MessageKind.ENDED_LATE, details)[0]
