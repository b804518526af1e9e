"""Known faults of other systems of this kind, one test each.

That buttons go on working after a restart takes real processes: tests/acceptance/test_decisions.py,
`test_buttons_and_half_a_quorum_outlive_a_restart_of_everything`.
"""

from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import (
    Changed,
)
from dbaccess.operations.grants.provision import provision
from sandbox.client import plain
from tests.databases import ControlDatabase, PostgresServer
from tests.integration.operations.house import House, down
from tests.operations.house import MAYA, PRIYA, later


def test_approval_of_a_request_that_was_edited_is_refused(
    house: House, control_database: ControlDatabase
) -> None:
    """By a superuser: with any other rights the row does not change at all."""
    request = house.submit()
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table requests disable trigger guard")
        admin.execute("""update requests set terms = terms || '{"duration_seconds": 14400}'""")
        admin.execute("alter table requests enable always trigger guard")
    with pytest.raises(Changed):
        house.review(request)
    assert house.grant_of(request.id) is None


def test_approved_is_not_called_active_though_the_grant_failed(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.approved()
    with down(target_postgres):
        for minutes in (0, 10, 61):
            house.next_try_now(grant.id)
            provision(replace(house.context, begin=later(house, minutes=minutes)), grant.id)
            house.notify(grant.request_id)
            (root,) = [m for m in house.sandbox.person(PRIYA).messages("C0APPROVALS") if not m.thread_ts]
            assert "Active" not in plain(root)
    assert house.grant(grant.id).end_cause == "abandoned"
    assert "Problem" in plain(root)
    told = [plain(message) for message in house.sandbox.person(MAYA).direct_messages()]
    assert not any("Active:" in said for said in told)
    assert "grant.activated" not in house.kinds()
