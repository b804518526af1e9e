"""The policy of each process, and the last policy of a worker."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.policy_content import hash_of, policy_content
from dbaccess.domain.policy_in_use import PolicyReport, Process
from dbaccess.ports import UnitOfWorkFactory
from tests.unit.domain.decisions import policy

REVOKER = Process(name="revoke", host="one", pid=7)
OTHER = Process(name="leader", host="two", pid=7)
BOT = Process(name="bot", host="one", pid=8)
MINUTE = timedelta(minutes=1)


def test_version_is_new_once_for_bot_and_worker_each(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    for begin, writer in ((bot, "bot"), (worker, "worker")):
        with begin() as uow:
            assert uow.policies.is_new("p1", writer=writer)
            assert not uow.policies.is_new("p1", writer=writer)
            uow.commit()


def test_workers_are_away_since_the_last_report_of_one(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    with worker() as uow:
        assert uow.policies.workers_away_since(uow.now + MINUTE) is None
        uow.policies.report(REVOKER, "p1", refused=None)
        uow.commit()
        seen_at = uow.now
    with bot() as uow:
        uow.policies.report(BOT, "p1", refused=None)
        uow.commit()
    with worker() as uow:
        assert uow.policies.workers_away_since(seen_at - MINUTE) is None
        assert uow.policies.workers_away_since(seen_at) == seen_at
        uow.policies.report(OTHER, "p1", refused=None)
        uow.commit()
    with worker() as uow:
        assert uow.policies.workers_away_since(seen_at) is None


def test_processes_say_which_policy_they_go_by_and_since_when(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    with worker() as uow:
        uow.policies.report(OTHER, "p1", refused=None)
        uow.commit()
        loaded_at = uow.now
    with worker() as uow:
        uow.policies.report(OTHER, "p1", refused="why")
        uow.policies.report(REVOKER, "p2", refused=None)
        uow.commit()
        seen_at = uow.now
    with bot() as uow:
        uow.policies.report(BOT, "p1", refused=None)
        found = uow.policies.seen_since(seen_at)
        assert found == [
            PolicyReport(process=BOT, hash="p1", loaded_at=uow.now, seen_at=uow.now, refused=False),
            PolicyReport(process=REVOKER, hash="p2", loaded_at=seen_at, seen_at=seen_at, refused=False),
            PolicyReport(process=OTHER, hash="p1", loaded_at=loaded_at, seen_at=seen_at, refused=True),
        ]
        assert uow.policies.seen_since(uow.now + MINUTE) == []
        assert uow.policies.knows_other("p1", since=seen_at)
        assert not uow.policies.knows_other("p1", since=uow.now + MINUTE)


def test_first_part_of_the_worker_on_a_host_to_refuse_a_file_is_first(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.policies.report(REVOKER, "p1", refused="why")
        assert not uow.policies.report(replace(REVOKER, pid=9), "p1", refused="why")
        assert uow.policies.report(replace(REVOKER, pid=9), "p1", refused="another")
        assert uow.policies.report(OTHER, "p1", refused="why")
        assert not uow.policies.report(OTHER, "p1", refused=None)


def test_worker_finds_what_a_worker_went_by_last(worker: UnitOfWorkFactory) -> None:
    known = replace(policy(), hash=hash_of(policy()))
    loaded = Event(kind=EventKind.POLICY_LOADED, actor=REVOKER.label, data={"policy": policy_content(known)})
    with worker() as uow:
        assert uow.policies.last_of_workers("one") is None
        uow.policies.report(REVOKER, known.hash, refused=None)
        uow.record(loaded)
        uow.commit()
    with worker() as uow:
        assert uow.policies.last_of_workers("one") == uow.policies.last_of_workers("two") == known
        uow.policies.report(OTHER, "unheard of", refused=None)
        assert uow.policies.last_of_workers("two") is None
        assert uow.policies.last_of_workers("one") == known


def test_workers_of_other_hosts_are_told_with_the_policy_that_they_loaded(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    known = replace(policy(), hash=hash_of(policy()))
    with worker() as uow:
        uow.policies.report(OTHER, known.hash, refused=None)
        uow.policies.report(replace(OTHER, host="three"), "unheard of", refused=None)
        uow.policies.report(REVOKER, "p1", refused=None)
        loaded = {"hash": known.hash, "policy": policy_content(known)}
        uow.record(Event(kind=EventKind.POLICY_LOADED, actor=OTHER.label, data=loaded))
        uow.commit()
    with bot() as uow:
        uow.policies.report(replace(BOT, host="four"), "p1", refused=None)
        uow.commit()
    with worker() as uow:
        since = uow.now - MINUTE
        found = uow.policies.of_other_hosts("one", since=since)
        assert found == [("three", None), ("two", policy_content(known))]
        assert uow.policies.of_other_hosts("one", since=uow.now + MINUTE) == []


def test_policy_that_the_bot_says_it_loaded_is_not_gone_by(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    known = replace(policy(), hash=hash_of(policy()))
    with bot() as uow:
        uow.policies.is_new(known.hash, writer="bot")
        said = {"hash": known.hash, "policy": policy_content(known)}
        uow.record(Event(kind=EventKind.POLICY_LOADED, actor=BOT.label, data=said))
        uow.commit()
    with worker() as uow:
        uow.policies.report(REVOKER, known.hash, refused=None)
        assert uow.policies.last_of_workers("one") is None
