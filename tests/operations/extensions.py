"""More time in a house of the tests."""

from datetime import datetime, timedelta

from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Extend, Slot
from dbaccess.domain.request import Request
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.requests.request_extension import MoreTime, extend
from tests.operations.edited_policies import edit, with_rule
from tests.operations.house import MAYA, House, new_key

DBA = (Slot(group="dba", count=1),)


def allow(
    house: House, *, hours: float = 4, approvals: tuple[Slot, ...] = DBA, rule: str = "prod-read"
) -> None:
    """The rule has more time for what is granted under it."""
    longest = Extend(longest=timedelta(hours=hours), approvals=approvals)
    edit(house, with_rule(house.policy, rule, extend=longest))


def ask_more(
    house: House,
    grant: Grant,
    who: SlackId = MAYA,
    *,
    seconds: int = 3600,
    reason: str = "index still building",
    key: str | None = None,
) -> Request:
    return extend(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        ask=MoreTime(grant_id=grant.id, more=timedelta(seconds=seconds), reason=reason),
        idempotency_key=key or new_key(),
    )


def extended(house: House, grant: Grant, *, seconds: int = 3600) -> Grant:
    """Asked, approved and carried out."""
    house.review(ask_more(house, grant, seconds=seconds))
    apply_extension(house.context, grant.id)
    return house.grant(grant.id)


def valid_until(house: House, grant: Grant) -> datetime:
    """The end of the login on the target."""
    assert grant.recipe is not None
    found = house.end_of(grant.recipe.login)
    assert found is not None
    return found
