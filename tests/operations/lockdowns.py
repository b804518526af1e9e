"""Lockdowns in a house of the tests, with several operators and a guest among them."""

from datetime import timedelta
from typing import TypeVar

from dbaccess.domain.grant import Grant
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.lockdowns.declare import declare_lockdown, lift_lockdown
from dbaccess.operations.lockdowns.enforce import enforce_lockdowns
from dbaccess.operations.requests.request_extension import MoreTime, extend
from dbaccess.ports import UnitOfWorkFactory
from sandbox.client import Message, plain
from tests.operations.edited_policies import edit, with_groups
from tests.operations.house import MAYA, SAM, SECOND_MAYA, House, new_key

OLGA, CARLA = SlackId("U0OPS"), SlackId("U0CARLA")
WHY = "Leaked laptop."
AnyHouse = TypeVar("AnyHouse", bound=House)


def with_operators(house: AnyHouse) -> AnyHouse:
    """Olga, Sam and Maya with both accounts are operators; Carla is listed too, and a guest."""
    edit(house, with_groups(house.policy, operators=[OLGA, SAM, MAYA, SECOND_MAYA, CARLA]))
    house.read_twice()
    return house


def declare(
    house: House,
    target: str | None = "orders-prod",
    *,
    who: SlackId = OLGA,
    reason: str = WHY,
    key: str | None = None,
    begin: UnitOfWorkFactory | None = None,
) -> Lockdown:
    return declare_lockdown(
        begin or house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        target=target,
        reason=reason,
        idempotency_key=key or new_key(),
    )


def lift(house: House, lockdown: Lockdown, *, who: SlackId = SAM, reason: str = "Laptop found.") -> Lockdown:
    return lift_lockdown(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        lockdown_id=lockdown.id,
        reason=reason,
        idempotency_key=new_key(),
    )


def enforce(house: House) -> int:
    return enforce_lockdowns(house.context)


def post_due(house: House, *, minutes: float = 1) -> None:
    """Every notice that is due within that time is posted or brought up to date."""
    house.notices_are_due(within=timedelta(minutes=minutes))
    with house.work() as uow:
        due = uow.notices.due(uow.now, limit=100)
    for notice_id in due:
        post_notice(house.context, notice_id)


def ask_for_more(house: House, grant: Grant) -> None:
    extend(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=MAYA,
        ask=MoreTime(grant_id=grant.id, more=timedelta(hours=1), reason="index still building"),
        idempotency_key=new_key(),
    )


def asked_later(house: House, grant: Grant) -> Request:
    with house.begin() as uow:
        (asked,) = uow.requests.of_grant(grant.id)
    return asked


def lockdown_messages(house: House, channel: str) -> list[Message]:
    return [m for m in house.slack.person("U0OPS").messages(channel) if "ockdown" in plain(m)]
