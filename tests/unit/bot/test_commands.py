"""The sub-command that a line calls."""

import pytest

from bot.listeners.commands import FORM, REQUEST, SUBCOMMANDS, find, nearest_command
from bot.subcommand import SubCommand
from dbaccess.domain.reserved_names import is_command_word


@pytest.mark.parametrize("one", [one for one in SUBCOMMANDS if one.word], ids=lambda one: one.word)
def test_each_word_and_alias_calls_its_subcommand_whatever_its_case(one: SubCommand) -> None:
    for word in (one.word, *one.aliases):
        assert find(f"  {word.upper()} ") == (one, "")


def test_rest_of_the_line_goes_to_the_subcommand() -> None:
    found, rest = find("who orders-prod")
    assert (found.word, rest) == ("who", "orders-prod")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("help me please", "help"),
        ("Help, how do I get read?", "help"),
        ("? what now", "help"),
        ("list of my grants", "list"),
        ("status orders-prod", "list"),
    ],
)
def test_word_that_takes_nothing_leads_whatever_follows_it(line: str, word: str) -> None:
    assert find(line)[0].word == word


def test_empty_line_opens_the_form_and_any_other_is_a_request() -> None:
    assert find("")[0] is FORM
    assert find("orders-prod read 2h why")[0] is REQUEST


def test_no_target_can_be_named_like_a_subcommand_or_an_alias() -> None:
    for one in SUBCOMMANDS:
        for word in (one.word, *one.aliases):
            for spelled in (word, word.replace("-", ""), word.replace(" ", "-")):
                assert not spelled.strip("?-") or is_command_word(spelled), spelled
    assert not is_command_word("orders-prod")


def test_no_word_is_taken_twice() -> None:
    words = [word for one in SUBCOMMANDS for word in (one.word, *one.aliases) if word]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hlep", "help"),
        ("Help", "help"),
        ("lsit", "list"),
        ("breakglas", "break-glass"),
        ("lockdwon", "lockdown"),
        ("exit", None),
        ("read", None),
        ("orders", None),
        ("", None),
    ],
)
def test_mistyped_word_is_taken_for_the_subcommand_that_it_resembles(typed: str, meant: str | None) -> None:
    assert nearest_command(typed) == meant
