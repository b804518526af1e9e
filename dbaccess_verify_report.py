"""Compare a report of dbaccess with the ledger that it was made from: a part of `dbaccess-verify`.

It needs Python's standard library alone, and stands beside `dbaccess_verify.py`, which reads the bundle,
verifies its chain, and gives every event to `take`. A report is one JSON object:

  head   period, filter, the last entry that it rests on, and for each list its rows and their digest
  lists  the rows of each list; a row has the entries that it rests on (`sequences`) and its `digest`
  whole  SHA-256 over the head

Digests only show a change by mistake: a forger makes them anew. So rows are compared with the events: one
that was changed, added or left out is named. Not compared are names, guests, addresses and misfits, which the
ledger lacks; the lists of open reviews and times without a worker; and derived columns, such as state, late,
reach, approvers and receipt details. For these trust a report that the ledger records (`report.made`).
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

LARGEST = 512 * 1024 * 1024  # bytes of a report
ODD = (TypeError, KeyError, ValueError, AttributeError, IndexError, OverflowError)
UNKNOWN = "unknown"
Event = dict[str, Any]
Row = dict[str, Any]

TERMS = ("target", "cluster", "database", "env", "reason", "ticket", "rule")
ASKED = {name: ("data", "terms", name) for name in TERMS} | {
    "person": ("data", "terms", "requester"),
    "slack_id": ("data", "slack_id"),
    "policy_hash": ("data", "policy_hash"),
    "asked_seconds": ("data", "terms", "duration_seconds"),
    "requested_at": ("at",),
}
CUT: dict[str, tuple[str, ...]] = {"cause": ("data", "cause"), "ended_by": ("actor",)}
HOWS = ("expired", "surrendered", "revoked", "invalidated", "locked_down", "idle", "abandoned")
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
    **dict.fromkeys((f"grant.{how}" for how in HOWS), CUT),
}
USE = ("capture", "statements", "errors", "gaps", "statements_digest")
ABSENT = ("active_at", "ended_at", "cause", "ended_by", "login", "reviewed_by", "reviewed_at", "verified")
REVIEW = {"review.approved": "approved", "review.denied": "denied"}
APPROVED = ("request.approved", "request.auto_approved", "request.break_glass_invoked")
# The lists of single events, and how long before the period they begin.
EVENTS: dict[str, tuple[tuple[str, ...], timedelta]] = {
    "changes": (("policy.loaded", "group.changed", "lockdown.declared", "lockdown.lifted"), timedelta(0)),
    "looks": (("activity.viewed", "activity.purged", "report.made"), timedelta(0)),
    "drift": (("target.stray_found", "control.adopted", "grant.adopted"), timedelta(days=1)),
}


class UnreadableReport(OSError):
    """The file is no report; `strerror` says why."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)


