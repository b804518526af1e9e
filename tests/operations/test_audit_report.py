"""A report tells of each grant what the ledger recorded, and calls unknown what it did not."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.audit.report.columns import UNKNOWN
from dbaccess.audit.report.json_file import write_json
from dbaccess.audit.report.review_rows import reviews_of
from dbaccess.audit.report.sections import SECTIONS
from dbaccess.domain.activity import StatementKind
from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy_in_use import Process
from dbaccess.domain.recorded_facts import Fact, RequestFacts
from dbaccess.domain.request import Verdict
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.grants.revoke import revoke
from dbaccess.operations.policy_in_use import report_policy
from dbaccess.operations.queries.report.record import record_report
from dbaccess.ports.report import MadeReport, ReportScope
from tests.contract.storage.test_checkpoints import signed_head
from tests.integration.storage.facts import HOUR
from tests.operations.break_glass import close_review, invoke, review_of
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, PRIYA, TOM, House
from tests.operations.reporting import DAY, documented, only_grant, report
from tests.operations.test_show_statements import ran


def ended(house: House, who: SlackId = MAYA) -> int:
    grant = house.active(who)
    house.surrender(grant, who)
    revoke(house.context, grant.id)
    return int(grant.id)


def summarized(house: House, grant: Grant, data: dict[str, Any]) -> None:
    """The statements were counted, and the ledger has these figures."""
    kind, request = EventKind.ACTIVITY_SUMMARIZED, grant.request_id
    with house.work() as uow:
        uow.record(Event(kind=kind, actor=BY_WORKER, grant_id=grant.id, request_id=request, data=data))
        uow.commit()


def record(house: House, kind: EventKind, **data: Any) -> None:
    with house.work() as uow:
        uow.record(Event(kind=kind, actor=BY_WORKER, data=data))
        uow.commit()


def test_row_of_an_ended_grant_says_who_asked_who_allowed_it_and_when_it_was_verified(house: House) -> None:
    grant = ended(house)
    row = only_grant(house)
    asked = [row[name] for name in ("grant", "person", "name", "guest", "target", "role", "access")]
    assert asked == [f"G-{grant}", "maya", "Maya Lindqvist", "no", "orders-prod", "read", "read"]
    (review,) = row["reviews"]
    assert (review["reviewer"], review["groups"], review["self"]) == (PRIYA, ["dba"], "no")
    assert len(review["shown_hash"]) == len(row["policy_hash"]) == 64
    assert row["approved_by"] == ["Priya Nair (dba)"]
    times = [row[f"{name}_at"] for name in ("requested", "approved", "active", "due", "ended")]
    assert times == sorted(times)
    assert (row["state"], row["cause"], row["verified"], row["late"]) == ("ended", "surrendered", "yes", "no")
    assert (row["login_removed"], row["sessions_left"]) == ("yes", 0)
    assert (row["asked_seconds"], row["approved_seconds"], row["extended_seconds"]) == (3600, 3600, 0)


def test_unrecorded_facts_are_unknown_and_future_ones_are_empty(house: House) -> None:
    house.active()
    row = only_grant(house)
    unknown = ("statements", "errors", "gaps", "connected_from", "mismatch", "minutes_used")
    assert {row[name] for name in unknown} == {UNKNOWN}
    not_yet = ("ended_at", "lag_ms", "cause", "verified", "sessions_closed", "verdict", "announced_at")
    assert {row[name] for name in not_yet} == {None}


def test_review_says_when_slack_was_read_for_the_group(house: House) -> None:
    with house.work() as uow:
        read_at = uow.directory.read_at()
    house.active()
    (review,) = only_grant(house)["reviews"]
    assert read_at is not None
    assert review["membership_read_at"] == read_at.astimezone(UTC).isoformat(timespec="microseconds")


def test_review_of_an_older_version_does_not_say_when_slack_was_read() -> None:
    data = {"slack_id": "UPRIYA", "groups": ["dba"], "note": "", "fingerprint": "f", "policy_hash": "p"}
    fact = Fact(seq=1, kind=EventKind.REVIEW_APPROVED, actor="priya", request=1001, data=data)
    (review,) = reviews_of(RequestFacts(request_id=1001, facts=(fact,)))
    assert review["membership_read_at"] == UNKNOWN


def test_name_that_slack_never_told_is_unknown(house: House) -> None:
    record(house, EventKind.STRAY_FOUND, cluster="main", login="jit_acme_x", tag="t")
    (found,) = report(house)["lists"]["drift"]
    assert (found["login"], found["roles"], found["at_end"]) == ("jit_acme_x", None, "no")
    (gone,) = report(house, until=datetime.now(UTC) + timedelta(hours=1))["lists"]["drift"]
    assert gone["at_end"] == "yes"


def test_sequences_name_every_entry_about_the_grant_and_its_request(house: House) -> None:
    grant = ended(house)
    row = only_grant(house)
    with house.work() as uow:
        entries = [entry.fields for entry in uow.ledger.entries()]
    request = int(row["request"].removeprefix("R-"))
    about = [one["seq"] for one in entries if one["grant"] == grant or one["request"] == request]
    assert row["sequences"] == about


def test_period_admits_grants_that_were_held_at_any_moment_of_it(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=0)
    begin = datetime.now(UTC)
    first = ended(fake_house)
    fake_house.wait(seconds=7200)
    middle = datetime.now(UTC)
    refresh_directory(fake_house.context)
    read_list(fake_house.context)
    second = ended(fake_house, TOM)
    third = int(fake_house.active().id)

    def held(since: datetime, until: datetime) -> list[str]:
        return [row["grant"] for row in report(fake_house, since=since, until=until)["lists"]["grants"]]

    hour = timedelta(hours=1)
    assert held(begin - hour, middle - hour) == [f"G-{first}"]
    assert held(middle - hour, middle + hour) == [f"G-{third}", f"G-{second}"]
    assert held(middle + hour, middle + 2 * hour) == [f"G-{third}"]
    assert held(begin - 2 * hour, begin - hour) == []


def test_filter_of_target_and_person_admits_their_rows_alone(house: House) -> None:
    mine, theirs = ended(house), ended(house, TOM)
    for scope, expected in (
        ({"person": "maya"}, [mine]),
        ({"person": "Tom Berg"}, [theirs]),
        ({"target": "orders-prod"}, [theirs, mine]),
        ({"target": "elsewhere"}, []),
    ):
        found = report(house, **scope)
        assert [row["grant"] for row in found["lists"]["grants"]] == [f"G-{one}" for one in expected]
        assert found["head"]["filter"]["person"] == scope.get("person")


def test_requests_that_gave_no_access_have_a_row_with_the_reason(house: House) -> None:
    denied = house.submit()
    house.review(denied, verdict=Verdict.DENIED, note="Use the replica")
    waiting = house.submit(TOM)
    rows = {row["request"]: row for row in report(house)["lists"]["requests"]}
    assert rows.keys() == {denied.label, waiting.label}
    row = rows[denied.label]
    assert (row["state"], row["why"], row["closed_by"]) == ("denied", "Use the replica", PRIYA)
    assert [row["reviews"][0]["verdict"], rows[waiting.label]["state"]] == ["denied", "pending"]
    assert report(house)["head"]["counts"]["requests"] == {"denied": 1, "pending": 1}


def test_break_glass_is_open_until_its_review_closes(glass: House) -> None:
    request = invoke(glass)
    found = report(glass)["lists"]
    (opened,) = found["open_reviews"]
    assert (opened["request"], opened["review_by"], opened["overdue"]) == (request.label, "dba", "yes")
    assert (found["grants"][0]["break_glass"], found["grants"][0]["verdict"]) == ("yes", "pending")
    close_review(glass, review_of(glass, request))
    found = report(glass)["lists"]
    assert found["open_reviews"] == []
    row = found["grants"][0]
    assert (row["verdict"], row["reviewed_by"], row["review_overdue"]) == ("justified", PRIYA, "no")
    with glass.work() as uow:
        read_at = uow.directory.read_at()
    assert read_at is not None
    assert row["membership_read_at"] == read_at.astimezone(UTC).isoformat(timespec="microseconds")


def test_break_glass_of_before_the_period_that_was_closed_after_it_was_open_at_its_end(
    glass: House,
) -> None:
    begin = datetime.now(UTC) - DAY
    request = invoke(glass)
    close_review(glass, review_of(glass, request))
    with glass.work() as uow:
        opened, closed = (
            datetime.fromisoformat(entry.fields["at"])
            for entry in uow.ledger.of_kinds(
                [EventKind.BREAK_GLASS_REVIEW_OPENED, EventKind.BREAK_GLASS_REVIEWED], after=0, until=99
            )
        )
    between = opened + (closed - opened) / 2
    for since, until, expected in (
        (between, closed, [request.label]),
        (begin, between, [request.label]),
        (begin, opened, []),
        (between, closed + HOUR, []),
    ):
        found = report(glass, since=since, until=until)["lists"]["open_reviews"]
        assert [row["request"] for row in found] == expected


def test_changes_name_members_and_the_parts_of_a_policy(house: House) -> None:
    worker = Process(name="targets", host="h1", pid=1)
    report_policy(house.begin, policy=house.policy, process=replace(worker, name="bot"))
    rules = tuple(replace(rule, longest=timedelta(hours=1)) for rule in house.policy.rules)
    changed = replace(house.policy, rules=rules, hash="f" * 64)
    report_policy(house.work, policy=changed, process=worker)
    record(house, EventKind.GROUP_CHANGED, group="dba", joined=["U0SAM"], left=["U0PRIYA"])
    group, *policies = sorted(report(house)["lists"]["changes"], key=lambda row: row["what"])
    assert (group["about"], group["change"]) == ("dba", ["joined U0SAM", "left U0PRIYA"])
    assert [row["by"] for row in policies] == ["bot@h1", "worker@h1"]
    assert "rule prod-read changed" in policies[1]["change"]


def test_statements_and_their_misfit_are_counted(house: House) -> None:
    grant = house.active()
    ran(house, grant, 3, reads=(), writes=("shop.orders",), kind=StatementKind.WRITE)
    with house.work() as uow:
        kept = uow.activity.summary_of(grant.id)
        assert kept is not None
    times = (kept.summary.first_at, kept.summary.last_at)
    first, last = (at.isoformat() for at in times if at is not None)
    counted = {"statements": 3, "by_kind": {"write": 3}, "errors": 0, "gaps": 0, "digest": kept.digest}
    summarized(house, grant, counted | {"first_at": first, "last_at": last})
    row = only_grant(house)
    figures = [row[name] for name in ("statements", "ddl", "errors", "minutes_used", "statements_digest")]
    assert figures == [3, 0, 0, 1, kept.digest]
    assert row["mismatch"] == "wrote 3 (0 refused)"


def test_looks_and_reports_are_listed_with_the_filter(house: House) -> None:
    scope = ReportScope(since=datetime.now(UTC) - DAY, until=datetime.now(UTC), person="maya")
    made = MadeReport(rows=4, last=9, digest="a" * 64)
    record_report(house.work, actor="cli:ada@audit", scope=scope, form="html", report=made)
    (look,) = report(house)["lists"]["looks"]
    assert (look["what"], look["by"], look["shown"]) == ("report.made", "cli:ada@audit", 4)
    assert "person: maya" in look["filter"]


def test_head_has_the_last_checkpoint_with_its_signature(house: House) -> None:
    assert report(house)["head"]["checkpoint"] is None
    ended(house)
    with house.work() as uow:
        signed = signed_head(uow)
        assert uow.checkpoints.add(signed)
        uow.commit()
    assert report(house)["head"]["checkpoint"] == signed.line()


def test_time_without_a_worker_that_touches_the_period_is_listed(house: House) -> None:
    now = datetime.now(UTC)
    for begin, end in ((now - 3 * DAY, now - 2 * DAY), (now - 2 * DAY, now - DAY / 2)):
        record(house, EventKind.WORKERS_AWAY, began_at=begin.isoformat(), ended_at=end.isoformat())
    (away,) = report(house)["lists"]["away"]
    assert away["seconds"] == 36 * 3600
    assert datetime.fromisoformat(away["began_at"]) == now - 2 * DAY
    # It was recorded long after the end of this period, in which it began.
    past = report(house, since=now - 2 * DAY - HOUR, until=now - 2 * DAY + HOUR)
    assert [row["seconds"] for row in past["lists"]["away"]] == [24 * 3600, 36 * 3600]


def test_period_before_the_first_entry_is_unknown_and_not_empty(house: House) -> None:
    ended(house)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    before = report(house, since=past, until=past + DAY)
    assert {name: rows for name, rows in before["lists"].items() if rows} == {}
    assert any("unknown" in note for note in before["head"]["notes"])
    assert before["head"]["ledger"]["gaps"] == 0


def test_every_row_has_the_columns_of_its_list_and_digests_cover_all(glass: House) -> None:
    ended(glass)
    invoke(glass, TOM)
    found = report(glass)
    columns = {section.name: {one.name for one in section.columns} for section in SECTIONS}
    for name, rows in found["lists"].items():
        for row in rows:
            assert row.keys() == columns[name]
            rest = {key: value for key, value in row.items() if key != "digest"}
            assert row["digest"] == hashlib.sha256(canonical_bytes(rest)).hexdigest()
        together = hashlib.sha256("".join(row["digest"] for row in rows).encode()).hexdigest()
        assert found["head"]["lists"][name] == {"digest": together, "rows": len(rows)}
    assert found["whole"] == hashlib.sha256(canonical_bytes(found["head"])).hexdigest()


def test_json_is_in_canonical_form(house: House) -> None:
    ended(house)
    out = io.BytesIO()
    with documented(house) as made:
        write_json(made, out)
    assert canonical_bytes(json.loads(out.getvalue())) == out.getvalue()


def test_grant_is_late_while_its_end_is_owed(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=0)
    fake_house.active(seconds=600)
    assert only_grant(fake_house)["late"] is None
    fake_house.wait(seconds=600 + 31)
    row = only_grant(fake_house)
    assert (row["late"], row["ended_at"], row["state"]) == ("yes", None, "active")


def test_zero_statements_prove_nothing_without_capture(house: House) -> None:
    summarized(house, house.active(), {"statements": 0, "by_kind": {}, "errors": 0, "gaps": 0})
    row = only_grant(house)
    assert (row["capture"], row["statements"], row["errors"]) == ("none", UNKNOWN, UNKNOWN)


def test_own_review_is_told(house: House) -> None:
    """No program records one; a compromised one might."""
    request = house.submit()
    with house.work() as uow:
        data = {"slack_id": MAYA, "groups": ["dba"], "note": "", "fingerprint": request.fingerprint}
        uow.record(Event(kind=EventKind.REVIEW_APPROVED, actor="maya", request_id=request.id, data=data))
        uow.commit()
    (row,) = report(house)["lists"]["requests"]
    assert [review["self"] for review in row["reviews"]] == ["yes"]
    assert PRIYA not in row["reviews"][0]["slack_id"]
