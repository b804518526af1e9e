"""A grant that never began has nothing to prove, and its receipt claims no examination."""

from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain
from dbaccess.slack.views.request_state import never_active
from tests.operations.house import House


def test_grant_that_was_never_begun_ends_without_a_receipt(house: House) -> None:
    grant = house.approved()
    revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="no more")
    assert drain(house.context, "main") == 1
    ended = house.grant(grant.id)
    assert (ended.state, ended.recipe, ended.receipt) == ("ended", None, None)
    assert house.ledger("grant.ended")[0]["data"] == {"cause": "revoked", "receipt": None}
    with house.work() as uow:
        details = load_request_details(uow, house.policy, house.workspace, grant.request_id)
    assert details.grant is not None
    assert never_active(details.grant) == "orders-prod was never touched."
