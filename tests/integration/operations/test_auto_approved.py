"""A rule may need no approval; the worker still grants by its own policy alone."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, with_rule


def test_database_refuses_a_change_of_definitions_without_approvals(house: House) -> None:
    edit(house, with_rule(house.policy, "prod-ddl", approvals=()))
    with pytest.raises(IntegrityError, match="requests_ddl_is_approved"):
        house.submit(role="migrate")
    assert house.ledger() == []
