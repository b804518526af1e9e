"""A failure that nobody foresaw belongs to one grant: it is recorded, alarms, and keeps no other grant."""

import signal
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg.types.json import Jsonb
from rq.timeouts import UnixSignalDeathPenalty
from sqlalchemy import text

from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.message import MessageKind
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants import claim
from dbaccess.operations.grants import lease as lease_module
from dbaccess.operations.grants import provision as provision_module
from dbaccess.operations.grants.extend import apply_extension
from dbaccess.operations.grants.overdue_alarm import raise_alarm, repeat_alarm
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import ClusterFacts, Fence, OwedElsewhere, Provisioned
from dbaccess.queue.worker import OutOfTime
from dbaccess.slack.renderer import Views
from dbaccess.storage.repositories.grant_row import grant_of
from dbaccess.storage.repositories.messages import SqlMessages
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from dbaccess.targets.postgresql.driver import PostgresDriver
from tests.databases import ControlDatabase
from tests.integration.operations.faults import OneCluster
from tests.integration.operations.house import House
from tests.operations import extending
from tests.operations.house import MAYA, OPS, TOM, later

STRANGE: tuple[Callable[[], Exception], ...] = (
    lambda: UnicodeDecodeError("utf-8", b"gr\xfcn", 2, 3, "invalid start byte"),
    lambda: KeyError("login"),
    MemoryError,
    RecursionError,
)
strange = pytest.mark.parametrize("error", STRANGE, ids=lambda made: type(made()).__name__)


