"""A late grant is cut off every second, whatever delays its end."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.grants.watch import Watch
from dbaccess.ports import HeldElsewhere
from dbaccess.targets.postgresql.driver import PostgresDriver
from tests.databases import PostgresServer
from tests.integration.operations.faults import KilledError, OneCluster, die, eventful
from tests.integration.operations.house import House, down
from tests.operations.house import later


def _may_log_in(house: House, grant: Grant) -> bool:
    assert grant.recipe is not None
    ((may,),) = house.look("select rolcanlogin from pg_roles where rolname = %s", grant.recipe.login)
    return bool(may)


def test_locked_row_keeps_no_access_open(house: House) -> None:
    grant = house.active(seconds=60)
    context = replace(house.context, begin=later(house, minutes=5))
    with house.bot.connect() as enemy:
        enemy.execute(text("select from grants for update"))
        assert drain(context, "main") == 0
        assert _may_log_in(house, grant)
        Watch().look(context, "main")
        assert not _may_log_in(house, grant)
    assert drain(context, "main") == 1
    assert house.grant(grant.id).state == "ended"


def test_many_that_are_stuck_take_turns(house: House) -> None:
    several = [house.active(seconds=60, role=role) for role in ("read", "write")]
    context = replace(house.context, begin=later(house, minutes=5))
    watch = Watch(batch=1)
    with house.bot.connect() as enemy:
        enemy.execute(text("select from grants for update"))
        watch.look(context, "main")
        assert [_may_log_in(house, grant) for grant in several] == [False, True]
        watch.look(context, "main")
        assert [_may_log_in(house, grant) for grant in several] == [False, False]


def test_lease_of_a_worker_that_hangs_keeps_no_access(house: House) -> None:
    grant = house.active(seconds=60)
    after = replace(house.context, begin=later(house, minutes=5))

    def meanwhile() -> None:
        assert drain(after, "main") == 0, "another worker has it"
        Watch().look(replace(house.context, begin=later(house, minutes=5, seconds=3)), "main")
        assert not _may_log_in(house, grant)

    hangs = eventful(house, before_cut_off=meanwhile)
    drain(replace(hangs, begin=after.begin), "main")
    assert house.grant(grant.id).state == "ended"


def test_cluster_that_answers_again_is_cut_off_and_its_ends_are_due_at_once(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.active()
    house.surrender(grant)
    watch = Watch()
    soon = replace(house.context, begin=later(house, seconds=30))
    with down(target_postgres):
        for _ in range(6):
            house.next_try_now(grant.id)
            drain(house.context, "main")
        watch.look(soon, "main")
    assert drain(house.context, "main") == 0, "its wait is now a minute"
    watch.look(soon, "main")
    assert not _may_log_in(house, grant)
    assert drain(soon, "main") == 1
    assert house.grant(grant.id).state == "ended"
    before = house.kinds()
    watch.look(soon, "main")
    assert house.kinds() == before


class Untouched(PostgresDriver):
    """Is not to be asked."""

    def cut_off(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        raise AssertionError(recipes, elsewhere, log)


def test_cut_off_comes_neither_before_the_end_nor_twice(house: House) -> None:
    grant = house.active(seconds=600)
    asks = OneCluster(Untouched(cluster="main", url=house.access.url, installation=house.access.installation))
    Watch().look(replace(house.context, targets=asks), "main")
    assert _may_log_in(house, grant)
    killed = replace(eventful(house, before=die), begin=later(house, minutes=11))
    with pytest.raises(KilledError):
        drain(killed, "main")
    assert not _may_log_in(house, grant), "cut off, and not finished"
    in_time = replace(house.context, targets=asks, begin=later(house, minutes=11, seconds=1))
    Watch().look(in_time, "main")
