"""The use of a grant over its whole time: minutes, sessions and client addresses; all of it escaped."""

from collections.abc import Sequence
from typing import Final

from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.grant import Grant
from dbaccess.domain.use import merged
from dbaccess.domain.use_in_words import minutes_used
from dbaccess.slack.text import cut, date, inline
from dbaccess.slack.views.phrases import counted

_NAMED: Final = 3
_NAME_LONGEST: Final = 60


def over_all(report: ActivityReport, grant: Grant) -> list[str]:
    """Return the minutes that were used and where from, as a line; none where there is no sign of use."""
    summary, seen = report.summary, report.use.sighting
    if summary is not None and summary.first_at is not None:
        clients = merged(summary.clients, seen.clients if seen else ())
        sessions = counted(summary.sessions, "session")
    elif seen is not None and seen.first_seen_at is not None and seen.last_seen_at is not None:
        clients = seen.clients
        sessions = f"sessions seen {date(seen.first_seen_at)} to {date(seen.last_seen_at)}"
    else:
        return []
    where = names(clients) or "an unknown client"
    return [f"{minutes_used(report.use, grant)}, {sessions} from {where}."]


def names(several: Sequence[str]) -> str:
    """Return `orders, order_items, +2`; empty for none."""
    shown = [inline(cut(one, _NAME_LONGEST)) for one in several[:_NAMED]]
    more = [f"+{len(several) - _NAMED}"] if len(several) > _NAMED else []
    return ", ".join([*shown, *more])
