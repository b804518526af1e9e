"""An approval is worth what it is worth at the moment of provisioning, by the worker's own knowledge."""

import pytest

from dbaccess.operations.grants.provision import provision
from tests.integration.operations.house import House
from tests.operations.house import MAYA, PRIYA


@pytest.mark.parametrize("turned", ["is_bot = true", "team_id = 'T0OTHER'"])
@pytest.mark.parametrize("who", [MAYA, PRIYA])
def test_approval_of_an_account_that_left_the_workspace_does_not_count(
    house: House, who: str, turned: str
) -> None:
    """Slack is silent, so that this is the last that is known."""
    grant = house.approved()
    with house.worker.begin() as connection:
        connection.exec_driver_sql(f"update directory_people set {turned} where slack_id = '{who}'")
    house.sandbox.fault("*", "500", times=1000)
    provision(house.context, grant.id)
    assert house.grant(grant.id).end_cause == "invalidated"
    assert house.made_logins() == []