class Report:
    """A report, and what the ledger's events say of it. `problem` is told the place, the kind and a text."""

    def __init__(
        self, path: Path, read: Callable[[bytes], Any], problem: Callable[[str, str, str], None]
    ) -> None:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise UnreadableReport("is larger than any report")
        found = read(text)
        try:
            self.head, self.lists, self.whole = found["head"], found["lists"], found["whole"]
            self.last, self.head_hash = self.head["ledger"]["last"], self.head["ledger"]["head"]
            period = self.head["period"]
            self.since, self.until = (datetime.fromisoformat(period[name]) for name in ("from", "to"))
            is_whole = all(map(is_row, (row for rows in self.lists.values() for row in rows)))
            is_whole = is_whole and self.lists.keys() >= {"grants", "requests", "standing", *EVENTS}
            self.wanted = [self.head["filter"][name] for name in ("target", "persons", "accounts")]
        except (TypeError, KeyError, ValueError, AttributeError):
            is_whole = False
        if not is_whole or not isinstance(self.head["lists"], dict):
            raise UnreadableReport("has not the parts of a report")
        self.problem = problem
        self.facts: dict[str, Facts] = {}  # by request
        self.root: dict[str, str] = {}  # by grant, and by request: the request that the grant came from
        self.single: dict[str, dict[int, Event]] = {name: {} for name in EVENTS}
        self.standing: dict[tuple[Any, ...], Row] = {}  # roles that are found and not gone
        self.stood: dict[int, Row] = {}  # by their first entry: roles that were gone after the begin
        # Entries about times without a reading, and those that begin one in the period.
        self.readings, self.unread = set[int](), set[int]()
        self.made: int | None = None  # the entry that records this report

    def check_digests(self) -> None:
        """Find rows that do not fit their digest, and lists that do not fit the head."""
        for name, rows in sorted(self.lists.items()):
            for number, row in enumerate(rows, start=1):
                rest = {key: value for key, value in row.items() if key != "digest"}
                if digest(canonical(rest)) != row.get("digest"):
                    self.problem(
                        f"report, {name}, {label(row, number)}", "changed", "does not fit its digest"
                    )
            together = digest("".join(str(row.get("digest")) for row in rows).encode())
            if self.head["lists"].get(name) != {"digest": together, "rows": len(rows)}:
                self.problem(f"report, {name}", "changed", "rows were changed, added, moved or left out")
        if digest(canonical(self.head)) != self.whole:
            self.problem("report, head", "changed", "does not fit the digest of the whole")

    def take(self, event: Event, entry_hash: str) -> None:
        """Keep what an event says about the rows; the events come in the order of the ledger."""
        try:
            self.keep(event, entry_hash)
        except ODD:
            self.problem(f"entry {event['seq']}", "unreadable", "has data of a form that no event has")

    def end(self, first: int, last: int) -> None:
        """Compare all rows with the entries from `first` to `last`, which the bundle has."""
        try:
            self.compare_all(first, last)
        except ODD:
            self.problem("report", "unreadable", "has values of a form that no report has")

    def keep(self, event: Event, entry_hash: str) -> None:
        if event["seq"] == self.last and entry_hash != self.head_hash:
            self.problem("report, head", "changed", "was made of a ledger with another last hash")
        if event["kind"] == "report.made" and event["data"].get("digest") == self.whole:
            self.made = event["seq"]
        if event["seq"] > self.last:
            return
        for name, (kinds, before) in EVENTS.items():
            if event["kind"] in kinds and self.since - before <= time_of(event) < self.until:
                self.single[name][event["seq"]] = event
        if event["kind"].startswith("standing."):
            self.take_standing(event)
        request, grant = f"R-{event['request']}", f"G-{event['grant']}"
        if event["kind"] == "request.submitted":  # an extension's, if it names a grant
            of_grant = at_path(event, ("data", "terms", "of_grant"))
            self.root[request] = self.root.get(f"G-{of_grant}", request)
        if event["kind"] == "grant.created":
            self.root[grant] = request
        places = {self.root.get(grant), self.root.get(request), request} - {None, "R-None"}
        for place in places:
            self.facts.setdefault(str(place), Facts()).take(event, own=request in {place, "R-None"})

    def take_standing(self, event: Event) -> None:
        """Keep a role from when it was found until it was gone."""
        at, data = time_of(event), event["data"]
        if event["kind"] in {"standing.read", "standing.unread"}:
            self.readings.add(event["seq"])
            if event["kind"] == "standing.unread" and self.since <= at < self.until:
                self.unread.add(event["seq"])
        elif at < self.until:
            names = ("cluster", "server", "login_identity", "role_identity")
            key = tuple(at_path(data, (name,)) for name in names)
            if event["kind"] == "standing.found":
                row = self.standing.setdefault(
                    key, {"found_at": event["at"], "gone_at": None, "sequences": []}
                )
                row |= {name: at_path(data, (name,)) for name in ("cluster", "login", "role", "path")}
                row["sequences"].append(event["seq"])
            elif (row := self.standing.pop(key, {})) and at > self.since:
                row["sequences"].append(event["seq"])
                self.stood[row["sequences"][0]] = row | {"gone_at": event["at"]}

    def compare_all(self, first: int, last: int) -> None:
        self.check_digests()
        if first > 1 or last < self.last:
            said = (
                f"the bundle has entries {first} to {last}, and the report rests on entries 1 to {self.last}"
            )
            self.problem("report", "bundle", said)
            return
        self.compare_grants()
        self.compare_requests()
        for name, events in self.single.items():
            self.compare_events(name, events)
        self.compare_standing()
        if self.made is None and str(self.head.get("recorded")).startswith("as ") and last > self.last:
            self.problem("report", "unrecorded", "no entry report.made has its digest")

    def conclusion(self) -> str:
        rows = sum(map(len, self.lists.values()))
        recorded = (
            f", recorded as entry {self.made}"
            if self.made
            else ". NOT RECORDED in this bundle: columns and lists that are not in the ledger may be forged"
        )
        return f"report, {rows} rows, none changed, added or left out{recorded}"

    def compare_grants(self) -> None:
        due = {}
        for grant, request in self.root.items():
            if grant.startswith("G-") and self.facts[request].was_held(self.since, self.until):
                due[grant] = self.facts[request]
        self.compare("grants", "grant", due, Facts.grant_columns)

    def compare_requests(self) -> None:
        due = {
            request: facts
            for request, facts in self.facts.items()
            if facts.asked is not None
            and not facts.approved
            and self.since <= time_of(facts.asked) < self.until
        }
        self.compare("requests", "request", due, Facts.request_columns)

    def compare(
        self, name: str, key: str, due: "dict[str, Facts]", columns: "Callable[[Facts], dict[str, Any]]"
    ) -> None:
        """Name the rows that are there and should not be, that should be and are not, and that differ."""
        rows: dict[str, Row] = {}
        for number, row in enumerate(self.lists[name], start=1):
            place = f"report, {name}, {label(row, number)}"
            if row.get(key) in rows:
                self.problem(place, "added", "is there a second time")
            rows[row.get(key)] = row
            facts = due.get(row.get(key))
            if facts is None or not self.admits(facts):
                self.problem(place, "added", "the ledger has no such row for this period and filter")
                continue
            for column, value in columns(facts).items():
                if not same(row.get(column), value):
                    self.problem(place, "changed", f"{column} is not what the ledger says")
        for missing in sorted(one for one, facts in due.items() if one not in rows and self.admits(facts)):
            self.problem(f"report, {name}, {missing}", "left out", "the ledger has it in this period")

    def admits(self, facts: "Facts") -> bool:
        target, persons, accounts = self.wanted
        person, account = (at_path(facts.asked, ASKED[name]) for name in ("person", "slack_id"))
        is_theirs = persons is None or person in persons or account in accounts
        return is_theirs and target in {None, at_path(facts.asked, ASKED["target"])}

    def compare_events(self, name: str, events: dict[int, Event]) -> None:
        named = set()
        for number, row in enumerate(self.lists[name], start=1):
            if name == "drift" and row.get("what") == "held before a grant":
                continue
            seq = row["sequences"][0]
            event, place = events.get(seq), f"report, {name}, row {number}"
            if event is None or seq in named:
                self.problem(place, "added", f"entry {seq} is no event of this list and period")
            elif (row.get("at", row.get("found_at")), row.get("what")) != (event["at"], event["kind"]):
                self.problem(place, "changed", f"is not what entry {seq} says")
            elif "by" in row and row["by"] != event["actor"]:
                self.problem(place, "changed", f"by is not what entry {seq} says")
            named.add(seq)
        for seq in sorted(events.keys() - named):
            self.problem(
                f"report, {name}, entry {seq}", "left out", f"the ledger has it as {events[seq]['kind']}"
            )

    def compare_standing(self) -> None:
        due = self.stood | {row["sequences"][0]: row for row in self.standing.values()}
        for number, row in enumerate(self.lists["standing"], start=1):
            place = f"report, standing, row {number}"
            if row.get("what") == "unknown":
                if not row["sequences"] or not self.readings.issuperset(row["sequences"]):
                    self.problem(place, "added", "no entry tells of this time without a reading")
                self.unread.difference_update(row["sequences"])
                continue
            told = due.pop(row["sequences"][0], None)
            if told is None:
                self.problem(place, "added", "the ledger has no such role in this period")
            for column, value in (told or {}).items():
                if not same(row.get(column), value):
                    self.problem(place, "changed", f"{column} is not what the ledger says")
        for seq in sorted({*due, *self.unread}):
            self.problem(f"report, standing, entry {seq}", "left out", "the ledger has it in this period")


