"""Home tabs that people opened are due when something changes for their person, and in time."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.home_tab import HomeTab
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, break_glass, submitted

LATER = timedelta(hours=1)


def _opened(begin: UnitOfWorkFactory, account: str, *groups: str, others: tuple[str, ...] = ()) -> HomeTab:
    with begin() as uow:
        tab = HomeTab(
            slack_id=SlackId(account),
            accounts=frozenset(map(SlackId, (account, *others))),
            groups=frozenset(groups),
            shown="a" * 64,
            look_at=uow.now + LATER,
        )
        uow.homes.opened(tab)
        uow.commit()
    return tab


def _due(begin: UnitOfWorkFactory, *, after: timedelta = timedelta(0), limit: int = 100) -> list[HomeTab]:
    with begin() as uow:
        return uow.homes.due(uow.now + after, opened_since=uow.now - HOUR, limit=limit)


def _touch(worker: UnitOfWorkFactory, *request_ids: RequestId) -> None:
    with worker() as uow:
        uow.homes.touch(request_ids, at=uow.now)
        uow.commit()


def test_tab_is_due_at_its_time_and_not_long_after_it_was_opened(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    first, second = _opened(bot, "UMAYA"), _opened(bot, "UPRIYA")
    assert _due(worker) == []
    assert _due(worker, after=LATER) == [first, second]
    assert _due(worker, after=LATER, limit=1) == [first]
    with worker() as uow:
        assert uow.homes.due(uow.now + LATER, opened_since=uow.now + LATER, limit=9) == []


def test_change_of_a_request_concerns_its_requester_its_reviewers_and_operators(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    request = submitted(bot)
    _opened(bot, "UMAYA")
    _opened(bot, "WMAYA", others=("UMAYA",))
    _opened(bot, "UPRIYA", "dba", "engineers")
    _opened(bot, "UOLGA", "operators")
    _opened(bot, "UTOM", "engineers")
    _opened(bot, "UNONE")
    _touch(worker)
    _touch(worker, RequestId(request.id + 1))
    assert _due(worker) == []
    _touch(worker, request.id, RequestId(request.id + 1))
    assert sorted(tab.slack_id for tab in _due(worker)) == ["UMAYA", "UOLGA", "UPRIYA", "WMAYA"]


def test_break_glass_concerns_the_group_that_reviews_it(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    review = break_glass(bot)
    _opened(bot, "USAM", review.review_by)
    _touch(worker, review.request.id)
    assert [tab.slack_id for tab in _due(worker)] == ["USAM"]


def test_every_tab_is_due_when_all_are_touched(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    _opened(bot, "UMAYA")
    with worker() as uow:
        uow.homes.touch_all(at=uow.now)
        uow.commit()
    assert [tab.slack_id for tab in _due(worker)] == ["UMAYA"]


def test_look_is_kept_with_what_the_tab_shows(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    tab = _opened(bot, "UMAYA")
    after = replace(
        tab, groups=frozenset({"dba"}), shown="b" * 64, look_at=tab.look_at + timedelta(seconds=1)
    )
    with worker() as uow:
        uow.homes.looked(tab, after)
        uow.commit()
    assert _due(worker, after=2 * LATER) == [after]


def test_tab_that_was_touched_during_a_look_stays_due_and_shows_nothing_known(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    tab = _opened(bot, "UMAYA")
    with worker() as uow:
        uow.homes.touch_all(at=uow.now)
        uow.commit()
    with worker() as uow:
        uow.homes.looked(tab, replace(tab, shown="b" * 64, look_at=tab.look_at + LATER))
        uow.commit()
    (found,) = _due(worker)
    assert found.shown == ""


def test_opening_again_makes_the_tab_one_that_was_opened_now(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    _opened(bot, "UMAYA", "dba")
    with worker() as uow:
        before = uow.now
    again = _opened(bot, "UMAYA", "engineers")
    with worker() as uow:
        assert uow.homes.due(uow.now + 2 * LATER, opened_since=before, limit=9) == [again]
