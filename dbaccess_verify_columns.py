"""The columns of a report that follow from the ledger's events: a part of `dbaccess-verify`.

It needs Python's standard library alone, and stands beside `dbaccess_verify_report.py`, which compares what
is returned here with the rows of a report. A column that is not returned does not follow from the ledger.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

UNKNOWN = "unknown"
Event = dict[str, Any]
Row = dict[str, Any]

CUTS = tuple(
    f"grant.{how}"
    for how in ("expired", "surrendered", "revoked", "invalidated", "locked_down", "idle", "abandoned")
)
# The state after each event; the first of these that is there decides.
STATES = {
    "grant.written_off": "written_off",
    "grant.ended": "ended",
    **dict.fromkeys(CUTS, "revoking"),
    "grant.activated": "active",
    "grant.created": "provisioning",
}
CLOSED = ("request.denied", "request.withdrawn", "request.lapsed", "request.stale")
APPROVED = ("request.approved", "request.auto_approved", "request.break_glass_invoked")
RECEIPT = (
    "roles_removed", "roles_kept", "login_removed", "sessions_closed", "sessions_left", "objects", "left",
)  # fmt: skip
TERMS = ("target", "cluster", "database", "env", "reason", "ticket", "rule")
ASKED = {name: ("data", "terms", name) for name in TERMS} | {
    "person": ("data", "terms", "requester"),
    "slack_id": ("data", "slack_id"),
    "policy_hash": ("data", "policy_hash"),
    "asked_seconds": ("data", "terms", "duration_seconds"),
    "requested_at": ("at",),
}
CUT: dict[str, tuple[str, ...]] = {"cause": ("data", "cause"), "ended_by": ("actor",)}
# By the kind of event: the columns of a grant that it decides, and where it has their values.
GRANT: dict[str, dict[str, tuple[str, ...]]] = {
    "request.submitted": ASKED | {"login_kind": ("data", "terms", "login")},
    "grant.created": {"role": ("data", "role"), "approved_seconds": ("data", "duration_seconds")},
    "grant.provision_started": {
        "login": ("data", "recipe", "login"),
        "capture": ("data", "capture", "level"),
    },
    "grant.activated": {"active_at": ("at",)},
    "grant.ended": {"ended_at": ("data", "receipt", "seen_at")},
    "activity.summarized": {
        "statements": ("data", "statements"),
        "errors": ("data", "errors"),
        "gaps": ("data", "gaps"),
        "statements_digest": ("data", "digest"),
    },
    "break_glass.reviewed": {"reviewed_by": ("actor",), "reviewed_at": ("at",)},
    **dict.fromkeys(CUTS, CUT),
}
USE = ("capture", "statements", "errors", "gaps", "statements_digest")
ABSENT = ("active_at", "ended_at", "cause", "ended_by", "login", "reviewed_by", "reviewed_at", "verified")
REVIEW = {"review.approved": "approved", "review.denied": "denied"}
LATE_AFTER = timedelta(seconds=30)


class Events:
    """The events about one request, its grant and its extensions, in order."""

    def __init__(self, events: Iterable[Event], request: Any) -> None:
        self.all = list(events)
        self.own = [event for event in self.all if f"R-{event['request']}" == request]
        self.asked = next((event for event in self.own if event["kind"] == "request.submitted"), None)

    def first(self, *kinds: str) -> Event | None:
        return next((event for event in self.all if event["kind"] in kinds), None)

    def last(self, *kinds: str) -> Event | None:
        return next((event for event in reversed(self.all) if event["kind"] in kinds), None)

    def each(self, *kinds: str) -> list[Event]:
        return [event for event in self.all if event["kind"] in kinds]


class Facts:
    """The facts in the events about one request, its grant and its extensions."""

    def __init__(self) -> None:
        self.asked: Event | None = None
        self.approved = False
        self.events: list[Event] = []
        self.values: dict[str, Any] = {}
        self.reviews: list[tuple[Any, ...]] = []
        self.held_from: str | None = None
        self.ended: str | None = None
        self.planned: Any = None  # the end as granted, with extensions
        self.cut: str | None = None  # when the revocation began

    def take(self, event: Event, *, own: bool) -> None:
        """`own`: the event is of the request itself, and not of an extension."""
        kind = event["kind"]
        self.events.append(event)
        if kind in REVIEW:
            told = (event["data"].get(name) for name in ("slack_id", "groups", "fingerprint", "note"))
            self.reviews.append((event["actor"], REVIEW[kind], event["at"], event["seq"], *told))
        if kind in {"grant.provision_started", "grant.extended"}:
            self.planned = at_path(event, ("data", "expires_at"))
        if own:
            self.approved = self.approved or kind in APPROVED
            self.asked = event if kind == "request.submitted" else self.asked
            self.values |= {column: at_path(event, path) for column, path in GRANT.get(kind, {}).items()}
            self.take_times(event)

    def take_times(self, event: Event) -> None:
        kind = event["kind"]
        if kind in {"grant.created", "grant.activated"}:
            self.held_from = event["at"]
        if GRANT.get(kind) is CUT:
            self.cut = event["at"]
        if kind == "grant.ended":
            self.ended, self.values["verified"] = event["at"], "yes"
            if at_path(event, ("data", "receipt")) is None:  # nothing had been begun on the server
                self.values["ended_at"] = event["at"]
        if kind == "grant.written_off":
            self.values |= {"ended_at": UNKNOWN, "cause": "written_off", "verified": "no"}
            self.values["ended_by"] = event["actor"]

    def was_held(self, since: datetime, until: datetime) -> bool:
        """Return whether the grant was held in that time; without a verified end it counts as held."""
        begins = self.held_from is None or datetime.fromisoformat(self.held_from) < until
        return begins and (self.ended is None or datetime.fromisoformat(self.ended) > since)

    def is_owed(self, until: datetime) -> bool:
        """Return whether the break-glass waited for its review at that time."""
        told = self.told({})
        opened = moment(at(told.first("break_glass.review_opened")))
        closed = moment(at(told.first("break_glass.reviewed")))
        return opened is not None and opened < until and (closed is None or closed >= until)

    def told(self, row: Row) -> Events:
        return Events(self.events, row.get("request"))

    def grant_columns(self, row: Row, now: datetime) -> Row:
        found = dict.fromkeys(ABSENT) | self.values | self.common()
        use = dict.fromkeys(USE, UNKNOWN) | {name: found[name] for name in USE if name in found}
        if found["active_at"] is None:
            use = dict.fromkeys(USE)
        elif use["statements"] == 0 and use["capture"] in {"none", UNKNOWN}:  # this zero proves nothing
            use |= dict.fromkeys(USE[1:], UNKNOWN)
        derived = derived_columns(self.told(row), row, now)
        return derived | found | use | {"lag_ms": self.lag(found["ended_at"])}

    def lag(self, ended: Any) -> Any:
        """Return the milliseconds from when the access had to be gone to its verified end."""
        if ended in {None, UNKNOWN}:
            return ended
        due = [datetime.fromisoformat(one) for one in (self.planned, self.cut) if one not in {None, UNKNOWN}]
        return (datetime.fromisoformat(ended) - min(due)) // timedelta(milliseconds=1) if due else UNKNOWN

    def request_columns(self) -> dict[str, Any]:
        asked = {name: at_path(self.asked, path) for name, path in ASKED.items()}
        request = f"R-{self.asked['request']}" if self.asked else UNKNOWN
        return asked | closed_columns(self.told({"request": request})) | self.common()

    def common(self) -> dict[str, Any]:
        slots = at_path(self.asked, ("data", "terms", "approvals"))
        quorum = UNKNOWN if slots == UNKNOWN else [f"{count} {group}" for group, count in slots]
        return {
            "sequences": [event["seq"] for event in self.events],
            "reviews": self.reviews,
            "quorum": quorum,
        }


def derived_columns(told: Events, row: Row, now: datetime) -> Row:
    """Return the columns of a grant; `now` is when the report was made."""
    state = next((state for kind, state in STATES.items() if told.first(kind)), UNKNOWN)
    approved = next((event["at"] for event in told.own if event["kind"] in APPROVED), UNKNOWN)
    role, terms = of(told.first("grant.created"), "role"), of(told.asked, "terms")
    found = {"state": state, "approved_at": approved}
    if role == at_path(terms, ("role",)):  # the depth of another role is in the policy alone
        found["access"] = at_path(terms, ("access",))
    ended = end_columns(told, now)
    return found | ended | durations(told, ended) | use(told) | break_glass(told) | reviews(told, row)


def end_columns(told: Events, now: datetime) -> Row:
    cut, ended, given_up = told.first(*CUTS), told.first("grant.ended"), told.first("grant.written_off")
    planned = of(told.last("grant.provision_started", "grant.extended"), "expires_at")
    due = min((one for one in (moment(planned), moment(at(cut))) if one), default=None)
    nothing = UNKNOWN if told.first("grant.provision_started") else None
    seen = UNKNOWN if given_up else ended and of(ended, "receipt", "seen_at")
    if ended and of(ended, "receipt") is None:  # nothing had been begun on the server
        seen = ended["at"]
    end = now if seen is None else moment(seen)
    if due is None or end is None:
        late = None if seen is None else UNKNOWN
    else:
        late = None if seen is None and due > now else yes_no(end - due > LATE_AFTER)
    note = of(given_up, "reason") if given_up else of(cut, "note") if cut else None
    return {
        "planned_end_at": planned if moment(planned) else nothing,
        "due_at": due.isoformat() if due else nothing,
        "ended_at": seen,
        "late": late,
        "end_note": None if note == UNKNOWN else note,
        **receipt(ended, given_up=given_up is not None),
    }


def receipt(ended: Event | None, *, given_up: bool) -> Row:
    found = of(ended, "receipt") if ended else UNKNOWN if given_up else None
    if not isinstance(found, dict):
        return dict.fromkeys(RECEIPT, None if found is None else UNKNOWN)
    removed = found.get("login_removed", UNKNOWN)
    return {
        "roles_removed": roles(found, {"removed", "dropped"}),
        "roles_kept": roles(found, {"kept"}),
        "login_removed": "stays: it is the person's own" if removed is None else yes_no(removed),
        "sessions_closed": total(found.get("sessions"), "closed"),
        "sessions_left": total(found.get("sessions"), "left"),
        "objects": texts(found.get("handed_over")),
        "left": texts(found.get("left")),
    }


def durations(told: Events, ended: Row) -> Row:
    active, over = at(told.first("grant.activated")), ended["ended_at"]
    extended = told.each("grant.extended")
    added = [count(of(event, "added_seconds")) for event in extended]
    return {
        "extensions": [f"R-{event['request']}" for event in extended],
        "extended_seconds": UNKNOWN if UNKNOWN in added else sum(added),
        "given_seconds": None if None in {active, over} else between(active, over, timedelta(seconds=1)),
    }


def use(told: Events) -> Row:
    found: Row = {"passwords_set": len(told.each("credentials.set"))}
    if told.first("grant.activated") is None:
        return found | dict.fromkeys(("minutes_used", "ddl"))
    counted = told.last("activity.summarized")
    capture = of(told.last("grant.provision_started"), "capture", "level")
    if counted is None or (capture in {"none", UNKNOWN} and of(counted, "statements") == 0):
        return found | dict.fromkeys(("minutes_used", "ddl"), UNKNOWN)
    first, kinds = of(counted, "first_at"), of(counted, "by_kind")
    minutes = between(first, of(counted, "last_at"), timedelta(minutes=1))
    found["minutes_used"] = 0 if first is None else minutes + 1 if isinstance(minutes, int) else minutes
    return found | {"ddl": count(kinds.get("ddl", 0)) if isinstance(kinds, dict) else UNKNOWN}


def break_glass(told: Events) -> Row:
    used = at_path(of(told.asked, "terms"), ("break_glass",))
    opened, closed = told.first("break_glass.review_opened"), told.first("break_glass.reviewed")
    if used is False and opened is None:
        return {"break_glass": "no"} | dict.fromkeys(
            ("announced_at", "review_due_at", "verdict", "review_overdue")
        )
    due = moment(of(opened, "due"))
    end = moment(at(closed))
    verdicts = {True: "justified", False: "not_justified"}
    overdue = told.first("break_glass.overdue") is not None or (due and end and end > due)
    return {
        "break_glass": yes_no(used),
        "announced_at": at(told.first("break_glass.announced")) or UNKNOWN,
        "review_due_at": due.isoformat() if due else UNKNOWN,
        "verdict": verdicts.get(of(closed, "justified"), UNKNOWN) if closed else "pending",
        "review_overdue": yes_no(bool(overdue)) if overdue or due else UNKNOWN,
    }


def reviews(told: Events, row: Row) -> Row:
    """Return the approvals that count, by the names that the row itself shows, which Slack alone knows."""
    names = {one["sequence"]: one["name"] for one in row["reviews"]}
    voided = {(event["request"], of(event, "reviewer")) for event in told.each("review.voided")}
    counting, own = [], set()
    for event in told.each("review.approved", "review.denied"):
        theirs = told.asked and {told.asked["actor"], of(told.asked, "slack_id")}
        own.add(UNKNOWN if not theirs else yes_no(bool(theirs & {event["actor"], of(event, "slack_id")})))
        is_counting = event["kind"] == "review.approved" and (event["request"], event["actor"]) not in voided
        if is_counting and event in told.own:
            shown = names.get(event["seq"], UNKNOWN)
            groups = ", ".join(of(event, "groups"))
            counting.append(f"{event['actor'] if shown == UNKNOWN else shown} ({groups})")
    return {
        "approved_by": counting,
        "self_review": "yes" if "yes" in own else UNKNOWN if UNKNOWN in own else "no",
    }


def closed_columns(told: Events) -> Row:
    """Return the columns of a request that gave no access."""
    closed, denied = told.last(*CLOSED), told.last("review.denied")
    terms = of(told.asked, "terms")
    why = of(closed, "why") if closed and closed["kind"] == "request.stale" else None
    return {
        "state": closed["kind"].partition(".")[2] if closed else "pending",
        **{name: at_path(terms, (name,)) for name in ("role", "access", "kind")},
        "closed_at": at(closed),
        "closed_by": closed["actor"] if closed else None,
        "why": of(denied, "note") if denied else why,
    }


def open_review_columns(told: Events, until: datetime) -> Row:
    """Return the columns of a break-glass with an open review at the end of the period."""
    opened, terms = told.first("break_glass.review_opened"), of(told.asked, "terms")
    due = moment(of(opened, "due"))
    return {
        "person": at_path(terms, ("requester",)),
        "slack_id": of(told.asked, "slack_id"),
        **{name: at_path(terms, (name,)) for name in ("target", "reason")},
        "review_by": of(opened, "review_by"),
        "opened_at": at(opened),
        "due_at": due.isoformat() if due else UNKNOWN,
        "overdue": yes_no(due <= until) if due else UNKNOWN,
        "sequences": [event["seq"] for event in told.all],
    }


def change_columns(event: Event) -> Row:
    if event["kind"] == "policy.loaded":  # the change is between two policies
        return {"about": of(event, "hash")}
    if event["kind"] == "group.changed":
        told = [f"joined {one}" for one in of(event, "joined")] + [f"left {one}" for one in of(event, "left")]
        return {"about": of(event, "group"), "change": told}
    about = event["data"].get("target") or "every target"
    return {"about": str(about), "change": [str(of(event, "reason"))]}


def overlaps(event: Event, since: datetime, until: datetime) -> bool:
    """Return whether the time that the event tells of touches the period; an unknown one does."""
    began, ended = (moment(of(event, name)) for name in ("began_at", "ended_at"))
    return began is None or ended is None or (began < until and ended > since)


def time_of(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])


def at_path(value: Any, path: Iterable[str]) -> Any:
    """Return the value there: unknown where it is not."""
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return UNKNOWN
        value = value[name]
    return value


def of(event: Event | None, *path: str) -> Any:
    return at_path(event, ("data", *path))


def at(event: Event | None) -> Any:
    return event["at"] if event else None


def moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def between(begin: Any, end: Any, unit: timedelta) -> Any:
    first, last = moment(begin), moment(end)
    return UNKNOWN if first is None or last is None else (last - first) // unit


def yes_no(value: Any) -> str:
    return UNKNOWN if not isinstance(value, bool) else "yes" if value else "no"


def count(value: Any) -> Any:
    return value if type(value) is int else UNKNOWN


def texts(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list) else UNKNOWN


def roles(found: Row, states: set[str]) -> Any:
    try:
        return [str(role["name"]) for role in found["roles"] if role["state"] in states]
    except (TypeError, KeyError):
        return UNKNOWN


def total(sessions: Any, name: str) -> Any:
    try:
        return sum(int(one[name]) for one in sessions)
    except (TypeError, KeyError, ValueError):
        return UNKNOWN
