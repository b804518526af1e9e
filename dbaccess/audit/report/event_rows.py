"""The rows of lists that are about the installation: drift, changes, looks, and times without a worker."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row
from dbaccess.audit.report.policy_change import policy_changes
from dbaccess.audit.report.values import moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.recorded_facts import Fact, GrantFacts

STAYS_FOR: Final = timedelta(days=1)
"""The sweep records a role again each day while it stays."""

DRIFT: Final = (E.STRAY_FOUND, E.CONTROL_ADOPTED, E.GRANT_ADOPTED)
CHANGES: Final = (E.POLICY_LOADED, E.GROUP_CHANGED, E.LOCKDOWN_DECLARED, E.LOCKDOWN_LIFTED)
LOOKS: Final = (E.ACTIVITY_VIEWED, E.ACTIVITY_PURGED, E.REPORT_MADE)
AWAY: Final = (E.WORKERS_AWAY,)


def drift_rows(facts: Iterable[Fact], *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield findings of the period, and of the day before it."""
    for fact in facts:
        recorded = moment(fact.at)
        if recorded is not None and since - STAYS_FOR <= recorded < until:
            yield {
                "found_at": fact.at,
                "what": fact.kind,
                "cluster": of(fact, "cluster"),
                "login": _logins(fact),
                "roles": _roles(fact),
                "grant": f"G-{fact.grant}" if fact.grant else None,
                "at_begin": YES if recorded < since else NO,
                "at_end": YES if recorded >= until - STAYS_FOR else NO,
                "sequences": [fact.seq],
            }


def standing_rows(recorded: GrantFacts) -> Iterator[Row]:
    """Yield what the person's own login held before the grant, as the server showed it then."""
    begun = recorded.first(E.GRANT_PROVISION_STARTED)
    standing = values.texts(of(begun, "recipe", "standing")) if begun else []
    if begun is not None and standing and standing != UNKNOWN:
        yield {
            "found_at": begun.at,
            "what": "held before a grant",
            "cluster": of(begun, "recipe", "cluster"),
            "login": of(begun, "recipe", "login"),
            "roles": standing,
            "grant": f"G-{recorded.grant_id}",
            "at_begin": UNKNOWN,
            "at_end": UNKNOWN,
            "sequences": [begun.seq],
        }


def change_rows(facts: Iterable[Fact], *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield who loaded which policy, members of reviewing groups, and lockdowns."""
    before: dict[str, Any] = {}
    for fact in facts:
        about, change = _CHANGE_OF[E(fact.kind)](fact, before)
        if _is_within(fact, since, until):
            yield {
                "at": fact.at,
                "what": fact.kind,
                "by": fact.actor,
                "about": about,
                "change": change,
                "sequences": [fact.seq],
            }


def look_rows(facts: Iterable[Fact], *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield who looked at statements, deleted them, or made a report."""
    for fact in facts:
        if _is_within(fact, since, until):
            shown = "rows" if fact.kind == E.REPORT_MADE else "statements"
            filters = fact.data.get("filter") if fact.kind == E.REPORT_MADE else fact.data
            yield {
                "at": fact.at,
                "what": fact.kind,
                "by": fact.actor,
                "grant": f"G-{fact.grant}" if fact.grant else None,
                "filter": _filter(filters, but=shown),
                "shown": values.count(of(fact, shown)),
                "sequences": [fact.seq],
            }


def away_rows(facts: Iterable[Fact], *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield the times without a worker that overlap the period."""
    for fact in facts:
        began, ended = moment(of(fact, "began_at")), moment(of(fact, "ended_at"))
        if began is None or ended is None or (began < until and ended > since):
            yield {
                "recorded_at": fact.at,
                "began_at": values.time_of(of(fact, "began_at")),
                "ended_at": values.time_of(of(fact, "ended_at")),
                "seconds": values.between(of(fact, "began_at"), of(fact, "ended_at"), timedelta(seconds=1)),
                "by": fact.actor,
                "sequences": [fact.seq],
            }


def _is_within(fact: Fact, since: datetime, until: datetime) -> bool:
    recorded = moment(fact.at)
    return recorded is None or since <= recorded < until


def _logins(fact: Fact) -> str:
    several = fact.data.get("logins")
    return ", ".join(map(str, several)) if isinstance(several, list) else of(fact, "login")


def _roles(fact: Fact) -> list[str] | None:
    roles = fact.data.get("roles")
    return roles.split(", ") if isinstance(roles, str) else None


def _filter(data: Any, *, but: str) -> list[str]:
    found = data if isinstance(data, dict) else {}
    return [f"{name}: {value}" for name, value in sorted(found.items()) if value and name != but]


def _group(fact: Fact, _: dict[str, Any]) -> tuple[str, list[str]]:
    joined, left = values.texts(of(fact, "joined")), values.texts(of(fact, "left"))
    said = [f"joined {one}" for one in joined] if isinstance(joined, list) else [f"joined {UNKNOWN}"]
    return of(fact, "group"), said + ([f"left {one}" for one in left] if isinstance(left, list) else [])


def _policy(fact: Fact, before: dict[str, Any]) -> tuple[str, list[str]]:
    """Compare the policy with the one that was loaded before, by whatever process."""
    content, known = fact.data.get("policy"), before.get("policy")
    before["policy"] = content
    return of(fact, "hash"), policy_changes(known, content)


def _lockdown(fact: Fact, _: dict[str, Any]) -> tuple[str, list[str]]:
    return str(fact.data.get("target") or "every target"), [str(of(fact, "reason"))]


_CHANGE_OF: Final[Mapping[E, Callable[[Fact, dict[str, Any]], tuple[str, list[str]]]]] = {
    E.GROUP_CHANGED: _group,
    E.POLICY_LOADED: _policy,
    E.LOCKDOWN_DECLARED: _lockdown,
    E.LOCKDOWN_LIFTED: _lockdown,
}