class Facts:
    """What the events about one request, its grant and its extensions say."""

    def __init__(self) -> None:
        self.asked: Event | None = None
        self.approved = False
        self.sequences: list[int] = []
        self.values: dict[str, Any] = {}
        self.reviews: list[tuple[Any, ...]] = []
        self.held_from: str | None = None
        self.ended: str | None = None
        self.planned: Any = None  # the end as granted, with extensions
        self.cut: str | None = None  # when the revocation began

    def take(self, event: Event, *, own: bool) -> None:
        """`own`: the event is of the request itself, and not of an extension."""
        kind = event["kind"]
        self.sequences.append(event["seq"])
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

    def grant_columns(self) -> dict[str, Any]:
        columns = dict.fromkeys(ABSENT) | self.values | self.common()
        use = dict.fromkeys(USE, UNKNOWN) | {name: columns[name] for name in USE if name in columns}
        if columns["active_at"] is None:
            use = dict.fromkeys(USE)
        elif use["statements"] == 0 and use["capture"] in {"none", UNKNOWN}:  # this zero proves nothing
            use |= dict.fromkeys(USE[1:], UNKNOWN)
        return columns | use | {"lag_ms": self.lag(columns["ended_at"])}

    def lag(self, ended: Any) -> Any:
        """Return the milliseconds from when the access had to be gone to its verified end."""
        if ended in {None, UNKNOWN}:
            return ended
        due = [datetime.fromisoformat(one) for one in (self.planned, self.cut) if one not in {None, UNKNOWN}]
        return (datetime.fromisoformat(ended) - min(due)) // timedelta(milliseconds=1) if due else UNKNOWN

    def request_columns(self) -> dict[str, Any]:
        return {name: at_path(self.asked, path) for name, path in ASKED.items()} | self.common()

    def common(self) -> dict[str, Any]:
        slots = at_path(self.asked, ("data", "terms", "approvals"))
        quorum = UNKNOWN if slots == UNKNOWN else [f"{count} {group}" for group, count in slots]
        return {"sequences": self.sequences, "reviews": self.reviews, "quorum": quorum}


