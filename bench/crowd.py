"""Thousands of active grants, made in seconds: real logins on the target, and the records beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.crowd_entries import CrowdTerms
from bench.crowd_logins import CrowdLogin, make_logins
from bench.crowd_records import record_grants, reserve_ids
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import Posted
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.databases import ControlDatabase

NOWHERE = Posted(channel="C0APPROVALS", ts="1700000000.000100")
"""A message that no Slack has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The grants, each with the login of the same position; every login has the same `password`."""

    grants: Sequence[Grant]
    logins: Sequence[CrowdLogin]
    password: str


def make_crowd(
    control: ControlDatabase,
    access: WorkerAccess,
    policy: Policy,
    *,
    size: int,
    holders: Sequence[SlackId],
    expires_at: datetime,
    target: str = "orders-prod",
    role: str = "read",
    posted: Posted = NOWHERE,
    queued: bool = False,
    apart: timedelta = timedelta(0),
) -> Crowd:
    """Make `size` active grants of the role, dealt to the holders in turn; each ends `apart` from the last.

    The grants' own messages point at `posted`. With `queued`, the delayed `revoke` job of each grant waits
    in the outbox, as after a real activation.
    """
    ids = reserve_ids(control, size)
    logins, password = make_logins(
        access,
        kind=policy.target(target).login,
        grant_ids=[grant_id for _, grant_id in ids],
        roles=sorted(policy.role(target, role).grants),
        valid_until=expires_at + size * apart,
    )
    terms = CrowdTerms(
        policy=policy, target=target, role=role, holders=tuple(holders), expires_at=expires_at, apart=apart
    )
    grants = record_grants(control, terms, ids=ids, logins=logins, posted=posted, queued=queued)
    return Crowd(grants=grants, logins=logins, password=password)
