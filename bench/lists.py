"""`/dbaccess list` and the Home tab of a reviewer for whom many requests wait, as the bot makes them."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from bench.figures import Figure
from bench.servers import Servers
from dbaccess.operations.queries.home import home
from dbaccess.operations.queries.mine import mine
from dbaccess.slack.views import home as home_view
from dbaccess.slack.views import listing
from tests.integration.operations.building import build_real_house
from tests.integration.operations.house import House
from tests.integration.operations.many_requests import others_ask
from tests.operations.house import PRIYA, TOM

REQUESTS = 1_000
AIM = "1 s"


def measure(serving: Servers, rounds: int) -> list[Figure]:
    """Each round reads the control database and builds the blocks; the way to Slack is not in it."""
    with build_real_house(serving.control, lambda _: nullcontext(serving.access))() as house:
        others_ask(house, house.submit(TOM), 1, REQUESTS - 1)
        return [
            Figure(name=f"{name}, {REQUESTS:,} open requests", seconds=_seconds(house, make, rounds), aim=AIM)
            for name, make in (("list", _list), ("Home tab", _home))
        ]


def _list(house: House) -> Any:
    with house.begin() as uow:
        found = mine(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
    return listing.build(
        reviews=found.reviews, break_glass_reviews=found.break_glass_reviews, unreviewed=found.unreviewed
    )


def _home(house: House) -> Any:
    with house.begin() as uow:
        found = home(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
    return home_view.build(found)


def _seconds(house: House, make: Callable[[House], Any], rounds: int) -> list[float]:
    make(house)  # the first one connects
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        make(house)
        found.append(time.perf_counter() - began)
    return found
