"""A request that could not be made now becomes stale, and the people are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.operations.requests.mark_stale import mark_stale
from tests.integration.operations.house import House
from tests.operations.house import later


@pytest.mark.parametrize("age", ["groups", "account"])
def test_nothing_is_stale_where_people_were_not_read_lately(house: House, age: str) -> None:
    house.submit()
    house.sandbox.set_group("S0ENGINEERS", ["U0TOM"])
    house.read_twice()
    table, column = ("directory_reads", "read_at") if age == "groups" else ("directory_people", "read_at")
    with house.worker.begin() as connection:
        connection.exec_driver_sql(f"update {table} set {column} = {column} - interval '29 min'")
    late = later(house, minutes=2) if age == "account" else house.work
    if age == "account":
        house.context = replace(
            house.context, workspace=replace(house.workspace, snapshot_max_age=timedelta(1))
        )
    assert mark_stale(replace(house.context, begin=late)) == []
