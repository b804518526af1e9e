"""Break-glass: access comes first, with an announcement, and another person reviews it afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.errors import (
    AlreadyOpen,
    ReviewPending,
)
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.acceptance.stack import wait
from tests.integration.operations.house import House
from tests.operations.break_glass import granted, invoke
from tests.operations.house import at_once


def test_database_itself_lets_nothing_begin_unannounced(glass: House) -> None:
    """Whatever program tries: the recipe and the end cannot be written."""
    grant = granted(glass, invoke(glass))
    with glass.work() as uow, pytest.raises(IntegrityError, match="nobody was told"):
        uow.grants.save(replace(uow.grants.lock(grant.id), expires_at=uow.now))
    for place in (Place.SLACK, Place.OPERATORS):
        with glass.work() as uow, pytest.raises(IntegrityError, match="was not announced there"):
            uow.announcements.add(
                Announcement(request_id=grant.request_id, place=place, announced_at=uow.now)
            )


def test_pending_request_cannot_be_marked_announced(glass: House) -> None:
    request = glass.submit()
    with glass.work() as uow, pytest.raises(IntegrityError, match="was not announced there"):
        uow.announcements.add(Announcement(request_id=request.id, place=Place.SYSLOG, announced_at=uow.now))


def test_two_invocations_at_once_are_one(glass: House) -> None:
    results = at_once(partial(invoke, glass, role="read"), partial(invoke, glass, role="write"))
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, ReviewPending), refused
    with glass.begin() as uow:
        assert len(uow.grants.open()) == 1


@pytest.mark.parametrize(
    ("second", "refusal", "first"), [("read", AlreadyOpen, "G-1001"), ("write", ReviewPending, "R-1001")]
)
def test_second_of_two_that_both_passed_every_check_is_told_of_the_first(
    glass: House, second: str, refusal: type[Exception], first: str
) -> None:
    """The database refuses it: it waits there for the commit of the first one."""
    arrived = threading.Event()

    class Held(SqlUnitOfWork):
        def commit(self) -> None:
            arrived.set()
            wait(lambda: _somebody_waits(glass), 10)
            super().commit()

    with ThreadPoolExecutor(1) as pool:
        invoked = pool.submit(invoke, glass, role="read", begin=lambda: Held(glass.bot, None))
        assert arrived.wait(10)
        with pytest.raises(refusal, match=first):
            invoke(glass, role=second)
        assert invoked.result().label == "R-1001"
    with glass.begin() as uow:
        assert len(uow.grants.open()) == 1


def _somebody_waits(house: House) -> bool:
    with house.bot.connect() as connection:
        waiting = "datname = current_database() and wait_event_type = 'Lock'"
        return connection.execute(text(f"select 1 from pg_stat_activity where {waiting}")).first() is not None
