"""A grant as a row, and back."""

import json
from typing import Any

from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState, Receipt, Recipe
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import RequestId
from dbaccess.storage.models.grants import GrantRow


def values_of(grant: Grant) -> dict[str, Any]:
    """Every column but the id, as the database gives it back, so that equal grants have equal values."""
    values = {name: getattr(grant, name) for name in Grant.__slots__ if name != "id"}
    for name in ("recipe", "receipt"):
        if values[name] is not None:
            values[name] = json.loads(json.dumps(values[name].as_json()))
    return values


def grant_of(row: GrantRow) -> Grant:
    return Grant(
        id=GrantId(row.id),
        request_id=RequestId(row.request_id),
        holder=PersonId(row.holder),
        holder_slack_id=SlackId(row.holder_slack_id),
        target=row.target,
        cluster=row.cluster,
        role=row.role,
        duration=row.duration,
        state=GrantState(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
        activated_at=row.activated_at,
        revoking_at=row.revoking_at,
        ended_at=row.ended_at,
        end_cause=EndCause(row.end_cause) if row.end_cause else None,
        ended_by=row.ended_by,
        end_note=row.end_note,
        recipe=Recipe.from_json(row.recipe) if row.recipe else None,
        receipt=Receipt.from_json(row.receipt) if row.receipt else None,
        lease_id=row.lease_id,
        lease_until=row.lease_until,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_failure=row.last_failure,
        write_off_by=row.write_off_by,
        write_off_reason=row.write_off_reason,
        written_off_by=row.written_off_by,
        written_off_at=row.written_off_at,
    )
