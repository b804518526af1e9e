"""A report is compared with the ledger offline: a row that was changed, added or left out is named."""

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import dbaccess_verify_report as verify
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Recipe
from dbaccess.domain.reach import Reach, ReachedTable
from dbaccess.domain.request import Verdict
from dbaccess.operations.grants.record_reach import record_reach
from dbaccess.operations.grants.revoke import revoke
from tests.operations.break_glass import close_review, invoke, review_of
from tests.operations.extensions import allow, ask_more, extended
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, TOM, House
from tests.operations.reporting import report
from tests.operations.test_audit_report import record

Told = list[tuple[str, str]]
Tamper = Callable[[dict[str, Any]], None]


@pytest.fixture
def reported(glass: House) -> House:
    """An ended grant with an extension, an active one, a break-glass, denied requests, drift, what stands."""
    allow(glass)
    first = glass.active()
    extended(glass, first)
    glass.review(ask_more(glass, first), verdict=Verdict.DENIED, note="Done by now")
    glass.surrender(first)
    revoke(glass.context, first.id)
    glass.active(TOM)
    request = invoke(glass)
    close_review(glass, review_of(glass, request))
    glass.review(glass.submit(TOM, "write"), verdict=Verdict.DENIED, note="Use the replica")
    record(glass, EventKind.STRAY_FOUND, cluster="main", login="jit_acme_x", tag="t")
    record(glass, EventKind.GROUP_CHANGED, group="dba", joined=["U0SAM"], left=[])
    stands(glass)
    invoke(glass, TOM)
    with glass.work() as uow:
        began, ended = (uow.now - timedelta(minutes=minutes) for minutes in (9, 2))
    record(glass, EventKind.WORKERS_AWAY, began_at=began.isoformat(), ended_at=ended.isoformat())
    return glass


def stands(house: House) -> None:
    """One login lost its role, another kept it at a removal, and a second server does not answer."""
    record(
        house, EventKind.STANDING_READ, cluster="main", server="s", unknown_since=None, roles=0, left_out=0
    )
    for number, login in enumerate(("alma", "erik")):
        one = {"cluster": "main", "server": "s", "login_identity": str(number), "role_identity": "9"}
        said = one | {"login": login, "role": "orders_read", "path": [login, "orders_read"], "usable": True}
        record(house, EventKind.STANDING_FOUND, **said)
        if login == "alma":
            record(house, EventKind.STANDING_REMOVAL_REQUESTED, **said)
            record(house, EventKind.STANDING_REMOVED, **said, left=None)
            record(house, EventKind.STANDING_GONE, **said, why="not_held")
        else:
            record(house, EventKind.STANDING_NOT_REMOVED, **said, code="beyond_rights")
    since = datetime.now(UTC).isoformat()
    record(house, EventKind.STANDING_UNREAD, cluster="other", since=since, code="no_answer")


def problems(house: House, found: dict[str, Any], place: Path, *, last: int | None = None) -> Told:
    """The findings of the comparison, as (kind, place)."""
    path = place / "report.json"
    path.write_bytes(verify.canonical(found))
    told: Told = []
    check = verify.Report(path, json.loads, lambda place, kind, _: told.append((kind, place)))
    with house.work() as uow:
        entries = [entry for entry in uow.ledger.entries() if last is None or entry.seq <= last]
    for entry in entries:
        check.take(entry.fields, entry.hash.hex())
    check.end(1, len(entries))
    return told


def with_digests(found: dict[str, Any]) -> dict[str, Any]:
    """As a forger leaves it: every digest is made anew."""
    for name, rows in found["lists"].items():
        for row in rows:
            row["digest"] = verify.digest(
                verify.canonical({key: value for key, value in row.items() if key != "digest"})
            )
        together = hashlib.sha256("".join(row["digest"] for row in rows).encode()).hexdigest()
        found["head"]["lists"][name] = {"digest": together, "rows": len(rows)}
    found["whole"] = verify.digest(verify.canonical(found["head"]))
    return found


def test_report_that_was_not_touched_agrees_with_the_ledger(reported: House, tmp_path: Path) -> None:
    for scope in ({}, {"person": "maya"}, {"person": "Tom Berg"}, {"target": "elsewhere"}):
        made = report(reported, **scope) | {}
        made["head"]["recorded"] = "no: this login only reads"
        assert problems(reported, with_digests(made), tmp_path) == [], scope


def _told(reading: Reach, _: Recipe) -> Reach:
    return reading


