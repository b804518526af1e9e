"""The rules of when a grant is due."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from dbaccess.domain.grant import Grant, GrantState


@dataclass(frozen=True, slots=True)
class DueGrants:
    """`live` are the leases whose holders live."""

    live: AbstractSet[str]
    now: datetime

    def is_unleased(self, grant: Grant) -> bool:
        """No worker is at it: none ever was, its time is over, or the worker is gone."""
        return grant.lease_until is None or self.now >= grant.lease_until or grant.lease_id not in self.live

    def is_attempt_due(self, grant: Grant) -> bool:
        return grant.next_attempt_at is None or grant.next_attempt_at <= self.now

    def is_free(self, grant: Grant) -> bool:
        return self.is_attempt_due(grant) and self.is_unleased(grant)

    def is_over(self, grant: Grant) -> bool:
        return (
            grant.state is GrantState.ACTIVE and grant.expires_at is not None and grant.expires_at <= self.now
        )

    def is_to_end(self, grant: Grant, *, begun: bool | None = None) -> bool:
        """Return whether its end is due: one that was `begun`, one that was not, or either."""
        leaves = grant.state is GrantState.REVOKING and self.is_free(grant)
        if begun is None:
            return self.is_over(grant) or leaves
        if begun:
            return leaves and grant.attempts > 0
        left = grant.attempts == 1 and is_being_cut_off(grant)
        return self.is_over(grant) or (leaves and (grant.attempts == 0 or left))

    def is_late(self, grant: Grant) -> bool:
        """Return whether it should have ended and no attempt has cut it off for certain."""
        if grant.state is not GrantState.REVOKING:
            return self.is_over(grant)
        unsure = grant.last_failure is not None or grant.attempts == 0 or is_being_cut_off(grant)
        return grant.revoking_at is not None and grant.revoking_at <= self.now and unsure

    def is_overdue(self, grant: Grant) -> bool:
        if grant.state in {GrantState.PROVISIONING, GrantState.REVOKING}:
            return grant.due_at is not None and grant.due_at <= self.now
        return self.is_over(grant)


def is_waiting(grant: Grant, *, since: datetime, now: datetime) -> bool:
    """No worker has begun its end, which became due between these times."""
    at = grant.expires_at if grant.state is GrantState.ACTIVE else grant.next_attempt_at
    leaves = grant.state is GrantState.REVOKING and grant.attempts == 0
    return (grant.state is GrantState.ACTIVE or leaves) and at is not None and since < at <= now


def is_being_cut_off(grant: Grant) -> bool:
    """A worker took it to cut it off and has not given it back, whether or not that worker lives."""
    return grant.next_attempt_at is None and grant.lease_id is not None
