"""Refused attempts are counted for each account and hour; only so many of them are for the ledger."""

from dbaccess.domain.limits import ALL_REFUSALS_AN_HOUR, REFUSALS_AN_HOUR
from dbaccess.domain.people import SlackId
from dbaccess.ports import UnitOfWorkFactory


def counted(begin: UnitOfWorkFactory, account: str, times: int) -> list[bool]:
    found = []
    for _ in range(times):
        with begin() as uow:
            found.append(uow.refused_attempts.count(SlackId(account)))
            uow.commit()
    return found


def test_ledger_takes_so_many_of_an_account_and_counts_the_others(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    taken = counted(bot, "UMAYA", REFUSALS_AN_HOUR + 3)
    assert taken == [True] * REFUSALS_AN_HOUR + [False] * 3
    assert counted(bot, "UTOM", 1) == [True]
    with worker() as uow:
        assert uow.refused_attempts.take_left_out() is None, "the hour is not over"


def test_ledger_takes_so_many_of_all_accounts_together(bot: UnitOfWorkFactory) -> None:
    with bot() as uow:
        for number in range(ALL_REFUSALS_AN_HOUR):
            assert uow.refused_attempts.count(SlackId(f"U{number}"))
        assert not uow.refused_attempts.count(SlackId("U0ONEMORE"))
