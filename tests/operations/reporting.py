"""Reports over a house of the tests."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.audit.report.document import Document, Maker, document
from dbaccess.audit.report.json_file import write_json
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.report.source import RecordedSource
from dbaccess.ports.report import ReportScope
from tests.operations.house import House

MAKER = Maker(actor="cli:ada@audit", tool="dbaccess 0.0")
DAY = timedelta(days=1)


@contextmanager
def documented(
    house: House,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    target: str | None = None,
    person: str | None = None,
) -> Iterator[Document]:
    """The report of a day around now, unless the period is given."""
    now = datetime.now(UTC)
    with house.work() as uow:
        scope = ReportScope(
            since=since or now - DAY,
            until=until or now + DAY,
            target=target,
            person=person,
            who=find_identities(uow, person) if person else None,
        )
        with document(RecordedSource(uow, scope), scope, MAKER) as made:
            yield made


def as_json(made: Document) -> dict[str, Any]:
    out = io.BytesIO()
    write_json(made, out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def report(house: House, **scope: Any) -> dict[str, Any]:
    with documented(house, **scope) as made:
        return as_json(made)


def only_grant(house: House, **scope: Any) -> dict[str, Any]:
    (row,) = report(house, **scope)["lists"]["grants"]
    found: dict[str, Any] = row
    return found
