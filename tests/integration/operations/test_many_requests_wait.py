"""However many requests wait for a person, or grants are held, `list` and Home ask as few questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from dbaccess.domain.truncated_list import left_out
from dbaccess.operations.queries.home import home
from dbaccess.operations.queries.mine import PAGE, mine
from dbaccess.slack.views import home as home_view
from dbaccess.slack.views import listing
from tests.integration.operations.house import House
from tests.integration.operations.many_requests import holder_has, others_ask
from tests.operations.house import MAYA, PRIYA, TOM

MANY = 1000


@dataclass(slots=True)
class Read:
    statements: int = 0
    rows: int = 0


@contextmanager
def _reading(house: House) -> Iterator[Read]:
    """Count what the bot asks the control database, and the rows that it is given."""
    read = Read()

    def count(_connection: object, cursor: Any, *_: object) -> None:
        read.statements += 1
        read.rows += max(0, cursor.rowcount)

    event.listen(house.bot, "after_cursor_execute", count)
    try:
        yield read
    finally:
        event.remove(house.bot, "after_cursor_execute", count)


def _look(house: House) -> tuple[Read, Read]:
    with _reading(house) as of_list, house.begin() as uow:
        found = mine(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
        listed = listing.build(reviews=found.reviews)
    with _reading(house) as of_home, house.begin() as uow:
        tab = home(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
    total = len(found.reviews) + left_out(found.reviews)
    assert total == len(tab.reviews) + left_out(tab.reviews)
    assert f"Waiting for your review: {total}" in listed["text"].splitlines()[0]
    assert f"Waiting for your review ({total})" in str(home_view.build(tab))
    return of_list, of_home


def test_thousand_requests_take_as_many_queries_and_rows_as_a_hundred(house: House) -> None:
    asked = house.submit(TOM)
    others_ask(house, asked, 1, 99)
    hundred = _look(house)
    others_ask(house, asked, 100, MANY - 1)
    thousand = _look(house)
    assert thousand == hundred
    for read in thousand:
        assert read.rows < PAGE + 30, read
        assert read.statements < 30, read


def test_request_that_was_reviewed_or_is_ones_own_leaves_room_for_others(house: House) -> None:
    first, second = house.submit(TOM), house.submit(MAYA)
    house.review(first, PRIYA)
    with house.begin() as uow:
        found = mine(uow, policy=house.policy, workspace=house.workspace, slack_id=PRIYA)
    assert [one.request.id for one in found.reviews] == [second.id]
    assert left_out(found.reviews) == 0


def test_home_of_a_holder_of_many_grants_takes_as_many_queries_as_of_some(house: House) -> None:
    grant = house.active(MAYA)
    counts = []
    for first, last in ((1, 25), (26, 200)):
        holder_has(house, grant, first, last)
        with _reading(house) as read, house.begin() as uow:
            tab = home(uow, policy=house.policy, workspace=house.workspace, slack_id=MAYA)
        assert len(tab.holds) == last + 1
        assert "not shown here" in str(home_view.build(tab))
        counts.append(read.statements)
    assert counts[0] == counts[1], "only the grants that the tab shows are looked at one by one"
