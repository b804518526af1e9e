"""What people type cannot disguise itself."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("<!channel> `code` <https://x|y>", "<!channel> `code` <https://x|y>"),
    ],
)
def test_only_what_can_be_seen_stays(typed: str, kept: str) -> None:
    assert clean(typed) == kept


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
