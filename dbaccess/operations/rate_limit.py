"""Rate limits: a person over a limit is told when to continue."""

from collections.abc import Collection
from datetime import timedelta

from dbaccess.domain import limits
from dbaccess.domain.duration import format_duration
from dbaccess.domain.errors import TooMany
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.ports import UnitOfWork


def limit_requests(uow: UnitOfWork, accounts: Collection[SlackId], waiting: list[Request]) -> None:
    """Raise `TooMany` if these accounts must wait before their next request.

    `waiting` are their open requests, read in the person's turn, so that two at once cannot both be the last
    one allowed.
    """
    if len(waiting) >= limits.OPEN_REQUESTS:
        raise TooMany(
            f"You wait for {len(waiting)} decisions; at most {limits.OPEN_REQUESTS} are allowed. "
            "/dbaccess list shows them: withdraw one, or wait for one."
        )
    oldest = uow.requests.asked_at(accounts, back=limits.REQUESTS_AN_HOUR)
    if oldest is not None and (left := oldest + limits.HOUR - uow.now) > timedelta(0):
        raise TooMany(
            f"You have asked {limits.REQUESTS_AN_HOUR} times within an hour; that is the limit. "
            f"Ask again in {_roughly(left)}."
        )


def limit_passwords(uow: UnitOfWork, grant: Grant) -> None:
    """Raise `TooMany` if too many passwords were requested for this grant within a minute."""
    if uow.credential_views.asked_since(grant.id, uow.now - limits.MINUTE) >= limits.PASSWORDS_A_MINUTE:
        raise TooMany(
            f"{limits.PASSWORDS_A_MINUTE} passwords were asked for within a minute; that is the limit. "
            "Wait a minute, then ask for one."
        )


def _roughly(left: timedelta) -> str:
    """Return whole minutes, rounded up."""
    return format_duration(timedelta(minutes=left // limits.MINUTE + 1))
