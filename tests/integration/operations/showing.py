"""The modal in which a password is shown: asked for, looked at, and what the target has of it."""

import re

import psycopg

from dbaccess.domain.credential_view import CredentialView
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.slack.views import credentials
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener
from tests.operations.house import MAYA
from tests.operations.passwords import ask


def click(house: House, opener: Opener, grant: Grant, who: SlackId = MAYA) -> CredentialView:
    """The modal is open and says that a password is being made."""
    return ask(house, grant, opener.open(who, credentials.loading(login=None, target=grant.target)), who)


def seen(house: House, who: SlackId = MAYA) -> str:
    view = house.sandbox.person(who).view()
    assert view is not None
    return plain(view)


def password_in(text: str) -> str:
    found = re.search(r"```\s*(\S+?)\s*```", text)
    assert found, text
    return found[1]


def works(house: House, grant: Grant, password: str) -> bool:
    assert grant.recipe is not None
    try:
        psycopg.connect(house.access.login_url(grant.recipe.login, password), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def state(house: House, view: CredentialView) -> str:
    with house.work() as uow:
        return uow.credential_views.lock(view.id).state.value


def verifier(house: House, grant: Grant) -> str | None:
    assert grant.recipe is not None
    found = house.look("select rolpassword from pg_authid where rolname = %s", grant.recipe.login)
    return found[0][0] if found else None
