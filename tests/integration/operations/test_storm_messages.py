"""Many ends at once: one line for the channel, a direct message for each holder, urgent ones first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import event

from bench.crowd import make_crowd
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.overdue_alarm import raise_alarm, repeat_alarm
from dbaccess.operations.grants.revoke import drain
from sandbox.client import Message, plain, wait_for
from tests.databases import ControlDatabase
from tests.engines.postgresql import postgres_targets
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.house import MAYA, OPS, PRIYA, TOM, later
from tests.operations.lockdowns import OLGA, declare, enforce, lift, post_due, with_operators
from workers.messages import Messages

CHANNEL = "C0APPROVALS"
SIZE = 40


@pytest.fixture
def full(build_house: BuildHouse, control_database: ControlDatabase) -> Iterator[House]:
    """A house with many active grants of two holders on one target."""
    with build_house() as house:
        with_operators(house)
        ends = datetime.now(UTC) + timedelta(hours=1)
        make_crowd(
            control_database, house.access, house.policy, size=SIZE, holders=[MAYA, TOM], expires_at=ends
        )
        yield house


def _statements(house: House) -> list[str]:
    found: list[str] = []

    @event.listens_for(house.worker, "before_cursor_execute")
    def _(_c: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    return found


def test_lockdown_of_many_is_a_few_statements_and_one_line(full: House) -> None:
    declare(full)
    statements = _statements(full)
    assert enforce(full) == SIZE
    assert len(statements) < SIZE  # whatever their number: not one for each
    assert drain(full.context, "main") == SIZE
    post_due(full)
    lines = [plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL)]
    (line,) = [text for text in lines if text.startswith("Ended: ")]
    assert line.startswith(f"Ended: {SIZE} grants on orders-prod, locked down ")
    with full.work() as uow:
        due = {stream.request_id for stream in uow.messages.due(uow.now, limit=3 * SIZE)}
        kinds = [m.kind.value for request_id in due for m in uow.messages.of(request_id)]
    assert "thread.ended" not in kinds
    assert kinds.count("dm.ended") == SIZE
    post_due(full)
    assert sum("Ended: " in plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL)) == 1


def test_request_made_in_a_storm_is_posted_before_the_rest(full: House) -> None:
    messages = Messages(wiring_of(full))
    lockdown = declare(full)
    enforce(full)
    assert drain(full.context, "main") == SIZE
    lift(full, lockdown)
    new = full.submit(MAYA, "migrate")
    messages.round()

    def posted() -> bool:
        return any(new.label in plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL))

    wait_for(posted, 20)
    wait_for(lambda: not messages.tasks._running, 60)


def _shown(house: House, channel: str, *words: str) -> list[Message]:
    return [m for m in house.sandbox.person(OLGA).messages(channel) if plain(m).startswith(words)]


def _overdue(house: House, channel: str) -> list[Message]:
    return _shown(house, channel, ":warning: Overdue: ")


def _kinds(house: House) -> set[str]:
    with house.work() as uow:
        due = uow.messages.due(uow.now + timedelta(minutes=5), limit=10 * SIZE)
        return {message.kind.value for stream in due for message in uow.messages.of(stream.request_id)}


def _fail_all(house: House, *, times: int = 3) -> None:
    """By a worker that was not given the URL of the cluster."""
    stuck = replace(house.context, targets=postgres_targets({}, house.policy.installation))
    for _ in range(times):
        _next_try_now(house)
        assert drain(stuck, "main") == SIZE


def _next_try_now(house: House) -> None:
    with house.work() as uow:
        uow.grants.hurry("main", uow.now)
        uow.commit()


def test_many_overdue_are_one_alarm_a_channel_that_calms_down(full: House) -> None:
    declare(full)
    enforce(full)
    _fail_all(full)
    post_due(full)
    for channel in (OPS, CHANNEL):
        (alarm,) = _overdue(full, channel)
        assert f"{SIZE} grants on orders-prod" in plain(alarm)
        assert f"<@{OLGA}>" in plain(alarm)
    assert not _kinds(full) & {"ops.overdue", "channel.overdue"}
    _next_try_now(full)
    assert drain(full.context, "main") == SIZE
    post_due(full)
    for channel in (OPS, CHANNEL):
        assert not _overdue(full, channel)
        assert len(_shown(full, channel, "No longer overdue: grants on orders-prod")) == 1
    assert len(_shown(full, OPS, f"Ended late: {SIZE} grants on orders-prod, locked down ")) == 1
    assert "ops.ended_late" not in _kinds(full)


def test_many_overdue_by_time_are_told_once_and_again_each_hour(full: House) -> None:
    for minutes, alarms in ((61, 1), (61.5, 1), (75, 1), (122, 2), (123, 2)):
        context = replace(full.context, begin=later(full, hours=minutes / 60))
        raise_alarm(context)
        repeat_alarm(context)
        with context.begin() as uow:
            due = uow.notices.due(uow.now, limit=9)
        for notice_id in due:
            post_notice(context, notice_id)
        for channel in (OPS, CHANNEL):
            assert len(_overdue(full, channel)) == alarms, minutes
    assert not _kinds(full) & {"ops.overdue", "channel.overdue"}


def test_last_few_of_many_overdue_are_named(full: House) -> None:
    context = replace(full.context, begin=later(full, hours=1.1))
    raise_alarm(context)
    with full.work() as uow:
        few = [grant.id for grant in uow.grants.open()][:3]
    declare(full)
    enforce(full)
    with psycopg.connect(full.control.superuser_url) as other:
        other.execute("select from grants where id = any(%s) for update", [few])
        assert drain(full.context, "main") == SIZE - len(few)
    raise_alarm(context)
    with full.work() as uow:
        named = [grant.id for grant in uow.grants.open() if "ops.overdue" in full.planned(grant.request_id)]
    assert named == few
