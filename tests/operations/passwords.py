"""A password that a holder asks for."""

from dbaccess.domain.credential_view import CredentialView
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.operations.grants.credentials import ask_credentials
from tests.operations.house import MAYA, House, new_key


def ask(house: House, grant: Grant, view_id: str, who: SlackId = MAYA, key: str = "") -> CredentialView:
    return ask_credentials(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        grant_id=grant.id,
        view_id=view_id,
        idempotency_key=key or new_key(),
    )
