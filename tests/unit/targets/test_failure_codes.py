"""The code of a failure: the server's own, or a word that says more."""

import pytest

from dbaccess.targets.postgresql.connection import code_of


@pytest.mark.parametrize(
    ("sqlstate", "code"), [("53200", "lock_table_full"), ("42501", "42501"), (None, "no_answer")]
)
def test_full_lock_table_and_silence_have_a_word_and_others_the_servers_code(
    sqlstate: str | None, code: str
) -> None:
    assert code_of(sqlstate) == code
