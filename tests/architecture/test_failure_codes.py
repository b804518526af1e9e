"""Every failure code that the code can make, and each of PostgreSQL's, has words."""

import pytest
from psycopg import errors

from dbaccess.domain.failures import WORDS, failure_in_words
from tests.architecture.failure_codes import failure_codes

OF_POSTGRESQL = sorted(
    {found.sqlstate for found in vars(errors).values() if isinstance(getattr(found, "sqlstate", None), str)}
)


def test_every_code_has_words_and_no_words_are_without_a_code() -> None:
    assert failure_codes() == set(WORDS)


@pytest.mark.parametrize("code", ["55P03", "57014", "53300", "28P01", "XX000"])
def test_sqlstates_that_operators_meet_are_among_those_that_are_tried(code: str) -> None:
    assert code in OF_POSTGRESQL


def test_every_sqlstate_has_words_and_stays_readable() -> None:
    for code in OF_POSTGRESQL:
        said = failure_in_words(code, target="orders-prod")
        assert said.endswith(f" ({code})")
        assert "orders-prod" in said
        assert "did not confirm" not in said


def test_lock_of_another_transaction_is_told_in_words() -> None:
    said = failure_in_words("55P03", target="orders-prod")
    assert said == "another transaction on orders-prod holds a lock that the worker needs (55P03)"
