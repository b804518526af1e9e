"""Messages about statements, word by word; unknown is never shown as none."""

from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_report import ActivityReport, mismatches
from dbaccess.domain.activity_summary import ActivitySummary, Mismatch, MismatchKind
from dbaccess.domain.coverage import NOT_CHECKED, CaptureLevel, Coverage, GapCause
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestState
from dbaccess.slack.text import date, inline
from dbaccess.slack.views import activity
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.activities import FULL, NONE, STATEMENTS, SUMMARY, gap, report, statement
from tests.unit.slack.examples import at
from tests.unit.slack.limits import elements_of, texts_of

ENDED = examples.grant(GrantState.ENDED)
NOTHING = ActivitySummary()
ONLY = "Statements only, no objects inside functions"
UNKNOWN = "Not captured: orders-prod does not log statements. What ran is unknown."
BY_TARGET = "(update shop.orders, refused by orders-prod)."
USED = "107 of 120 min used, 2 sessions from 10.0.0.7."
COUNTS = (
    f"212 statements {date(at(16))} to {date(at(122))}. "
    "Read: shop.customers, shop.order_items, shop.orders, +2. Written: none. DDL: none. "
    "Errors: 3. Not parsed: 2."
)


def said(**changes: Any) -> list[str]:
    return activity.summary_text(report(**changes), ENDED).split("\n")


def wrote(times: int, refused: int, kind: MismatchKind = MismatchKind.WROTE, *, failed: int = 0) -> Mismatch:
    return Mismatch(
        kind=kind, times=times, refused=refused, failed=failed, verb="update", tables=("shop.orders",)
    )


def test_statements_are_counted_with_tables_and_time() -> None:
    assert said() == [f"Captured in full. {COUNTS}", USED]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"coverage": FULL}, f"No statements ran. Captured in full, checked {date(at(15))}."),
        (
            {"coverage": STATEMENTS},
            f"No statements ran. {ONLY}, checked {date(at(15))}.",
        ),
        (
            {"is_final": False},
            f"No statements are known yet. Captured in full, checked {date(at(15))}. {activity.STILL_READ}",
        ),
        (
            {"summary": None, "is_final": False},
            f"No statements are known yet. Captured in full, checked {date(at(15))}. {activity.STILL_READ}",
        ),
        ({"gaps": (gap(),)}, f"No statements are known. Captured in full, checked {date(at(15))}."),
        (
            {"shared_with": (GrantId(8),)},
            f"No statements are known. Captured in full, checked {date(at(15))}.",
        ),
        ({"coverage": NONE}, UNKNOWN),
        ({"coverage": NONE, "summary": None}, UNKNOWN),
    ],
)  # fmt: skip
def test_none_is_said_only_where_it_is_known(changes: dict[str, Any], line: str) -> None:
    assert said(**({"summary": NOTHING} | changes))[0] == line


def test_grant_that_shares_its_login_says_with_which() -> None:
    line = said(shared_with=tuple(map(GrantId, (8, 9, 10, 11))))[1]
    assert line.startswith("Same login as G-8, G-9, G-10 and 1 more:")
    assert (
        activity.short_text(report(summary=NOTHING, shared_with=(GrantId(8),))) == "No statements of its own"
    )


@pytest.mark.parametrize("coverage", [FULL, STATEMENTS, NONE, NOT_CHECKED])
@pytest.mark.parametrize("summary", [None, NOTHING])
@pytest.mark.parametrize("is_final", [True, False])
@pytest.mark.parametrize("gaps", [(), (gap(),)])
def test_nothing_ran_needs_proof_a_complete_reading_and_no_gap(
    coverage: Coverage, summary: ActivitySummary | None, gaps: tuple[Any, ...], *, is_final: bool
) -> None:
    proved = coverage.level is not CaptureLevel.NONE
    known = report(coverage=coverage, summary=summary, is_final=is_final, gaps=gaps)
    none = "No statements ran" in activity.summary_text(known, ENDED)
    assert none is (proved and is_final and not gaps)
    assert (activity.short_text(known) == "No statements ran") is none


def test_statements_without_proof_are_no_claim_of_all() -> None:
    head = said(coverage=NONE)[0]
    assert head.startswith("Not proved to be captured: orders-prod does not log statements. 212 statements")
    assert "Written: none known. DDL: none known." in head


def test_a_reading_that_is_not_complete_says_so() -> None:
    assert said(is_final=False)[0].endswith(activity.STILL_READ)


@pytest.mark.parametrize("cause", list(GapCause))
def test_every_gap_has_its_time_and_its_cause(cause: GapCause) -> None:
    line = activity.gap_text(gap(cause))
    assert line.startswith(f"Captured, except {date(at(70))} to {date(at(76))}: ")
    assert len(line.rpartition(": ")[2]) > 5
    assert activity.gap_text(gap(cause, until=None)).startswith(f"Captured, except from {date(at(70))} on: ")


