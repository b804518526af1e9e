"""Values of rows from facts: whatever is not there, or has another form, is unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.audit.report.columns import UNKNOWN
from dbaccess.domain.people import SlackId
from dbaccess.domain.recorded_facts import Fact, People, RequestFacts


def of(fact: Fact | None, *path: str) -> Any:
    """Return the value at the path in the fact's data, None where it is null, unknown where it is absent."""
    value: Any = fact.data if fact is not None else None
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return UNKNOWN
        value = value[name]
    return value


def at(fact: Fact | None) -> str | None:
    """Return when the fact was recorded; None where there is no such fact."""
    return fact.at if fact is not None else None


def moment(value: Any) -> datetime | None:
    """Return the time in UTC; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def written(value: datetime | None) -> str | None:
    """Return the time as entries of the ledger have it."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None


def time_of(value: Any) -> str:
    """Return the time in UTC as text, or unknown."""
    return written(moment(value)) or UNKNOWN


def between(begin: Any, end: Any, unit: timedelta) -> int | str:
    """Return the whole units from one time to the other, or unknown."""
    first, last = moment(begin), moment(end)
    return UNKNOWN if first is None or last is None else (last - first) // unit


def texts(value: Any) -> list[str] | str:
    """Return a list of texts, or unknown."""
    return [str(one) for one in value] if isinstance(value, list) else UNKNOWN


def count(value: Any) -> int | str:
    """Return a number, or unknown."""
    return value if isinstance(value, int) and not isinstance(value, bool) else UNKNOWN


def sequences(recorded: RequestFacts) -> list[int]:
    return [fact.seq for fact in recorded.facts]


def person(recorded: RequestFacts) -> dict[str, Any]:
    """Return the columns about who asked."""
    account = of(recorded.asked, "slack_id")
    return {
        "person": recorded.terms.get("requester", UNKNOWN),
        "slack_id": account,
        "name": recorded.people.names.get(account, UNKNOWN),
        "guest": guest(recorded.people, account),
    }


def guest(people: People, account: SlackId) -> str:
    found = people.guests.get(account)
    return UNKNOWN if found is None else "yes" if found else "no"


def asked(recorded: RequestFacts) -> dict[str, Any]:
    """Return the columns about what was asked for."""
    terms = recorded.terms
    plain = ("target", "cluster", "database", "env", "role", "access", "reason", "ticket", "rule")
    return {
        **{name: terms.get(name, UNKNOWN) for name in plain},
        "login_kind": terms.get("login", UNKNOWN),
        "policy_hash": of(recorded.asked, "policy_hash"),
        "quorum": _quorum(terms.get("approvals")),
    }


def _quorum(slots: Any) -> list[str] | str:
    """Return `2 dba` for each slot; none is needed where the list is empty."""
    try:
        return [f"{int(count)} {group}" for group, count in slots]
    except (TypeError, ValueError):
        return UNKNOWN
