"""How many statements something takes does not depend on how many grants are open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.crowd import make_crowd
from dbaccess.domain.truncated_list import left_out
from dbaccess.operations.grants.invalidate import invalidate
from dbaccess.operations.grants.overdue_alarm import repeat_alarm
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.remind_holder import remind_holders
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.home import home
from dbaccess.operations.queries.mine import mine, to_revoke
from dbaccess.operations.queries.who import holders_of
from dbaccess.slack.views import listing
from dbaccess.slack.views import who as who_view
from tests.databases import ControlDatabase
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.integration.operations.sent_statements import counted
from tests.operations.house import MAYA, PRIYA, SAM, TOM, later
from workers.metrics import StateCollector

FEW, MANY = 25, 100


def _crowd(house: House, control: ControlDatabase, size: int) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=50)
    make_crowd(control, house.access, house.policy, size=size, holders=[TOM, SAM], expires_at=ends)


def _looks(house: House) -> dict[str, Callable[[], object]]:
    deps = {"policy": house.policy, "workspace": house.workspace}

    def as_bot(look: Callable[..., object], **more: object) -> Callable[[], object]:
        def run() -> object:
            with house.begin() as uow:
                return look(uow, **deps, **more)

        return run

    def revocable(of: str = "") -> object:
        with house.begin() as uow:
            person = identify(uow, PRIYA, house.policy, house.workspace)
            return to_revoke(uow, house.policy, person, of=of)

    return {
        "home": as_bot(home, slack_id=PRIYA),
        "who": as_bot(holders_of, slack_id=PRIYA, target="orders-prod"),
        "list": as_bot(mine, slack_id=PRIYA),
        "revoke": revocable,
        "revoke of a target": lambda: revocable("orders-prod"),
        "invalidate": lambda: invalidate(house.context),
        "remind": lambda: remind_holders(house.context.begin),
        "alarm": lambda: repeat_alarm(house.context),
        "metrics": lambda: list(StateCollector(house.context.begin).collect()),
    }


def test_number_of_statements_does_not_depend_on_the_number_of_grants(
    house: House, control_database: ControlDatabase
) -> None:
    counts: list[dict[str, int]] = []
    for size in (FEW, MANY):
        _crowd(house, control_database, size)
        counts.append({})
        for name, look in _looks(house).items():
            with counted(house.bot, house.worker) as sent:
                look()
            counts[-1][name] = len(sent)
    assert counts[0] == counts[1]


def test_list_of_a_reviewer_takes_as_many_statements_for_many_requests_as_for_few(house: House) -> None:
    counts = []
    for who_asks, role in ((MAYA, "read"), (MAYA, "write"), (TOM, "read"), (TOM, "write")):
        house.submit(who_asks, role)
        with counted(house.bot) as sent:
            _looks(house)["list"]()
        counts.append(len(sent))
    assert len(set(counts)) == 1


def test_lists_show_the_first_and_count_the_rest(house: House, control_database: ControlDatabase) -> None:
    _crowd(house, control_database, FEW)
    looks = _looks(house)
    held: Any = looks["who"]()
    assert (len(held), left_out(held)) == (20, FEW - 20)
    assert f"orders-prod now: {FEW}" in who_view.build("orders-prod", held, now=datetime.now(UTC))["text"]
    may: Any = looks["revoke"]()
    assert (len(may), left_out(may)) == (20, FEW - 20)
    assert f"{FEW - 20} more" in listing.to_revoke(may)["text"]
    named: Any = looks["revoke of a target"]()
    assert (len(named), left_out(named)) == (20, FEW - 20)
    tab: Any = looks["home"]()
    assert len(tab.revocable) + left_out(tab.revocable) == FEW


@pytest.mark.parametrize("login", ["ephemeral", "personal"])
def test_ends_and_starts_take_a_few_statements_a_batch(
    build_house: BuildHouse, control_database: ControlDatabase, login: str
) -> None:
    starts, ends = [], []
    with build_house(login=login) as house:
        house.dba("create role maya login")
        for size, role in ((FEW, "read"), (MANY, "write")):
            _crowd(house, control_database, size)
            grant = house.approved(MAYA, role)
            with counted(house.worker) as sent:
                provision(house.context, grant.id)
            assert house.grant(grant.id).state == "active"
            starts.append(len(sent))
            with counted(house.worker) as sent:
                assert drain(replace(house.context, begin=later(house, minutes=55)), "main") == size
            ends.append(len(sent))
    assert starts[1] <= starts[0]
    assert ends[1] - ends[0] <= 5, "a batch is asked for in one statement, and the driver in a few parts"
