"""A restored control database: the workers observe until an operator decides, and ends go on."""

from dataclasses import replace

from structlog.testing import capture_logs

from dbaccess.domain.ledger import Expected
from dbaccess.operations.clusters.observe import (
    HeadKeeper,
    accept_control,
    check_observe_mode,
)
from dbaccess.operations.grants.apply_extension import apply_extension
from tests.operations.extensions import allow, ask_more
from tests.operations.house import TOM, House


def test_nothing_is_extended_while_the_workers_observe(house: House) -> None:
    allow(house)
    grant = house.active()
    house.review(ask_more(house, grant))
    driver = house.context.targets.driver("main")
    driver.put_head(Expected(seq=10_000, hash=bytes(32)))
    with capture_logs() as logs:
        assert check_observe_mode(house.context, "main").why == "ledger_behind"
    assert ("warning", "observe mode kept") in {(line["log_level"], line["event"]) for line in logs}
    apply_extension(house.context, grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.expires_at, waiting.last_failure) == (grant.expires_at, "observe")
    accept_control(house.work, driver, check_observe_mode(house.context, "main"), actor="cli:sam@db1")
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at != grant.expires_at


def test_head_of_another_chain_that_grew_longer_is_found_and_kept(house: House) -> None:
    house.approved()
    HeadKeeper().keep(house.context, "main")
    driver = house.context.targets.driver("main")
    head = driver.head()
    assert head is not None
    other = replace(head, hash=bytes(32))
    driver.put_head(other, back=True)
    house.approved(TOM)
    HeadKeeper().keep(house.context, "main")
    assert driver.head() == other
    assert check_observe_mode(house.context, "main").why == "ledger_behind"


def test_head_never_goes_back(house: House) -> None:
    house.approved()
    keeper, driver = HeadKeeper(), house.context.targets.driver("main")
    assert driver.head() is None
    keeper.keep(house.context, "main")
    first = driver.head()
    assert first is not None
    house.approved(TOM)
    keeper.keep(house.context, "main")
    second = driver.head()
    assert second is not None
    assert (second.seq or 0) > (first.seq or 0)
    driver.put_head(first)
    assert driver.head() == second
