"""The kinds of work that the leading reconciler may find, read by one query a round."""

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
       exists (select from directory_reads where list_cursor is not null) as people,
       exists (select from requests join grants on grants.id = requests.of_grant
                where grants.state = 'active' and requests.state = 'approved' and requests.kind = 'extension'
                  and not exists (select from extensions where request_id = requests.id)) as extensions,
       exists (select from lockdowns
                where enforced_at is null or lifted_at is null
                   or lifted_at > now() - interval '2 days') as lockdowns,
       exists (select from report_orders where next_attempt_at is not null) as reports
"""
"""Wider than the conditions of the work itself, which looks again. False means that there is none.

`reviews` is the exception: after an outage, a review closed more than a day ago may still be untold.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """Whether the database may hold work of each kind."""

    provisioning: bool
    pending: bool
    credentials: bool
    reviews: bool
    outbox: bool
    people: bool
    extensions: bool
    lockdowns: bool
    reports: bool

    @property
    def for_one(self) -> bool:
        """Whether there may be work on a single grant, which a job from the queue should have begun."""
        return self.provisioning or self.extensions or self.credentials


def find_due_work(engine: Engine) -> DueWork:
    """Return the kinds of work that the database may hold. The leader rarely looks for the others."""
    with engine.connect() as connection:
        return DueWork(**connection.exec_driver_sql(_FIND).mappings().one())