def same(shown: Any, told: Any) -> bool:
    """Return whether a row shows what an event says; a time may be written in another way."""
    if isinstance(told, list) and told and isinstance(told[0], tuple):
        names = ("reviewer", "verdict", "at", "sequence", "slack_id", "groups", "shown_hash", "note")
        return isinstance(shown, list) and [tuple(one.get(name) for name in names) for one in shown] == told
    if shown == told:
        return True
    try:
        return datetime.fromisoformat(shown) == datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return False


def at_path(event: Any, path: Iterable[str]) -> Any:
    """Return the value there: unknown where the event does not have it."""
    for name in path:
        if not isinstance(event, dict) or name not in event:
            return UNKNOWN
        event = event[name]
    return event


def is_row(row: Any) -> bool:
    """Return whether this is a row: it names entries by their numbers."""
    seqs = row.get("sequences")
    return isinstance(seqs, list) and bool(seqs) and all(type(seq) is int for seq in seqs)


def time_of(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])


def label(row: Row, number: int) -> str:
    """Return the name of the row, which a forger may have chosen: nothing that a terminal obeys."""
    named = str(row.get("grant") or row.get("request") or f"row {number}")
    return "".join(one if " " <= one <= "~" else "?" for one in named[:40])


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and no blanks, as RFC 8785 has it for these values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
