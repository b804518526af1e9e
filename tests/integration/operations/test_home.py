"""The texts of one person's Home and `who` say, from the control database with the bot's rights alone."""

from dbaccess.operations.grants.credentials import ask_credentials, show_credentials
from dbaccess.slack.views import credentials
from tests.integration.operations.house import House
from tests.integration.operations.opener import opening
from tests.operations.home_views import home_of
from tests.operations.house import TOM, new_key


def test_grant_whose_password_was_shown_is_marked(house: House) -> None:
    grant = house.active(TOM)
    with opening(house.sandbox) as opener:
        view = ask_credentials(
            house.begin,
            policy=house.policy,
            workspace=house.workspace,
            slack_id=TOM,
            grant_id=grant.id,
            view_id=opener.open(TOM, credentials.loading(login=None, target=grant.target)),
            idempotency_key=new_key(),
        )
        assert home_of(house, TOM).credentials_shown == frozenset()
        show_credentials(house.context, view.id)
    assert home_of(house, TOM).credentials_shown == {grant.id}
