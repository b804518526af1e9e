"""Text after /dbaccess is read whole or asked back, and is never taken for something else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.listeners.commands import find
from bot.request_line import Line, known_name, named_target, read_line, read_more
from dbaccess.domain.errors import BadDuration, Refused, UnknownName
from tests.unit.slack import policies

POLICY = policies.policy(policies.target("orders-prod", policies.role()))
NOW = datetime(2026, 11, 30, 14, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def clock() -> datetime:
    return NOW


@pytest.mark.parametrize(
    ("typed", "duration", "reason"),
    [
        ("orders-prod read 2h stuck orders", "2h", "stuck orders"),
        ("orders-prod read 1h 30m stuck orders", "1h30m", "stuck orders"),
        ("orders-prod read 2 h 30 min stuck orders", "2h30m", "stuck orders"),
        ("orders-prod read 1 hour and 30 minutes stuck orders", "1h30m", "stuck orders"),
        ("Orders-Prod, Read, 2h, stuck orders", "2h", "stuck orders"),
        ("orders\u2013prod read 2h \u2013 stuck orders", "2h", "stuck orders"),
        ("\u201corders-prod\u201d read\u00a02h\u2003stuck orders", "2h", "stuck orders"),
        ("orders-prod read half an hour stuck orders", "30m", "stuck orders"),
        ("read orders-prod 2h stuck orders", "2h", "stuck orders"),
        ("2h orders-prod read stuck orders", "2h", "stuck orders"),
        ("2h read orders-prod 30 rows stuck", "2h", "30 rows stuck"),
        ("orders-prod 2 h 30 min, read stuck orders", "2h30m", "stuck orders"),
        ("Read, 1 hour and 30 minutes \u2014 orders\u2013prod: stuck", "1h30m", "stuck"),
        ("orders-prod \u2013 read \u2013 2h stuck orders", "2h", "stuck orders"),
        ("orders-prod - read -- 2h - stuck orders", "2h", "stuck orders"),
        ("\u2014 2h \u2014 read \u2212 orders-prod \u2014 stuck orders", "2h", "stuck orders"),
        ("read on orders-prod 2h stuck orders", "2h", "stuck orders"),
        ("Read on Orders-Prod, 2 h, stuck orders", "2h", "stuck orders"),
        ("read on orders-prod for 2h: stuck orders", "2h", "stuck orders"),
        ("2h read on orders-prod stuck orders", "2h", "stuck orders"),
        ("orders-prod\uff0cread\uff0c2h\uff0cstuck orders", "2h", "stuck orders"),
        ("\uff4f\uff52\uff44\uff45\uff52\uff53\uff0d\uff50\uff52\uff4f\uff44 read 2h stuck", "2h", "stuck"),
        ("orders-prod\u200d read\u3000\uff12\uff48 stuck orders", "2h", "stuck orders"),
        ("`orders-prod` 'read' 2h stuck orders", "2h", "stuck orders"),
        ("[orders-prod] (read) 2h stuck orders", "2h", "stuck orders"),
        ("#orders-prod @read 2h stuck orders", "2h", "stuck orders"),
        ("<#C0ORDERS|orders-prod> read 2h stuck", "2h", "stuck"),
        ("<http://orders-prod|orders-prod> read 2h stuck", "2h", "stuck"),
        ("<mailto:orders-prod|orders-prod> read 2h stuck", "2h", "stuck"),
        ("\u2039orders-prod\u203a \u300cread\u300d 2h stuck", "2h", "stuck"),
        ("read on orders-prod", None, ""),
        ("read orders-prod", None, ""),
        ("orders-prod read 2h first line\nsecond line", "2h", "first line\nsecond line"),
    ],
)
def test_line_is_read_as_its_writer_meant_it(typed: str, duration: str | None, reason: str) -> None:
    line = read_line(typed, POLICY, clock)
    assert line.problem is None
    assert (line.state.target, line.state.role) == ("orders-prod", "read")
    assert (line.state.duration, line.state.reason) == (duration, reason)


@pytest.mark.parametrize(
    ("behind", "reason"),
    [
        ("90 stuck orders", "stuck orders"),
        ("1h 30 orders are stuck", "1h 30 orders are stuck"),
        ("1h30 stuck", "1h30 stuck"),
        ("1h 30, orders are stuck", "1h 30, orders are stuck"),
        ("90, stuck orders", "stuck orders"),
        ("soon please", "soon please"),
    ],
)
def test_unclear_duration_is_asked_back_and_no_word_is_lost(behind: str, reason: str) -> None:
    line = read_line(f"orders-prod read {behind}", POLICY, clock)
    with pytest.raises(BadDuration):
        line.ask(POLICY)
    assert (line.state.duration, line.state.reason) == (None, reason)


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("orders-prod 90 read stuck", ("90m",)),
        ("90 orders-prod read stuck", ("90m",)),
        ("90 read on orders-prod stuck", ("90m",)),
        ("1h30 orders-prod read stuck", ("1h", "1h30m")),
        ("orders-prod 1 hour 30, read stuck", ("1h",)),
        ("2h/day read orders-prod stuck", ("2h",)),
        ("until 17:00 orders-prod read stuck", ("3h",)),
        ("17:00 orders-prod read stuck", ("3h",)),
        ("orders-prod 5pm read stuck", ("3h",)),
        ("1M orders-prod read stuck", ("1m", "30d")),
    ],
)
def test_unclear_duration_before_a_name_is_asked_back_as_one(typed: str, choices: tuple[str, ...]) -> None:
    line = read_line(typed, POLICY, clock)
    with pytest.raises(BadDuration) as raised:
        line.ask(POLICY)
    assert set(choices) <= set(raised.value.choices)
    assert (line.state.target, line.state.role, line.state.duration) == ("orders-prod", "read", None)
    assert line.state.reason == "stuck"


def test_mistyped_target_behind_its_role_is_named_as_the_target() -> None:
    line = read_line("read on orders-prd 2h stuck", POLICY, clock)
    assert (line.state.target, line.state.role, line.state.duration) == ("orders-prd", "read", "2h")


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("orders-prod", "orders-prod"),
        ("read on Orders-Prod", "orders-prod"),
        ("with orders-prod, thanks", "orders-prod"),
        ("orders-prd", "orders-prd"),
        ("orders-prod and orders-dev", "orders-prod and orders-dev"),
    ],
)
def test_target_is_found_among_other_words_where_it_is_the_only_one(typed: str, named: str) -> None:
    assert named_target(typed, {"orders-prod", "orders-dev"}) == named


def _ask(line: Line) -> None:
    POLICY.target(line.state.target or "")  # the listener refuses an unknown target first
    line.ask(POLICY)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("read orders-prod 90 stuck", '"90" has no unit'),
        ("orders-prod \u2013 read \u2013 -2h stuck", '"-2h" is not a length'),
        ("orders-prod read until 17:00 stuck", "From now it is 3 h"),
        ("2h \u2013 orders-prod stuck", 'No target "2h"'),
        ("reed orders-prod 2h stuck", 'No target "reed"'),
        ("orders-prod 2h stuck, please read", 'No role "2h"'),
    ],
)
def test_words_in_another_order_without_one_meaning_are_asked_back(typed: str, says: str) -> None:
    line = read_line(typed, POLICY, clock)
    with pytest.raises(Refused, match=says):
        _ask(line)


def test_a_word_that_names_a_target_and_a_role_is_asked_back() -> None:
    targets = [policies.target(name, policies.role(role)) for name, role in (("read", "b"), ("b", "c"))]
    policy = policies.policy(*targets)
    assert read_line("b read 2h stuck", policy, clock).state.target == "read"
    both = policies.policy(
        policies.target("a", policies.role("b")), policies.target("b", policies.role("a"), policies.role("b"))
    )
    assert read_line("2h a b stuck", both, clock).state.target == "2h"


@pytest.mark.parametrize(
    ("line", "word", "rest"),
    [
        ("list", "list", ""), ("LIST.", "list", ""), ("list all", "list", ""), ("help!", "help", ""),
        ("?", "help", ""), ("--help", "help", ""), ("\u2014help", "help", ""), ("-h", "help", ""),
        ("done", "done", ""), ("done orders-prod", "done", "orders-prod"), ("Done", "done", ""),
        ("revoke @maya", "revoke", "@maya"), ("break-glass", "break-glass", ""),
        ("break glass orders-prod write 1h down", "break-glass", "orders-prod write 1h down"),
        ("BreakGlass orders-prod", "break-glass", "orders-prod"), ("break\u2011glass x", "break-glass", "x"),
        ("who\u00a0orders-prod", "who", "orders-prod"), ("who, orders-prod", "who", "orders-prod"),
        ("help?", "help", ""), ("??", "help", ""), ("\uff1f", "help", ""), ("`list`", "list", ""),
        ("\u201clist\u201d", "list", ""), ("\uff4c\uff49\uff53\uff54", "list", ""),
        ("list\u3002", "list", ""),
        ("break_glass x", "break-glass", "x"), ("done\u200d orders-prod", "done", "orders-prod"),
        ("\u00bfhelp?", "help", ""), ("who?", "who", ""),
        ("/help", "help", ""), ("/ list", "list", ""), ("/dbaccess list", "list", ""), ("/dbaccess", "", ""),
        ("/DBACCESS orders-prod read 2h x", "", "orders-prod read 2h x"),
        ("/orders-prod read 2h x", "", "orders-prod read 2h x"),
        ("/dbaccess-db read 2h x", "", "dbaccess-db read 2h x"),
        ("orders-prod read 2h see https://x/y", "", "orders-prod read 2h see https://x/y"),
        ("I\u2019m done", "done", ""), ("im done orders-prod", "done", "orders-prod"),
        ("i'm done!", "done", ""), ("finished", "done", ""),
        ("Lock down orders-prod", "lockdown", "orders-prod"), ("withdraw", "list", ""),
        ("approve R-1042", "list", "R-1042"),
        ("orders-prod read 2h list of it", "", "orders-prod read 2h list of it"), ("", "", ""),
        ("listing read 2h x", "", "listing read 2h x"),
        ("helpdesk-db read 1h x", "", "helpdesk-db read 1h x"),
    ],
)  # fmt: skip
def test_line_leads_where_it_means(line: str, word: str, rest: str) -> None:
    found, behind = find(line)
    assert (found.word, behind) == (word, rest)


def test_name_in_another_case_is_meant_where_only_one_fits() -> None:
    assert known_name("ORDERS", ["orders", "billing"]) == "orders"
    assert known_name("ORDERS", ["orders", "Orders"]) == "ORDERS"
    assert known_name("Orders", ["orders", "Orders"]) == "Orders"
    assert known_name("nowhere,", ["orders"]) == "nowhere"


@pytest.mark.parametrize(
    ("typed", "target", "role", "rest"),
    [
        ("1h 30m index builds", None, None, "1h 30m index builds"),
        ("Orders-Prod, read, 1h why", "orders-prod", "read", "1h why"),
        ("orders-prod 30m still checking", "orders-prod", None, "30m still checking"),
        ("read on orders-prod 1h why", "orders-prod", "read", "1h why"),
        ("waiting on a backfill", None, None, "waiting on a backfill"),
        ("orders-prod", "orders-prod", None, ""),
        ("index still building", None, None, "index still building"),
    ],
)
def test_extend_names_a_target_and_a_role_or_neither(
    typed: str, target: str | None, role: str | None, rest: str
) -> None:
    line = read_more(typed, {("orders-prod", "read")}, POLICY)
    assert (line.target, line.role, line.rest) == (target, role, rest)


def test_time_of_day_is_asked_back_as_a_length_because_time_starts_at_approval() -> None:
    line = read_line("orders-prod read until 17:00 stuck orders", POLICY, clock)
    with pytest.raises(BadDuration, match="From now it is 3 h") as raised:
        line.ask(POLICY)
    assert raised.value.choices == ("3h",)
    assert line.state.reason == "stuck orders"


def test_unknown_role_is_named_before_an_unclear_time() -> None:
    with pytest.raises(UnknownName, match='No role "2h"'):
        read_line("orders-prod 2h fix it", POLICY, clock).ask(POLICY)