class Odd(PostgresDriver):
    """The real driver, which meets something strange at one login."""

    bad: str = ""
    at: str = ""
    error: Callable[[], Exception] = STRANGE[0]

    def facts(self) -> ClusterFacts:
        if self.at == "facts":
            raise self.error()
        return super().facts()

    def provision(self, recipe: Recipe, *, valid_until: Any, fence: Fence) -> Provisioned:
        self._meet("provision", [recipe])
        return super().provision(recipe, valid_until=valid_until, fence=fence)

    def extend(self, recipe: Recipe, *, valid_until: Any, fence: Fence) -> None:
        self._meet("extend", [recipe])
        super().extend(recipe, valid_until=valid_until, fence=fence)

    def cut_off(
        self, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        self._meet("cut_off", recipes)
        return super().cut_off(recipes, owed=owed, log=log)

    def revoke(self, recipes: Sequence[Recipe], *, owed: OwedElsewhere, log: ProgressLog) -> list[Any]:
        self._meet("revoke", recipes)
        return super().revoke(recipes, owed=owed, log=log)

    def _meet(self, step: str, recipes: Sequence[Recipe]) -> None:
        if step == self.at and any(self.bad in {"*", recipe.login} for recipe in recipes):
            raise self.error()


def _odd(house: House, bad: Grant, at: str, error: Callable[[], Exception]) -> WorkerContext:
    driver = Odd(cluster="main", url=house.access.url, installation=house.access.installation)
    driver.bad, driver.at, driver.error = bad.recipe.login if bad.recipe else "", at, error
    return replace(house.context, targets=OneCluster(driver))


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


@strange
def test_strange_failure_of_one_end_is_its_own_and_alarms_after_the_third(
    house: House, error: Callable[[], Exception]
) -> None:
    bad, grants = _three(house)
    context = _odd(house, bad, "revoke", error)
    assert drain(context, "main") == 3
    _others_ended(house, bad, grants)
    for attempt in (1, 2, 3):
        failed = house.grant(bad.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("revoking", attempt, "unexpected")
        assert ("ops.overdue" in house.planned(bad.request_id)) == (attempt == 3)
        house.next_try_now(bad.id)
        drain(context, "main") if attempt < 3 else drain(house.context, "main")
    assert house.grant(bad.id).state == "ended"
    assert [data["code"] for data in _failures(house, bad.id)] == ["unexpected"] * 3
    assert type(error()).__name__ in _failures(house, bad.id)[0]["said"]


@strange
def test_strange_failure_while_one_is_cut_off_keeps_no_end(
    house: House, error: Callable[[], Exception]
) -> None:
    bad, grants = _three(house)
    drain(_odd(house, bad, "cut_off", error), "main")
    _others_ended(house, bad, grants)
    assert house.grant(bad.id).state == "ended", "it is cut off again where it is revoked"


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
    assert bad.recipe.login in house.made_logins(), "nobody knows what it gave, and it stays known"
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


def test_extension_that_cannot_be_closed_does_not_keep_its_grant(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    extending.allow(house)
    grants = [house.active(seconds=60), house.active(TOM, seconds=60)]
    house.review(extending.ask_more(house, grants[0]))

    def broken(*_: object) -> Grant:
        raise KeyError("terms")

    monkeypatch.setattr(claim, "give_up", broken)
    drain(replace(house.context, begin=later(house, minutes=5)), "main")
    assert [house.grant(grant.id).state for grant in grants] == ["ended", "ended"]


@pytest.mark.parametrize("at", ["facts", "provision"])
@strange
def test_strange_failure_while_a_grant_is_made_is_recorded_and_tried_again(
    house: House, error: Callable[[], Exception], at: str
) -> None:
    grant = house.approved()
    driver = Odd(cluster="main", url=house.access.url, installation=house.access.installation)
    driver.at, driver.error, driver.bad = at, error, "*"
    broken = replace(house.context, targets=OneCluster(driver))
    for attempt in (1, 2, 3):
        house.next_try_now(grant.id)
        provision(broken, grant.id)
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("provisioning", attempt, "unexpected")
    assert {"dm.problem", "ops.problem"} <= house.planned(grant.request_id)
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"


@dataclass(frozen=True)
class _OddDirectory:
    """Slack's answer is what nobody thought of."""

    error: Callable[[], Exception]

    def members(self, *_: object) -> NoReturn:
        raise self.error()

    people = listed = members


def _odd_slack(house: House, error: Callable[[], Exception]) -> WorkerContext:
    return replace(house.context, directory=_OddDirectory(error))


def _problems(house: House, request_id: RequestId) -> set[str]:
    return house.planned(request_id) & {"dm.problem", "ops.problem"}


@strange
def test_strange_answer_of_slacks_before_a_grant_is_made_is_recorded_and_tried_again(
    house: House, error: Callable[[], Exception]
) -> None:
    grant = house.approved()
    broken = _odd_slack(house, error)
    for attempt in (1, 2, 3):
        assert not _problems(house, grant.request_id)
        house.next_try_now(grant.id)
        provision(broken, grant.id)
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("provisioning", attempt, "unexpected")
    assert _problems(house, grant.request_id) == {"dm.problem", "ops.problem"}
    late = replace(broken, begin=later(house, minutes=61))
    provision(late, grant.id)
    assert house.grant(grant.id).state == "revoking", "an approval that was not carried out in time is void"


def test_end_of_what_a_lost_attempt_may_have_given_is_not_fixed_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login is there; its worker could record neither success nor failure."""
    grant = house.approved()
    with monkeypatch.context() as broken:
        broken.setattr(provision_module, "_activate", _raise)
        broken.setattr(lease_module, "_record", _raise)
        provision(house.context, grant.id)
    begun = house.grant(grant.id)
    assert begun.expires_at is not None
    house.next_try_now(grant.id)
    provision(_odd_slack(house, STRANGE[0]), grant.id)
    failed = house.grant(grant.id)
    assert (failed.last_failure, failed.expires_at) == ("unexpected", begun.expires_at)
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).expires_at == begun.expires_at


def _raise(*_: object) -> NoReturn:
    raise KeyError("what nobody thought of")


@pytest.mark.parametrize("where", ["Slack", "target"])
@strange
def test_strange_failure_of_an_extension_is_recorded_told_after_the_third_and_tried_again(
    house: House, error: Callable[[], Exception], where: str
) -> None:
    extending.allow(house)
    grant = house.active()
    request = extending.ask_more(house, grant)
    house.review(request)
    broken = _odd_slack(house, error) if where == "Slack" else _odd(house, grant, "extend", error)
    for attempt in (1, 2, 3):
        assert not _problems(house, request.id)
        house.next_try_now(grant.id)
        apply_extension(broken, grant.id)
        apply_extension(broken, grant.id)  # too early
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("active", attempt, "unexpected")
    told = [e["data"] for e in house.ledger("grant.extend_failed")]
    assert [(data["code"], data["attempt"]) for data in told] == [("unexpected", n) for n in (1, 2, 3)]
    assert type(error()).__name__ in told[0]["said"]
    assert _problems(house, request.id) == {"dm.problem", "ops.problem"}
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert "grant.extended" in house.kinds()


@pytest.mark.parametrize("give", [provision, apply_extension])
def test_lost_control_database_is_no_attempt(
    house: House, give: Callable[[WorkerContext, GrantId], None]
) -> None:
    extending.allow(house)
    grant = house.approved()
    if give is apply_extension:
        provision(house.context, grant.id)
        house.review(extending.ask_more(house, house.grant(grant.id)))
    before = house.grant(grant.id)
    with pytest.raises(_Lost):
        give(replace(house.context, begin=_lost_after(house, 2)), grant.id)
    assert house.grant(grant.id) == before


class _Lost(Exception):
    """The control database does not answer."""


def _lost_after(house: House, times: int) -> Callable[[], SqlUnitOfWork]:
    """It answers so often, and then no more."""
    answers = iter(range(times))

    def begin() -> SqlUnitOfWork:
        if next(answers, None) is None:
            raise _Lost
        return house.work()

    return begin


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


def test_message_that_cannot_be_rendered_keeps_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = house.active()
    render = Views.message

    def broken(self: Views, kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
        if kind is MessageKind.REQUEST:
            raise KeyError("a word")
        return render(self, kind, details, first=first)

    monkeypatch.setattr(Views, "message", broken)
    house.notify(grant.request_id)
    assert any("Active" in message.text for message in house.sandbox.person(MAYA).direct_messages())


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
