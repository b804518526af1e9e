"""An unforeseen failure belongs to one grant: it is recorded, alarms, and keeps no other grant."""

import signal
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from rq.timeouts import UnixSignalDeathPenalty
from sqlalchemy import text

from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.message import MessageKind
from dbaccess.domain.receipt import Receipt
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.grants.overdue_alarm import raise_alarm, repeat_alarm
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import Fence, Provisioned
from dbaccess.queue.rq_worker import OutOfTime
from dbaccess.storage.repositories.grant_row import grant_of
from dbaccess.storage.repositories.messages import SqlMessages
from dbaccess.targets.postgresql.driver import PostgresDriver
from tests.databases import ControlDatabase
from tests.integration.operations.faults import OneCluster
from tests.integration.operations.house import House
from tests.operations.house import MAYA, OPS, TOM, later


def _three(house: House) -> tuple[Grant, list[Grant]]:
    """One of them, and all; each is on its way out."""
    grants = [house.active(MAYA), house.active(TOM), house.active(MAYA, "write")]
    for grant, who in zip(grants, (MAYA, TOM, MAYA), strict=True):
        house.surrender(grant, who)
    return grants[1], grants


def _others_ended(house: House, bad: Grant, grants: Sequence[Grant]) -> None:
    for grant in grants:
        if grant.id != bad.id:
            ended = house.grant(grant.id)
            assert (ended.state, isinstance(ended.receipt, Receipt)) == ("ended", True)


def _failures(house: House, grant_id: GrantId) -> list[Any]:
    return [e["data"] for e in house.ledger("grant.revoke_failed") if e["grant"] == grant_id]


def test_end_that_cannot_be_recorded_is_its_own_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, grants = _three(house)
    plan_all = SqlMessages.plan_all

    def plan(self: SqlMessages, planned: Sequence[Any]) -> None:
        if any(request_id == bad.request_id for request_id, *_ in planned):
            raise TypeError("a text that cannot be planned")
        plan_all(self, planned)

    with monkeypatch.context() as broken:
        broken.setattr(SqlMessages, "plan_all", plan)
        drain(house.context, "main")
    _others_ended(house, bad, grants)
    assert [data["code"] for data in _failures(house, bad.id)] == ["unrecorded"]
    house.next_try_now(bad.id)
    drain(house.context, "main")
    assert house.grant(bad.id).state == "ended"


@pytest.mark.parametrize("damaged", ["recipe - 'roles'", "recipe || '{\"roles\": 7}'", "recipe - 'tag'"])
def test_recipe_that_cannot_be_read_keeps_only_its_own_grant_and_alarms(
    house: House, control_database: ControlDatabase, damaged: str
) -> None:
    bad, grants = _three(house)
    _damage(control_database, bad, damaged)
    for attempt in (1, 2, 3):
        drain(house.context, "main")
        failed = house.grant(bad.id)
        assert (failed.state, failed.last_failure, failed.damaged) == ("revoking", "recipe_unreadable", True)
        assert len(_failures(house, bad.id)) == attempt
        house.next_try_now(bad.id)
    _others_ended(house, bad, grants)
    assert {"ops.overdue", "channel.overdue"} <= house.planned(bad.request_id)
    assert bad.recipe is not None
    assert bad.recipe.login in house.made_logins(), "its access is unknown, and it stays known"
    _damage(control_database, bad, "'{}'::jsonb || %s", bad.recipe.as_json())
    house.next_try_now(bad.id)
    drain(house.context, "main")
    assert house.grant(bad.id).state == "ended"


def test_grant_whose_recipe_cannot_be_read_is_not_made_anew(
    house: House, control_database: ControlDatabase
) -> None:
    """An attempt may have given something that only this recipe can take back."""
    grant = house.approved()
    _damage(control_database, grant, "jsonb_build_object('grant_id', id, 'cluster', cluster)")
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "revoking"
    assert house.made_logins() == []


def test_job_whose_time_is_over_while_a_grant_is_made_leaves_it_to_the_next_one(house: House) -> None:
    grant = house.approved()
    driver = _Stuck(cluster="main", url=house.access.url, installation=house.access.installation)
    with pytest.raises(OutOfTime), UnixSignalDeathPenalty(600, OutOfTime):  # type: ignore[no-untyped-call]
        provision(replace(house.context, targets=OneCluster(driver)), grant.id)
    assert house.grant(grant.id).last_failure is None
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"


class _Stuck(PostgresDriver):
    """Its server does nothing for long, and meanwhile the job's time is over."""

    def provision(self, recipe: Recipe, *, valid_until: Any, fence: Fence) -> Provisioned:
        with self._cluster.session() as opened:
            signal.alarm(1)  # of the penalty's own handler
            opened.rows(b"select pg_sleep(60)")
        return super().provision(recipe, valid_until=valid_until, fence=fence)


def _damage(control: ControlDatabase, grant: Grant, becomes: str, *values: object) -> None:
    """Past the guards: so an older program finds what a newer one wrote."""
    with psycopg.connect(control.superuser_url) as owner:
        owner.execute("alter table grants disable trigger guard")
        changed = f"update grants set recipe = {becomes} where id = %s"
        owner.execute(changed, [*map(Jsonb, values), grant.id])
        owner.execute("alter table grants enable always trigger guard")


def test_damaged_recipe_keeps_no_other_login_from_being_swept(
    house: House, control_database: ControlDatabase
) -> None:
    bad, _ = _three(house)
    assert bad.recipe is not None
    _damage(control_database, bad, "recipe - 'roles' - 'standing'")
    sweep(house.context, "main")
    assert bad.recipe.login in house.made_logins(), "an open grant accounts for it"


def test_grant_that_cannot_be_read_keeps_no_alarm_of_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, grants = _three(house)

    def read(row: Any) -> Grant:
        if row.id == bad.id:
            raise ValueError("a word of a newer version")
        return grant_of(row)

    monkeypatch.setattr("dbaccess.storage.repositories.grants.grant_of", read)
    others = [grant for grant in grants if grant.id != bad.id]
    raise_alarm(replace(house.context, begin=later(house, minutes=1)))
    for other in others:
        assert {"ops.overdue", "channel.overdue"} <= house.planned(other.request_id)
        house.notify(other.request_id)
    with house.work() as uow:  # as it was posted before it could be read no more
        uow.messages.plan(bad.request_id, MessageKind.OVERDUE, channel=OPS)
        uow.commit()
    house.as_superuser("update messages set posted_at = now() where kind = 'ops.overdue'")
    repeat_alarm(replace(house.context, begin=later(house, hours=1.1)))
    with house.worker.connect() as connection:
        told = connection.execute(text("select distinct (data ->> 'grant')::bigint from notices"))
        assert set(told.scalars()) == {other.id for other in others}


def test_grant_that_cannot_be_claimed_keeps_none_that_is_due_after_it(
    house: House, control_database: ControlDatabase
) -> None:
    """The database refuses every change of the grant, whether its extension is looked at or not."""
    bad, others = house.active(TOM, seconds=30), [house.active(seconds=60), house.active(MAYA, "write", 90)]
    with psycopg.connect(control_database.superuser_url) as owner:
        owner.execute(
            "create function refuse_one() returns trigger language plpgsql as "
            "$$ begin raise exception 'not this one' using errcode = '22023'; end $$"
        )
        owner.execute(
            f"create trigger refuse_one before update on grants for each row when (old.id = {bad.id}) "
            "execute function refuse_one()"
        )
    drain(replace(house.context, begin=later(house, minutes=5)), "main")
    assert house.grant(bad.id).state == "active"
    _others_ended(house, bad, [bad, *others])
