"""Compare a report of dbaccess with the ledger that it was made from: a part of `dbaccess-verify`.

It needs Python's standard library alone, and stands beside `dbaccess_verify.py`, which reads the bundle,
verifies its chain, and gives every event to `take`. `dbaccess_verify_columns.py` stands beside it and says
what follows from the events. A report is one JSON object:

  head   period, filter, the last entry that it rests on, and for each list its rows and their digest
  lists  the rows of each list; a row has the entries that it rests on (`sequences`) and its `digest`
  whole  SHA-256 over the head

Digests only show a change by mistake: a forger makes them anew. So rows are compared with the events: one
that was changed, added or left out is named. Columns that do not follow from the ledger, such as displayed
names and addresses, are listed as not verified. For these trust a report that the ledger records
(`report.made`).
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dbaccess_verify_columns as columns
from dbaccess_verify_columns import (
    ASKED,
    UNKNOWN,
    Event,
    Facts,
    Row,
    at_path,
    between,
    change_columns,
    count,
    of,
    overlaps,
    time_of,
    yes_no,
)

LARGEST = 512 * 1024 * 1024  # bytes of a report
ODD = (TypeError, KeyError, ValueError, AttributeError, IndexError, OverflowError)

# The lists of single events, and how long before the period they begin.
EVENTS: dict[str, tuple[tuple[str, ...], timedelta]] = {
    "changes": (("policy.loaded", "group.changed", "lockdown.declared", "lockdown.lifted"), timedelta(0)),
    "looks": (("activity.viewed", "activity.purged", "report.made"), timedelta(0)),
    "drift": (("target.stray_found", "control.adopted", "grant.adopted"), timedelta(days=1)),
}
TABLE = re.compile(r"table ([^.]+)\.([^.]+): ([a-z, ]+)", re.DOTALL)
KEYS = {"grant", "request", "sequences", "digest"}  # how a row was found, and what covers it
STANDING = ("cluster", "login", "how", "role", "database", "path")
ROWS = {"grants", "requests", "open_reviews", "away", *EVENTS}


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
            self.now = datetime.fromisoformat(self.head["made_at"])
            is_whole = all(map(is_row, (row for rows in self.lists.values() for row in rows)))
            is_whole = is_whole and self.lists.keys() >= ROWS | {"standing"}
            self.wanted = [self.head["filter"][name] for name in ("target", "persons", "accounts")]
        except (TypeError, KeyError, ValueError, AttributeError):
            is_whole = False
        if not is_whole or not isinstance(self.head["lists"], dict):
            raise UnreadableReport("has not the parts of a report")
        self.problem = problem
        self.facts: dict[str, Facts] = {}  # by request
        self.root: dict[str, str] = {}  # by grant, and by request: the request that the grant came from
        self.single: dict[str, dict[int, Event]] = {name: {} for name in (*EVENTS, "away")}
        self.unverified: dict[str, set[str]] = {}  # by list: columns that do not follow from the ledger
        self.standing: dict[tuple[Any, ...], Row] = {}  # roles that are found and not gone
        self.stood: dict[int, Row] = {}  # by their first entry: roles that were gone after the begin
        # Entries about times without a reading, and those that begin one in the period.
        self.readings, self.unread = set[int](), set[int]()
        self.made: int | None = None  # the entry that records this report

    def check_digests(self) -> None:
        """Find rows that do not fit their digest, and lists that do not fit the head."""
        for name, rows in sorted(self.lists.items()):
            place = f"report, {printable(name)}"  # a forger may have added the list
            for number, row in enumerate(rows, start=1):
                rest = {key: value for key, value in row.items() if key != "digest"}
                if digest(canonical(rest)) != row.get("digest"):
                    self.problem(f"{place}, {label(row, number)}", "changed", "does not fit its digest")
            together = digest("".join(str(row.get("digest")) for row in rows).encode())
            if self.head["lists"].get(name) != {"digest": together, "rows": len(rows)}:
                self.problem(place, "changed", "rows were changed, added, moved or left out")
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
        if event["kind"] == "workers.away" and overlaps(event, self.since, self.until):
            self.single["away"][event["seq"]] = event
        if event["kind"].startswith("standing."):
            self.take_standing(event)
        self.keep_facts(event)

    def keep_facts(self, event: Event) -> None:
        """Keep the event with its request, and with the request that its grant came from."""
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
        elif event["kind"] in {"standing.found", "standing.gone"} and at < self.until:
            names = ("cluster", "server", "login_identity", "role_identity")
            key = tuple(at_path(data, (name,)) for name in names)
            if event["kind"] == "standing.found":
                row = self.standing.setdefault(
                    key, {"found_at": event["at"], "gone_at": None, "sequences": []}
                )
                row |= {name: at_path(data, (name,)) for name in STANDING}
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
        self.compare_open_reviews()
        self.single["drift"] |= {event["seq"]: event for event in self.held_before()}
        for name, events in self.single.items():
            self.compare_events(name, events)
        self.compare_standing()
        for name in self.lists.keys() - ROWS - {"standing"}:  # lists of a later version
            self.unverified[name] = {column for row in self.lists[name] for column in row.keys() - KEYS}
        if self.made is None and str(self.head.get("recorded")).startswith("as ") and last > self.last:
            self.problem("report", "unrecorded", "no entry report.made has its digest")

    def conclusion(self) -> str:
        rows = sum(map(len, self.lists.values()))
        lists = (f"{name} ({', '.join(sorted(found))})" for name, found in sorted(self.unverified.items()))
        unverified = "; ".join(printable(one) for one in lists)
        recorded = (
            f", recorded as entry {self.made}" if self.made else ". NOT RECORDED in this bundle: "
            "columns that are not in the ledger may be forged"
        )  # fmt: skip
        said = f"VERIFIED: report, {rows} rows, none changed, added or left out{recorded}"
        return f"{said}\nNot verified, because they do not follow from the ledger: {unverified or 'none'}"

    def compare_grants(self) -> None:
        due = {}
        for grant, request in self.root.items():
            if grant.startswith("G-") and self.facts[request].was_held(self.since, self.until):
                due[grant] = self.facts[request]
        self.compare("grants", "grant", due, self.grant_columns)

    def grant_columns(self, facts: Facts, row: Row) -> Row:
        return facts.grant_columns(row, self.now) | reach_column(facts.told(row), row.get("reach"))

    def held_before(self) -> Iterator[Event]:
        """Yield the begin of each grant to a login that held roles before it."""
        for grant, request in self.root.items():
            facts = self.facts[request]
            begun = facts.told({}).first("grant.provision_started") if grant.startswith("G-") else None
            held = of(begun, "recipe", "standing")
            is_due = facts.was_held(self.since, self.until) and self.admits(facts)
            if begun and is_due and held and held != UNKNOWN:
                yield begun

    def compare_requests(self) -> None:
        due = {
            request: facts
            for request, facts in self.facts.items()
            if facts.asked is not None
            and not facts.approved
            and self.since <= time_of(facts.asked) < self.until
        }
        self.compare("requests", "request", due, lambda facts, _: facts.request_columns())

    def compare_open_reviews(self) -> None:
        due = {
            grant: self.facts[request]
            for grant, request in self.root.items()
            if grant.startswith("G-") and self.facts[request].is_owed(self.until)
        }
        make = columns.open_review_columns
        self.compare("open_reviews", "grant", due, lambda facts, row: make(facts.told(row), self.until))

    def compare(self, name: str, key: str, due: dict[str, Facts], made: Callable[[Facts, Row], Row]) -> None:
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
            self.compare_row(name, place, row, made(facts, row))
        for missing in sorted(one for one, facts in due.items() if one not in rows and self.admits(facts)):
            self.problem(f"report, {name}, {missing}", "left out", "the ledger has it in this period")

    def compare_row(self, name: str, place: str, row: Row, told: Row) -> None:
        """Name the columns that differ, and note those that do not follow from the ledger."""
        for column, value in told.items():
            if not same(row.get(column), value):
                self.problem(place, "changed", f"{column} is not what the ledger says")
        if others := row.keys() - told.keys() - KEYS:
            self.unverified.setdefault(name, set()).update(others)

    def admits(self, facts: Facts) -> bool:
        target, persons, accounts = self.wanted
        person, account = (at_path(facts.asked, ASKED[name]) for name in ("person", "slack_id"))
        is_theirs = persons is None or person in persons or account in accounts
        return is_theirs and target in {None, at_path(facts.asked, ASKED["target"])}

    def compare_events(self, name: str, events: dict[int, Event]) -> None:
        named = set()
        for number, row in enumerate(self.lists[name], start=1):
            seq = row["sequences"][0]
            event, place = events.get(seq), f"report, {name}, row {number}"
            if event is None or seq in named:
                self.problem(place, "added", f"entry {seq} is no event of this list and period")
            else:
                self.compare_row(name, place, row, event_columns(name, event, self.since, self.until))
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
            else:
                # A report of an earlier version has neither `how` nor `database`, and its events had none.
                told = {name: value for name, value in told.items() if name in row or value != UNKNOWN}
                self.compare_row("standing", place, row, told)
        for seq in sorted({*due, *self.unread}):
            self.problem(f"report, standing, entry {seq}", "left out", "the ledger has it in this period")


def reach_column(told: columns.Events, shown: Any) -> Row:
    """Return `reach`; nothing where the digest of the reading does not decide, such as of a part."""
    active, read = told.first("grant.activated"), told.first("grant.reach_read")
    roles, hidden = of(active, "roles"), of(read, "unrecorded")
    if not isinstance(roles, list):
        return {"reach": None if active is None else UNKNOWN}
    begin, end = [f"role {role}" for role in roles], [f"{hidden} tables: {UNKNOWN}"] if hidden else []
    lines = shown if isinstance(shown, list) else []
    if read is None:
        is_true = lines[-1:] == [f"other tables: {UNKNOWN}"]
    else:
        tables = lines[len(begin) : len(lines) - len(end)]
        more = re.fullmatch(r"([0-9]+) more recorded tables", tables[-1]) if tables else None
        tables, rest = (tables[:-1], tables[-1:]) if more else (tables, [])
        is_true = len(tables) + (int(more[1]) if more else 0) == of(read, "tables")
        is_true = is_true and [*begin, *tables, *rest, *end] == lines
        is_true = is_true and all(table.startswith("table ") for table in tables)
        found = [TABLE.fullmatch(table) for table in tables]
        if is_true and (more or None in found):
            return {}
        listed = sorted([one[1], one[2], *one[3].split(", ")] for one in found if one)
        is_true = is_true and digest(canonical([listed, hidden])) == of(read, "digest")
    return {"reach": shown if is_true and lines[: len(begin)] == begin else [*begin, "other tables"]}


def event_columns(name: str, event: Event, since: datetime, until: datetime) -> Row:
    """Return the columns of a row that rests on one event, in the list `name`."""
    recorded, grant = datetime.fromisoformat(event["at"]), f"G-{event['grant']}" if event["grant"] else None
    if name == "away":
        began, ended = of(event, "began_at"), of(event, "ended_at")
        times = {"recorded_at": event["at"], "began_at": began, "ended_at": ended, "by": event["actor"]}
        return times | {"seconds": between(began, ended, timedelta(seconds=1))}
    if event["kind"] == "grant.provision_started":
        recipe = {name: of(event, "recipe", name) for name in ("cluster", "login")}
        found = {"found_at": event["at"], "what": "held before a grant", "grant": grant}
        found |= {"roles": of(event, "recipe", "standing"), "at_begin": UNKNOWN, "at_end": UNKNOWN}
        return found | recipe
    if name == "drift":
        logins, held = of(event, "logins"), of(event, "roles")
        return {
            "found_at": event["at"], "what": event["kind"], "cluster": of(event, "cluster"), "grant": grant,
            "login": ", ".join(map(str, logins)) if isinstance(logins, list) else of(event, "login"),
            "roles": held.split(", ") if isinstance(held, str) and held != UNKNOWN else None,
            "at_begin": yes_no(recorded < since), "at_end": yes_no(recorded >= until - timedelta(days=1)),
        }  # fmt: skip
    found = {"at": event["at"], "what": event["kind"], "by": event["actor"]}
    if name == "looks":
        is_report = event["kind"] == "report.made"
        shown = "rows" if is_report else "statements"
        data = of(event, "filter") if is_report else event["data"]
        kept = sorted(data.items()) if isinstance(data, dict) else ()
        said = [f"{key}: {value}" for key, value in kept if value and key != shown]
        return found | {"grant": grant, "filter": said, "shown": count(of(event, shown))}
    return found | change_columns(event)


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


def is_row(row: Any) -> bool:
    """Return whether this is a row: it names entries by their numbers."""
    seqs = row.get("sequences")
    return isinstance(seqs, list) and seqs != [] and all(type(seq) is int for seq in seqs)


def label(row: Row, number: int) -> str:
    """Return the name of the row, which a forger may have chosen."""
    return printable(str(row.get("grant") or row.get("request") or f"row {number}")[:40])


def printable(text: str) -> str:
    """Return the text without anything that a terminal obeys."""
    return "".join(one if " " <= one <= "~" else "?" for one in text)


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and no blanks, as RFC 8785 has it for these values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
