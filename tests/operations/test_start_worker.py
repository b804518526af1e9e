"""The workers of two hosts take each cluster's lock in the same database, or the second ones do not start."""

from dataclasses import replace

import pytest

from dbaccess.domain.errors import CannotStart
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import hash_of
from dbaccess.domain.policy_in_use import SEEN_WITHIN, Process
from dbaccess.operations.policy_in_use import start_worker
from tests.operations.fake_house import FakeHouse
from tests.operations.policy_reports import report_as

ONE = Process(name="reconciler", host="one", pid=11)
ONE_AGAIN = Process(name="supervisor", host="one", pid=12)
TWO = Process(name="supervisor", host="two", pid=21)


def locking_in(policy: Policy, database: str | None) -> Policy:
    clusters = {name: replace(one, lock_database=database) for name, one in policy.clusters.items()}
    changed = replace(policy, clusters=clusters)
    return replace(changed, hash=hash_of(changed))


def start(house: FakeHouse, policy: Policy, process: Process) -> None:
    start_worker(house.work, policy=policy, process=process)


def test_host_with_another_lock_database_waits_until_the_other_host_is_gone(fake_house: FakeHouse) -> None:
    running, other = locking_in(fake_house.policy, None), locking_in(fake_house.policy, "locks")
    report_as(fake_house, ONE, running)
    for _ in range(2):  # the refused start is no reason to refuse the next one of another host
        with pytest.raises(CannotStart, match=r"main\.lock_database: this host has locks, .* of one take"):
            start(fake_house, other, TWO)
    start(fake_house, running, replace(TWO, host="three"))
    fake_house.wait(seconds=SEEN_WITHIN.total_seconds() + 1)
    start(fake_house, other, TWO)


def test_lock_database_of_the_same_name_is_the_same_however_it_is_written(fake_house: FakeHouse) -> None:
    report_as(fake_house, ONE, locking_in(fake_house.policy, None))
    named = locking_in(fake_house.policy, f"dbaccess_{fake_house.policy.installation}")
    start(fake_house, named, TWO)


def test_host_that_starts_again_is_not_kept_by_its_own_processes_of_before(fake_house: FakeHouse) -> None:
    report_as(fake_house, ONE, locking_in(fake_house.policy, None))
    start(fake_house, locking_in(fake_house.policy, "locks"), ONE_AGAIN)


def test_of_two_hosts_that_start_at_once_the_second_is_refused(fake_house: FakeHouse) -> None:
    start(fake_house, locking_in(fake_house.policy, None), TWO)
    with pytest.raises(CannotStart):
        start(fake_house, locking_in(fake_house.policy, "locks"), ONE_AGAIN)