def test_reach_of_a_row_is_compared_with_the_digest_of_the_reading(
    fake_house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the row lists all tables, by the digest; where it lists a part of them, by their number."""
    part = tuple(ReachedTable(schema="shop", name=f"t{number:02}", reads=True) for number in range(22))
    odd = (ReachedTable(schema="a.b", name="c", reads=True, writes=True),)
    whole = (ReachedTable(schema="shop", name="ö; x", owns=True), *part[:2])
    for who, role, tables, unrecorded, provable in (
        (MAYA, "read", whole, 0, True), (TOM, "read", part, 3, False),
        (MAYA, "write", odd, 0, False), (TOM, "write", whole, 2, True),
    ):  # fmt: skip
        grant = fake_house.active(who, role)
        driver = type(fake_house.context.targets.driver("main"))
        reading = Reach(tables=tables, unrecorded=unrecorded)
        monkeypatch.setattr(driver, "reach", partial(_told, reading))
        record_reach(fake_house.context, "main")
        made = report(fake_house)
        made["head"]["recorded"] = "no: this login only reads"
        assert problems(fake_house, with_digests(made), tmp_path) == []
        (row,) = (one for one in made["lists"]["grants"] if one["grant"] == f"G-{grant.id}")
        shown = row["reach"]
        at = next(place for place, line in enumerate(shown) if line.startswith("table "))
        other = [*shown[:at], shown[at].replace(": ", "x: "), *shown[at + 1 :]]
        for forged in (
            shown[:-1],
            [*shown, "table shop.more: read"],
            other if provable else shown[1:],
            [*shown[:at], "other tables: unknown"],
            "unknown",
            None,
        ):
            row["reach"] = forged
            told = problems(fake_house, with_digests(made), tmp_path)
            assert told == [("changed", f"report, grants, {row['grant']}")], (forged, told)


def _change(name: str, column: str, value: object) -> Tamper:
    def tamper(found: dict[str, Any]) -> None:
        assert found["lists"][name][-1][column] != value, (name, column)
        found["lists"][name][-1][column] = value

    return tamper


def _drop(name: str) -> Tamper:
    return lambda found: found["lists"][name].pop()


def _add(found: dict[str, Any]) -> None:
    row = copy.deepcopy(found["lists"]["grants"][0])
    found["lists"]["grants"].append(row | {"grant": "G-9999"})


def _hide_reviewer(found: dict[str, Any]) -> None:
    found["lists"]["grants"][-1]["reviews"][0]["reviewer"] = "sam"


CHANGED = ("changed", "report, grants, G-1001")
TAMPERED: dict[str, tuple[Tamper, tuple[str, str]]] = {
    **{
        f"grants.{column}": (_change("grants", column, value), CHANGED)
        for column, value in {
            "person": "tom", "slack_id": "U0TOM", "target": "billing-prod", "role": "write",
            "reason": "another reason", "rule": "prod-write", "policy_hash": "0" * 64, "quorum": [],
            "asked_seconds": 60, "approved_seconds": 60, "login": "maya", "cause": "expired",
            "ended_by": "system", "lag_ms": 987_654, "verified": "no", "statements": 0, "sequences": [1],
            "active_at": "2026-03-01T00:00:00.000000+00:00", "ended_at": "2026-03-01T00:00:00.000000+00:00",
            "state": "active", "access": "ddl", "approved_at": None, "planned_end_at": None, "due_at": None,
            "late": "yes", "end_note": "forged", "roles_removed": [], "roles_kept": ["x"],
            "login_removed": "no", "sessions_closed": 7, "sessions_left": 7, "objects": ["x"], "left": ["x"],
            "passwords_set": 7, "minutes_used": 7, "ddl": 7, "break_glass": "yes", "announced_at": "unknown",
            "review_due_at": "unknown", "verdict": "justified", "review_overdue": "no", "self_review": "yes",
            "approved_by": [], "given_seconds": 86_399, "extended_seconds": 86_399, "extensions": [],
        }.items()
    },
    **{
        f"{name}.{column}": (_change(name, column, value), ("changed", f"report, {name}, "))
        for name, column, value in (
            ("requests", "state", "pending"), ("requests", "access", "ddl"), ("requests", "kind", "x"),
            ("requests", "closed_by", "sam"), ("requests", "why", "x"),
            ("open_reviews", "person", "sam"), ("open_reviews", "reason", "x"),
            ("open_reviews", "review_by", "x"), ("open_reviews", "overdue", "no"),
            ("away", "seconds", 987_654), ("away", "began_at", "unknown"),
            ("drift", "cluster", "x"), ("drift", "login", "x"), ("drift", "roles", ["x"]),
            ("drift", "at_begin", "yes"), ("drift", "at_end", "yes"),
            ("changes", "about", "x"), ("changes", "change", ["joined U0TOM"]),
        )
    },
    "left out open review": (_drop("open_reviews"), ("left out", "report, open_reviews, G-")),
    "left out away": (_drop("away"), ("left out", "report, away, entry ")),
    "reviewer": (_hide_reviewer, CHANGED),
    "request": (
        _change("requests", "reason", "another"), ("changed", "report, requests, R-1003")
    ),
    "left out grant": (_drop("grants"), ("left out", "report, grants, G-1001")),
    "left out request": (_drop("requests"), ("left out", "report, requests, R-1003")),
    "added grant": (_add, ("added", "report, grants, G-9999")),
    "left out change": (_drop("changes"), ("left out", "report, changes, entry ")),
    "left out drift": (_drop("drift"), ("left out", "report, drift, entry ")),
    "standing.login": (_change("standing", "login", "maya"), ("changed", "report, standing, row ")),
    "standing.how": (_change("standing", "how", "superuser"), ("changed", "report, standing, row ")),
    "standing.path": (_change("standing", "path", ["erik"]), ("changed", "report, standing, row ")),
    "standing.gone": (
        _change("standing", "gone_at", "2026-03-01T00:00:00.000000+00:00"),
        ("changed", "report, standing, row "),
    ),
    "left out standing": (_drop("standing"), ("left out", "report, standing, entry ")),
    "left out unknown": (
        lambda found: found["lists"]["standing"].pop(1),
        ("left out", "report, standing, entry "),
    ),
    "changed change": (_change("changes", "by", "priya"), ("changed", "report, changes, row ")),
}  # fmt: skip


def test_each_column_is_compared_or_listed_as_not_verified(reported: House, tmp_path: Path) -> None:
    """Only what Slack, statements and tables beside the ledger tell does not follow from it."""
    path = tmp_path / "report.json"
    path.write_bytes(verify.canonical(report(reported)))
    check = verify.Report(path, json.loads, lambda *told: pytest.fail(str(told)))
    with reported.work() as uow:
        for entry in uow.ledger.entries():
            check.take(entry.fields, entry.hash.hex())
        check.end(1, uow.ledger.entry_range().last)
    beside = {"name", "guest"}
    assert check.unverified == {
        "grants": beside | {"connected_from", "mismatch", "membership_read_at"},
        "requests": beside,
        "open_reviews": beside,
        "standing": {"what", "usable", "why", "at_begin", "at_end"},
    }


def test_each_way_to_forge_a_report_is_named_with_its_row(reported: House, tmp_path: Path) -> None:
    made = report(reported)
    made["head"]["recorded"] = "no: this login only reads"
    for name, (tamper, (kind, place)) in TAMPERED.items():
        forged = copy.deepcopy(made)
        tamper(forged)
        told = problems(reported, with_digests(forged), tmp_path)
        assert told, name
        assert {one[0] for one in told} == {kind}, (name, told)
        assert all(one[1].startswith(place) for one in told), (name, told)


def test_change_without_a_new_digest_is_named_too(reported: House, tmp_path: Path) -> None:
    made = report(reported)
    made["lists"]["looks"].append({"what": "report.made", "sequences": [1], "digest": "0" * 64})
    made["lists"]["grants"][0]["name"] = "Priya Nair"
    kinds = {place for kind, place in problems(reported, made, tmp_path) if kind == "changed"}
    row = made["lists"]["grants"][0]["grant"]
    assert {f"report, grants, {row}", "report, looks"} <= kinds


def test_report_that_the_ledger_should_have_and_has_not_is_named(reported: House, tmp_path: Path) -> None:
    made = report(reported)
    last = made["head"]["ledger"]["last"]
    with reported.work() as uow:
        data = {"digest": made["whole"], "rows": 1}
        uow.record(Event(kind=EventKind.REPORT_MADE, actor="cli:ada@audit", data=data))
        uow.record(Event(kind=EventKind.GROUP_CHANGED, actor=BY_WORKER, data={"group": "dba"}))
        uow.commit()
    assert problems(reported, made, tmp_path) == []
    made["head"]["made_by"] = "cli:mallory@audit"
    assert problems(reported, with_digests(made), tmp_path) == [("unrecorded", "report")]
    assert problems(reported, made, tmp_path, last=last - 1) == [("bundle", "report")]


def test_values_of_another_form_are_named_and_break_nothing(reported: House, tmp_path: Path) -> None:
    made = report(reported)
    odd_values: tuple[Any, ...] = (None, 7, {"a": []}, ["x"], "\x1b[2J")
    for odd in odd_values:
        for name in ("grant", "reviews", "ended_at", "quorum"):
            forged = copy.deepcopy(made)
            forged["lists"]["grants"][-1][name] = odd
            told = problems(reported, with_digests(forged), tmp_path)
            assert told, (name, odd)
            assert all(place.isprintable() for _, place in told)


@pytest.mark.parametrize(
    "text",
    [b"{}", b"[]", b'{"head":{},"lists":{},"whole":""}', b'{"head":1,"lists":{"grants":[1]},"whole":""}'],
)
def test_file_that_is_no_report_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(text)
    with pytest.raises(verify.UnreadableReport):
        verify.Report(path, json.loads, lambda *_: None)