def test_of_many_gaps_three_are_told_and_the_others_counted() -> None:
    lines = said(gaps=(gap(),) * 5)
    assert [line for line in lines if line.startswith("Captured, except")] == [activity.gap_text(gap())] * 3
    assert lines[-1] == "2 more gaps."


@pytest.mark.parametrize(
    ("mismatch", "access", "line"),
    [
        (
            wrote(2, 2),
            "read",
            f"asked to read, tried to write 2 times {BY_TARGET}",
        ),
        (
            wrote(1, 1),
            "read",
            f"asked to read, tried to write once {BY_TARGET}",
        ),
        (wrote(1, 0), "read", "asked to read, wrote once (update shop.orders)."),
        (wrote(5, 3), "read", "asked to read, wrote 5 times (update shop.orders, 3 refused by orders-prod)."),
        (
            wrote(5, 3, failed=2),
            "read",
            "asked to read, tried to write 5 times (update shop.orders, 3 refused by orders-prod, 2 failed).",
        ),
        (
            wrote(2, 0, failed=2),
            "read",
            "asked to read, tried to write 2 times (update shop.orders, failed).",
        ),
        (wrote(3, 0, failed=1), "read", "asked to read, wrote 3 times (update shop.orders, 1 failed)."),
        (
            wrote(1, 0, MismatchKind.CHANGED_SCHEMA),
            "write",
            "asked to write, changed objects once (update shop.orders).",
        ),
        (
            wrote(1, 1, MismatchKind.OTHER_TABLE),
            "ddl",
            f"asked to change the schema, tried to reach beyond the role once {BY_TARGET}",
        ),
    ],
)
def test_a_mismatch_is_marked_and_names_the_table_but_not_the_text(
    mismatch: Mismatch, access: str, line: str
) -> None:
    assert said(mismatches=(mismatch,), access=access)[-1] == f":warning: Does not fit the role: {line}"


def test_a_mismatch_never_quotes_what_was_typed() -> None:
    ran = statement("/* <!channel> */ select 'secret'", kind=StatementKind.WRITE, writes=("a<b>*c*",))
    line = said(mismatches=mismatches([ran], access="read", on=None))[-1]
    assert "secret" not in line
    assert f"write {inline('a<b>*c*')}" in line


def test_deleted_texts_leave_the_figures_and_no_button() -> None:
    purged = report(purged_at=at(500))
    assert activity.summary_text(purged, ENDED).endswith(f"The texts were deleted {date(at(500))}.")
    assert "212 statements" in activity.summary_text(purged, ENDED)
    assert not purged.has_statements


@pytest.mark.parametrize(
    ("coverage", "phrase"),
    [
        (FULL, f"Statements captured in full, checked {date(at(15))}"),
        (
            STATEMENTS,
            f"{ONLY}, checked {date(at(15))}",
        ),
        (NONE, "Statements not captured: orders-prod does not log statements"),
        (Coverage(level=CaptureLevel.NONE), "Statements not captured: the reason is not known"),
    ],
)
def test_coverage_is_said_with_the_time_of_its_proof_or_the_reason(coverage: Coverage, phrase: str) -> None:
    assert activity.coverage_phrase(coverage) == phrase


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-3), "1 s ago"),
        (timedelta(seconds=20), "20 s ago"),
        (timedelta(seconds=125), "2 min ago"),
        (timedelta(hours=3, minutes=10), "3 h 10 min ago"),
    ],
)
def test_a_view_says_the_age_of_the_proof(age: timedelta, words: str) -> None:
    sentence = activity.coverage_sentence(FULL, now=at(15) + age)
    assert sentence == f"Statements captured in full, checked {words}."


def _all(details: Any, kind: MessageKind) -> tuple[str, list[str]]:
    payload = render(kind, details, first=False)
    texts = "\n".join(text["text"] for text in texts_of(payload))
    return texts, [element["action_id"] for element in elements_of(payload)]


KINDS = (MessageKind.THREAD_ENDED, MessageKind.ENDED, MessageKind.REQUEST)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("known", "words", "shows"),
    [
        (report(), "212 statements", True),
        (report(summary=NOTHING), "No statements ran", False),
        (report(coverage=NONE, summary=None), "ot captured", False),
        (report(purged_at=at(500)), "212 statements", False),
        (None, "ot captured", False),
    ],
)
def test_every_message_about_the_end_says_what_ran(
    kind: MessageKind, known: ActivityReport | None, words: str, *, shows: bool
) -> None:
    details = examples.decided(
        RequestState.APPROVED,
        examples.review(),
        grant=ENDED,
        activity=known,
        coverage=known.coverage if known else NONE,
    )
    texts, buttons = _all(details, kind)
    assert words in texts
    assert (activity.SHOW_STATEMENTS in buttons) is shows


def test_the_button_names_the_grant() -> None:
    assert activity.show_button(ENDED)["value"] == "7"
    assert SUMMARY.first_at is not None
