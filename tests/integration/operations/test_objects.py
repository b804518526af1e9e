"""A role on single objects, from the ask to the receipt."""

from collections.abc import Iterator

import psycopg
import pytest

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import revoke
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.operations.house import MAYA, new_key

_ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))
_ROLES = """
[targets.orders-prod.roles.orders]
access = "read"
on = { tables = ["shop.orders"], privileges = ["SELECT"] }
can = "read the table of orders"
cannot = "read other tables"

[targets.orders-prod.roles.customers]
access = "read"
on = { tables = ["shop.customers"], privileges = ["SELECT"] }
can = "read the table of customers"
cannot = "read other tables"
"""


@pytest.fixture
def shop(build_house: BuildHouse) -> Iterator[House]:
    """Its worker may give on `shop.orders` and on nothing else."""
    with build_house(more=_ROLES, objects=[_ORDERS]) as built:
        yield built


def test_approved_objects_are_given_recorded_and_verified_gone(shop: House) -> None:
    grant = shop.active(role="orders")
    assert grant.recipe is not None
    assert (grant.recipe.roles, grant.recipe.on) == ((), _ORDERS)
    assert shop.look("select has_table_privilege(%s, 'shop.orders', 'select')", grant.recipe.login) == [
        (True,)
    ]
    (activated,) = shop.ledger("grant.activated")
    assert activated["data"]["tables"] == ["shop.orders"]

    surrender(shop.begin, policy=shop.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    assert revoke(shop.context, grant.id) == 1
    ended = shop.grant(grant.id)
    assert ended.receipt is not None
    assert ended.receipt.objects_removed == ("SELECT on shop.orders",)
    assert ended.receipt.login_removed
    with psycopg.connect(shop.target.superuser_url) as dba:
        assert dba.execute("select 1 from pg_class where relacl::text ~ 'jit_'").fetchone() is None


def test_privilege_that_the_worker_may_not_give_is_recorded_and_no_time_runs(shop: House) -> None:
    grant = shop.approved(role="customers")
    provision(shop.context, grant.id)
    failed = shop.grant(grant.id)
    assert (failed.state, failed.last_failure, failed.expires_at) == ("provisioning", "no_grant_option", None)
    (recorded,) = shop.ledger("grant.provision_failed")
    assert "SELECT on table shop.customers" in recorded["data"]["said"]
    assert shop.made_logins() == []
