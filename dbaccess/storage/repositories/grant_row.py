"""Conversion between a grant and its row."""

import json
from collections.abc import Iterable
from typing import Any, Final

import structlog
from sqlalchemy import text

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState, Recipe
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestId

_log = structlog.get_logger(__name__)

IS_OPEN: Final = text("grants.state not in ('ended', 'written_off')")
"""Written as in the partial indexes, so that the planner finds them."""

CHANGING: Final = {
    "state": "text",
    "begun_at": "timestamptz",
    "expires_at": "timestamptz",
    "activated_at": "timestamptz",
    "revoking_at": "timestamptz",
    "ended_at": "timestamptz",
    "end_cause": "text",
    "ended_by": "text",
    "end_note": "text",
    "recipe": "jsonb",
    "receipt": "jsonb",
    "lease_id": "text",
    "lease_until": "timestamptz",
    "attempts": "integer",
    "next_attempt_at": "timestamptz",
    "last_failure": "text",
    "write_off_by": "text",
    "write_off_reason": "text",
    "written_off_by": "text",
    "written_off_at": "timestamptz",
}
"""The columns that change after a grant was made, with their types."""

STARTS: Final = (
    "request_id",
    "holder",
    "holder_slack_id",
    "target",
    "cluster",
    "role",
    "duration",
    "state",
    "created_at",
    "next_attempt_at",
)


def written(grant: Grant, column: str) -> Any:
    """Return the column's value as a parameter."""
    value = getattr(grant, column)
    return json.dumps(value.as_json()) if isinstance(value, Recipe | Receipt) else value


def values_of(grant: Grant) -> dict[str, Any]:
    """Return every column but the id, for code that writes rows without the repository."""
    made = {name: getattr(grant, name) for name in STARTS}
    return (
        made
        | {name: getattr(grant, name) for name in CHANGING if name not in {"recipe", "receipt"}}
        | {
            name: value.as_json() if value is not None else None
            for name, value in (("recipe", grant.recipe), ("receipt", grant.receipt))
        }
    )


def changes(before: Grant, after: Grant) -> set[str]:
    """Return the columns that differ; a recipe that cannot be read stays as it is."""
    found = {name for name in CHANGING if getattr(before, name) != getattr(after, name)}
    return found - {"recipe"} if before.damaged else found


def update_many(names: Iterable[str]) -> Any:
    """Return one statement for any number of grants; the names are those of our own columns."""
    typed = [("id", "bigint"), *((name, CHANGING[name]) for name in names)]
    arrays = ", ".join(f"cast(:{name} as {_passed(kind)}[])" for name, kind in typed)
    assigned = ", ".join(f"{name} = v.{name}::{CHANGING[name]}" for name in names)
    listed = ", ".join(name for name, _ in typed)
    return text(f"update grants g set {assigned} from unnest({arrays}) as v ({listed}) where g.id = v.id")  # noqa: S608


def _passed(kind: str) -> str:
    return "text" if kind == "jsonb" else kind


def grant_of(row: Any) -> Grant:
    """Return the grant of a row; one with an unreadable recipe is `damaged`, and has no recipe."""
    recipe, damaged = recipe_of(row)
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
        begun_at=row.begun_at,
        expires_at=row.expires_at,
        activated_at=row.activated_at,
        revoking_at=row.revoking_at,
        ended_at=row.ended_at,
        end_cause=EndCause(row.end_cause) if row.end_cause else None,
        ended_by=row.ended_by,
        end_note=row.end_note,
        recipe=recipe,
        receipt=_receipt(row),
        lease_id=row.lease_id,
        lease_until=row.lease_until,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_failure=row.last_failure,
        write_off_by=row.write_off_by,
        write_off_reason=row.write_off_reason,
        written_off_by=row.written_off_by,
        written_off_at=row.written_off_at,
        damaged=damaged,
        progress=_progress(row),
    )


def recipe_of(row: Any) -> tuple[Recipe | None, bool]:
    """Return the recipe, and whether it is unreadable."""
    if row.recipe is None:
        return None, False
    try:
        return Recipe.from_json(row.recipe), False
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # Grants are read together: an unreadable one must not hide the others.
        _log.error("recipe unreadable", grant=f"G-{row.id}", error=type(error).__name__)
        return None, True


def _progress(row: Any) -> EndProgress:
    """Return the sum of the progress; an unreadable part only shortens the receipt."""
    total = EndProgress()
    for done in getattr(row, "progress", None) or ():
        try:
            total += EndProgress.from_json(done)
        except (TypeError, ValueError, AttributeError) as error:
            _log.error("progress unreadable", grant=f"G-{row.id}", error=type(error).__name__)
    return total


def _receipt(row: Any) -> Receipt | None:
    """Return the receipt of an ended grant; None if unreadable, because lists are read together."""
    if row.receipt is None:
        return None
    try:
        return Receipt.from_json(row.receipt)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        _log.error("receipt unreadable", grant=f"G-{row.id}", error=type(error).__name__)
        return None
