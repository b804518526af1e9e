"""Up to when a log was imported, and the times between imported files of which nothing was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from dbaccess.domain.coverage import Gap, GapCause, LogPosition

IMPORTED_FILE: Final = "(imported)"
"""The name of the file in the position of a log that is imported."""

CLOSE: Final = timedelta(minutes=1)
"""The longest time between two imported files that is no gap: a server that is idle writes nothing."""

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time that an imported file has: from its first line to its last."""

    first_at: datetime
    last_at: datetime


def is_imported(position: LogPosition) -> bool:
    return position.file == IMPORTED_FILE


def gaps_after(span: Span, *, cluster: str, imported_to: datetime | None, gaps: Sequence[Gap]) -> list[Gap]:
    """Return the gaps that an import of this time changes or opens.

    `gaps` are those of the cluster; one that is filled ends where it began. `imported_to` is the end of all
    that was imported before.
    """
    changed: list[Gap] = []
    for gap in gaps:
        if gap.cause is GapCause.NOT_IMPORTED and gap.until is not None:
            changed += _narrowed(gap, gap.until, span)
    before = imported_to or BEGINNING
    if span.first_at - before > CLOSE:
        changed.append(
            Gap(cluster=cluster, cause=GapCause.NOT_IMPORTED, began_at=before, until=span.first_at)
        )
    return changed


def _narrowed(gap: Gap, until: datetime, span: Span) -> list[Gap]:
    """Return the parts of the gap that the file leaves, if it fills any of it."""
    if span.last_at <= gap.began_at or span.first_at >= until:
        return []
    first = replace(gap, until=gap.began_at)
    if span.first_at - gap.began_at > CLOSE:
        first = replace(gap, until=span.first_at)
    if until - span.last_at > CLOSE:
        return [first, replace(gap, began_at=span.last_at)]
    return [first]
