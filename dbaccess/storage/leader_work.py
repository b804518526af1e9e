"""The due work of the leading reconciler, read by one query a round."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

_FIND: Final = """
select exists (select from grants where state = 'provisioning') as provisioning,
       exists (select from requests where state = 'pending') as pending,
       exists (select from credential_views where state in ('requested', 'started')) as credentials,
       exists (select from break_glass_reviews
                where state = 'pending' or reviewed_at > now() - interval '1 day') as reviews,
       exists (select from outbox where dispatched_at is null) as outbox,
       exists (select from lockdowns
                where enforced_at is null or lifted_at is null
                   or lifted_at > now() - interval '2 days') as lockdowns
"""
"""Wider than the conditions of the work itself, which looks again: false means that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """Whether anything of each kind is there at all."""

    provisioning: bool
    pending: bool
    credentials: bool
    reviews: bool
    outbox: bool
    lockdowns: bool


def find_due_work(engine: Engine) -> DueWork:
    """Return which kinds of work the database holds. An idle leader asks nothing else in most rounds."""
    with engine.connect() as connection:
        return DueWork(**connection.exec_driver_sql(_FIND).mappings().one())
