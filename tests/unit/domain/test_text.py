"""Typed text cannot disguise itself."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.ask import check_reason
from dbaccess.domain.errors import BadReason
from dbaccess.domain.text import clean, match_whole


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\0b", "ab"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\u2066b\u2069", "ab"),
        ("a\u200bb\ufeffc", "abc"),
        ("\x1b[31mred", "[31mred"),
        ("a\ud800b", "ab"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("one\r\ntwo\u2028three\u0085four", "one\ntwo\nthree\nfour"),
        ("  kept  ", "kept"),
        ("e\u0301", "\u00e9"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("\U0001f1e9\U0001f1ea \U0001faea \U0001fadf", "\U0001f1e9\U0001f1ea \U0001faea \U0001fadf"),
        ("\u0600\u0661", "\u0600\u0661"),
        ("<!channel> `code` <https://x|y>", "<!channel> `code` <https://x|y>"),
    ],
)
def test_only_what_can_be_seen_stays(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "empty",
    [
        "\u3164" * 20,
        "\u2800" * 20,
        "\u200d\u200c" * 10,
        "a" + " " * 20,
        "\u034f\ufe0f" * 10,
        "\u00a0" * 20,
        "\U0001d173" * 12,
        "\U000e0101" * 12,
        "\u2065" * 12,
        "\U000e0fff" * 12,
    ],
)
def test_text_that_looks_empty_is_no_reason(empty: str) -> None:
    with pytest.raises(BadReason, match="at least 10 characters"):
        check_reason(clean(empty))


@given(st.text(alphabet=st.characters()))
def test_cleaned_text_is_clean_for_good_and_can_be_stored(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert "\0" not in once
    assert not [c for c in once if unicodedata.category(c) == "Cc" and c not in "\n\t"]


def test_a_pattern_must_fit_the_whole_text() -> None:
    assert match_whole("[A-Z]+-[0-9]+", "OPS-4512")
    for near in ("OPS-4512 ", "OPS-4512\n", "see OPS-4512", "", "ops-4512"):
        assert not match_whole("[A-Z]+-[0-9]+", near)


@pytest.mark.parametrize(
    "filler", ["\u3164", "\u115f", "\u2800", "\uffa0", "\u200b\u200d", "\u00a0"], ids=ascii
)
def test_text_that_only_looks_empty_is_empty(filler: str) -> None:
    assert clean(f" {filler}{filler} ") == ""
    assert clean(f"a{filler}b")
