"""Many ends at once: one line for the channel, a direct message for each holder, urgent ones first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bench.crowd import make_crowd
from dbaccess.operations.revoke import drain
from sandbox.client import plain, wait_for
from tests.databases import ControlDatabase
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import MAYA, PRIYA, TOM, House
from tests.integration.operations.locking import declare, enforce, lift, post_due, with_operators
from tests.integration.operations.test_reconciler import wiring_of
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
    assert drain(full.hands, "main") == SIZE
    post_due(full)
    lines = [plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL)]
    (line,) = [text for text in lines if text.startswith("Ended: ")]
    assert line.startswith(f"Ended: {SIZE} grants on orders-prod, locked down ")
    with full.work() as uow:
        kinds = [m.kind.value for n in uow.messages.due(uow.now, limit=SIZE) for m in uow.messages.of(n)]
    assert "thread.ended" not in kinds
    assert kinds.count("dm.ended") == SIZE
    post_due(full)
    assert sum("Ended: " in plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL)) == 1


def test_request_made_in_a_storm_is_posted_before_the_rest(full: House) -> None:
    messages = Messages(wiring_of(full))
    lockdown = declare(full)
    enforce(full)
    assert drain(full.hands, "main") == SIZE
    lift(full, lockdown)
    new = full.submit(MAYA, "migrate")
    messages.round()

    def posted() -> bool:
        return any(new.label in plain(m) for m in full.sandbox.person(PRIYA).messages(CHANNEL))

    wait_for(posted, 20)
    wait_for(lambda: not messages.tasks._running, 60)
