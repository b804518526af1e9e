"""The ledger's head on the cluster, whatever the engine."""

from dataclasses import replace

from dbaccess.domain.ledger import Expected
from tests.contract.target import Target

FIRST, SECOND = Expected(seq=7, hash=b"a" * 32), Expected(seq=9, hash=b"b" * 32)


def test_head_goes_on_and_never_back_but_by_an_operators_word(any_target: Target) -> None:
    driver = any_target.driver
    assert driver.head() is None
    driver.put_head(FIRST)
    driver.put_head(SECOND)
    for older in (FIRST, replace(SECOND, hash=b"c" * 32)):
        driver.put_head(older)
        assert driver.head() == SECOND
    driver.put_head(FIRST, back=True)
    assert driver.head() == FIRST
