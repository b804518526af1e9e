"""Records in words on the command line: whole, and without the marks of a program."""

import pytest

from dbaccess.cli.output import counted
from dbaccess.cli.words import receipt_in_words
from dbaccess.domain.receipt import Receipt
from tests.unit.slack.examples import receipt, sessions

LEFT = tuple(f"table shop.mine_{number}, owned by jit_login & co" for number in range(5))


@pytest.mark.parametrize(
    ("many", "what", "said"),
    [
        (1, "entry", "1 entry"),
        (21, "entry", "21 entries"),
        (0, "query", "0 queries"),
        (2, "grant", "2 grants"),
    ],
)
def test_counted_nouns_take_their_plural(many: int, what: str, said: str) -> None:
    assert counted(many, what) == said


@pytest.mark.parametrize(
    ("seen", "lines"),
    [
        (receipt(), ["role removed", "login removed", "1 session closed, none left", "no objects owned"]),
        (
            receipt(sessions=(sessions(2, None, "standby_a"),), rolled_back=("x",), left=LEFT),
            [
                "role removed",
                "login removed",
                "2 sessions closed on standby_a, left: not known",
                "1 prepared transaction rolled back",
                "no objects owned",
                *(f"not removed: {one}" for one in LEFT),
            ],
        ),
        (receipt(login_removed=None, handed_over=None), ["role removed", "1 session closed, none left"]),
    ],
)
def test_receipt_has_a_line_for_each_thing_examined_as_it_is_written(seen: Receipt, lines: list[str]) -> None:
    assert receipt_in_words(seen) == lines
