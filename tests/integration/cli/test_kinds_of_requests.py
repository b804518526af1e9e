"""The command line tells an extension and a break-glass from a usual request."""

from datetime import timedelta

from sqlalchemy import Engine

from dbaccess.domain.grant import GrantId
from dbaccess.domain.terms import RequestKind
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run
from tests.integration.storage import facts


def test_kind_is_listed_shown_and_asked_for(
    run: Run, control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    url = control_database.worker_url
    with SqlUnitOfWork(worker, None) as uow:
        ends = uow.now + timedelta(hours=1)
    grant = facts.active(bot, worker, expires_at=ends)
    more = facts.submitted(bot, facts.extension(grant))
    listed = run("requests", "list", "--kind", "extension", "--json", DATABASE_URL=url).json
    assert [(row["request"], row["kind"]) for row in listed] == [(more.label, "extension")]
    shown = run("requests", "show", more.label, "--json", DATABASE_URL=url).json
    assert shown["grant"] == grant.label
    found = run("grants", "show", grant.label, "--json", DATABASE_URL=url).json
    assert found["break_glass"] is False
    assert found["later_requests"] == [
        {
            "request": more.label,
            "kind": "extension",
            "state": "pending",
            "expires_at": None,
            "not_extended_why": None,
        }
    ]
    assert GrantId(more.terms.of_grant or 0) == grant.id
    assert more.terms.kind is RequestKind.EXTENSION


def test_reviews_of_break_glasses_are_listed_and_shown(
    run: Run, control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    url = control_database.worker_url
    review = facts.break_glass(bot)
    usual = facts.granted(bot, facts.terms("tom"))
    due = review.due_at.isoformat(timespec="seconds")
    (row,) = run("break-glass", "list", "--state", "pending", "--json", DATABASE_URL=url).json
    assert row == {
        "request": review.label,
        "grant": f"G-{review.grant_id}",
        "verdict": "pending",
        "requester": "maya",
        "requester_slack_id": "UMAYA",
        "requester_name": None,
        "role": "read",
        "target": "orders-prod",
        "rule": "prod-read",
        "reason": review.request.terms.reason,
        "review_by": "dba",
        "opened_at": review.opened_at.isoformat(timespec="seconds"),
        "due_at": due,
        "overdue_at": None,
        "reviewer": None,
        "reviewer_slack_id": None,
        "reviewer_name": None,
        "reviewed_at": None,
        "note": None,
    }
    assert run("break-glass", "list", "--state", "justified", "--json", DATABASE_URL=url).json == []
    shown = run("requests", "show", review.label, "--json", DATABASE_URL=url).json
    assert shown["break_glass_review"] == row
    said = run("requests", "show", review.label, DATABASE_URL=url).out
    assert f"pending, by dba, due {due}" in said
    found = run("grants", "show", row["grant"], "--json", DATABASE_URL=url).json
    assert (found["break_glass_review"], found["verdict"]) == (row, "pending")
    assert run("grants", "show", usual.label, "--json", DATABASE_URL=url).json["break_glass_review"] is None
