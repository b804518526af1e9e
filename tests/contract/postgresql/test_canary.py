"""A canary on a real server comes back through its log, and no other login's statement does."""

from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.activity.formats import FORMATS
from dbaccess.activity.reader import LogReader
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.coverage import Canary, CaptureLevel
from dbaccess.domain.grant import Recipe
from dbaccess.ports import UnitOfWorkFactory
from sandbox.waiting import wait_for
from tests.contract.postgresql.logging_server import LoggingServer
from tests.contract.storage.conftest import memory_store

MARKER = "dbaccess-canary-1f2e"


@pytest.fixture
def begin() -> UnitOfWorkFactory:
    return memory_store().worker


def sent(begin: UnitOfWorkFactory, recipe: Recipe) -> None:
    at = datetime.now(UTC)
    with begin() as uow:
        uow.canaries.put(
            Canary(target="orders-prod", cluster="main", login=recipe.login, marker=MARKER, sent_at=at)
        )
        uow.commit()


def found(begin: UnitOfWorkFactory) -> CaptureLevel | None:
    with begin() as uow:
        (canary,) = uow.canaries.all()
    return canary.found


@pytest.mark.parametrize("form", list(CaptureSource))
def test_canary_comes_back_through_the_servers_log(
    logging_18: LoggingServer, begin: UnitOfWorkFactory, form: CaptureSource
) -> None:
    target = logging_18.target
    recipe = target.provision(target.ephemeral())
    sent(begin, recipe)
    reader = LogReader(
        cluster="main",
        begin=begin,
        source=logging_18.sources[form],
        new_format=FORMATS[form],
        build=Sessions,
    )
    while reader.read():
        pass
    assert found(begin) is None
    target.driver.run_marked(recipe, target.credentials(recipe).password, MARKER)

    def look() -> bool:
        reader.read()
        return found(begin) is not None

    wait_for(look)
    assert found(begin) is CaptureLevel.STATEMENTS
    with begin() as uow:
        (position,) = uow.log_positions.all()
        assert uow.log_positions.open_gaps("main") == []
    assert position.read_until is not None
    assert datetime.now(UTC) - position.read_until < timedelta(hours=1)
    target.end(recipe)
