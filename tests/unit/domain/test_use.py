"""A grant counts as idle only where every look says so, and its minutes are those of known use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.use import (
    CLIENTS_KEPT,
    WATCHED,
    OpenSessions,
    Sighting,
    StatementSpan,
    Use,
    next_sighting,
)
from dbaccess.domain.use_in_words import ago, minutes_used, now_in_use
from tests.unit.slack import examples

T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NONE = OpenSessions(count=0)
TWO = OpenSessions(count=2, clients=("10.0.0.7", "[local]"))
G = GrantId(7)


def looked(*looks: tuple[float, OpenSessions]) -> Sighting:
    """The sighting after looks at these minutes."""
    seen: Sighting | None = None
    for minute, found in looks:
        seen = next_sighting(seen, G, found, now=T0 + minute * MINUTE)
    assert seen is not None
    return seen


@pytest.mark.parametrize(
    ("looks", "quiet"),
    [
        ([(0, NONE)], 0),
        ([(0, NONE), (1, NONE), (2, NONE)], 0),
        ([(0, TWO)], None),
        ([(0, NONE), (1, TWO)], None),
        ([(0, TWO), (1, NONE), (2, NONE)], 1),
        ([(0, NONE), (1, TWO), (2, NONE)], 2),
        ([(0, NONE), (2, NONE)], 0),
        # There was no look for a while: the sessions of that time are unknown.
        ([(0, NONE), (2.5, NONE)], 2.5),
        ([(0, TWO), (30, NONE)], 30),
    ],
)
def test_quiet_time_begins_anew_after_a_session_and_after_a_hole(
    looks: list[tuple[float, OpenSessions]], quiet: float | None
) -> None:
    assert looked(*looks).quiet_since == (None if quiet is None else T0 + quiet * MINUTE)


def test_sighting_keeps_first_last_and_all_addresses_up_to_a_limit() -> None:
    many = OpenSessions(count=50, clients=tuple(f"10.0.1.{number:03}" for number in range(50)))
    seen = looked((0, NONE), (1, TWO), (2, replace(TWO, clients=("10.0.0.8",))), (3, NONE))
    assert (seen.first_seen_at, seen.last_seen_at) == (T0 + MINUTE, T0 + 2 * MINUTE)
    assert (seen.clients, seen.sessions) == (("10.0.0.7", "10.0.0.8", "[local]"), 0)
    assert len(next_sighting(seen, G, many, now=T0 + 4 * MINUTE).clients) == CLIENTS_KEPT


@pytest.mark.parametrize("found", [TWO, NONE])
def test_offer_ends_with_the_idle_time(found: OpenSessions) -> None:
    offered = replace(looked((0, NONE)), offered_at=T0)
    assert next_sighting(offered, G, NONE, now=T0 + MINUTE).offered_at == T0
    assert next_sighting(offered, G, found, now=T0 + 9 * MINUTE).offered_at is None


@pytest.mark.parametrize(
    ("seen", "last", "since"),
    [
        (None, None, None),
        (looked((0, NONE), (1, NONE)), None, 0),
        (looked((0, NONE), (1, NONE)), -5, 0),
        (looked((0, NONE), (1, NONE)), 0.5, 0.5),
        (looked((0, TWO), (1, TWO)), None, None),
    ],
)
def test_idle_begins_with_the_last_sign_of_use_and_is_unknown_without_looks(
    seen: Sighting | None, last: float | None, since: float | None
) -> None:
    at = None if last is None else T0 + last * MINUTE
    use = Use(sighting=seen, statements=StatementSpan(first_at=at, last_at=at) if at else None)
    now = T0 + MINUTE
    assert use.idle_since(now) == (None if since is None else T0 + since * MINUTE)
    assert use.idle_since(now + WATCHED + timedelta(seconds=1)) is None


def test_minutes_are_from_the_first_sign_of_use_to_the_last() -> None:
    ran = StatementSpan(first_at=T0 + 5 * MINUTE, last_at=T0 + 9 * MINUTE)
    seen = looked((3, TWO), (4, TWO), (5, NONE))
    assert Use().minutes is None
    assert Use(is_captured=True).minutes == 0
    assert Use(sighting=looked((0, NONE))).minutes is None
    assert Use(sighting=looked((0, NONE)), is_captured=True).minutes == 0
    assert Use(statements=ran).minutes == 5
    assert Use(sighting=seen).minutes == 2
    assert Use(sighting=seen, statements=ran).minutes == 7


GRANT = examples.grant(GrantState.ACTIVE)


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (Use(), "Use not known"),
        (Use(is_captured=True), "No statement read so far, sessions not known, 0 of 120 min used"),
        (Use(sighting=looked((10, NONE))), "Statements not known, no session, use of its 120 min not known"),
        (
            Use(
                sighting=looked((4, TWO), (10, TWO)),
                statements=StatementSpan(first_at=T0 + 2 * MINUTE, last_at=T0 + 7 * MINUTE),
            ),
            "Last statement 3 min ago, 2 sessions, 9 of 120 min used",
        ),
        (
            Use(sighting=looked((2, OpenSessions(count=1)))),
            "Statements not known, 1 session 8 min ago, 1 of 120 min used",
        ),
        (
            Use(sighting=looked((2, NONE))),
            "Statements not known, no session 8 min ago, use of its 120 min not known",
        ),
    ],
)
def test_words_say_what_is_unknown_and_how_old_a_number_is(use: Use, says: str) -> None:
    assert now_in_use(use, GRANT, now=T0 + 10 * MINUTE) == says


def test_minutes_of_unknown_use_are_not_none() -> None:
    assert minutes_used(Use(), GRANT) == "use of its 120 min not known"


@pytest.mark.parametrize(
    ("seconds", "says"), [(-3, "1 s ago"), (0.2, "1 s ago"), (59.9, "59 s ago"), (185, "3 min ago")]
)
def test_age_is_told_in_whole_units(seconds: float, says: str) -> None:
    assert ago(timedelta(seconds=seconds)) == says
