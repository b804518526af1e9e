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
    assert (found["break_glass"], found["asked_later"]) == (False, [f"{more.label} extension pending"])
    assert GrantId(more.terms.of_grant or 0) == grant.id
    assert more.terms.kind is RequestKind.EXTENSION
