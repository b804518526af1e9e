"""The Home tab, as a test asks for it."""

from dbaccess.domain.overview import Overview
from dbaccess.domain.people import SlackId
from dbaccess.operations.queries.home import home
from tests.operations.house import House


def home_of(house: House, slack_id: SlackId) -> Overview:
    with house.begin() as uow:
        return home(uow, policy=house.policy, workspace=house.workspace, slack_id=slack_id)
