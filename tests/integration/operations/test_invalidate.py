"""A grant ends where its holder left or its role is gone, and for nothing less."""

from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.invalidate import invalidate
from tests.integration.operations.house import House
from tests.operations.house import MAYA, PRIYA, TOM
from tests.operations.invalidated import ends


def test_grant_of_a_holder_from_another_workspace_ends(house: House) -> None:
    grant = house.active()
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set team_id = 'T0OTHER' where slack_id = 'U0MAYA'"
        )
    ends(house, grant, "holder left")


def test_account_not_read_lately_says_nothing_until_it_is_read_again(house: House) -> None:
    grant = house.active()
    house.sandbox.set_group("S0ENGINEERS", [TOM])
    house.sandbox.set_group("S0DBA", [PRIYA])
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set is_deactivated = true, read_at = read_at - interval '31 min'"
            " where slack_id = 'U0MAYA'"
        )
    assert invalidate(house.context) == []
    refresh_directory(house.context)
    assert invalidate(house.context) == [], "an old word that was wrong"
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set read_at = read_at - interval '31 min' where slack_id = 'U0MAYA'"
        )
    house.sandbox.deactivate(MAYA)
    refresh_directory(house.context)
    ends(house, grant, "holder left")


def test_account_that_slack_does_not_have_has_not_left(house: House) -> None:
    house.active()
    with house.worker.begin() as connection:
        connection.exec_driver_sql("delete from directory_people where slack_id = 'U0MAYA'")
    assert invalidate(house.context) == []
