"""`dbaccess audit search`."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from dbaccess.cli.activity_data import one_line
from dbaccess.cli.audit_answer import FIELDS, answer_data, csv_data, key_of, key_text, reached_in_words
from dbaccess.cli.audit_options import From, OfPerson, OfTarget, To, one_moment, refuse_unknown, time_range
from dbaccess.cli.audit_rights import reading_rights
from dbaccess.cli.control import control
from dbaccess.cli.csv_rows import write_rows
from dbaccess.cli.output import AsJson, Limit, actor, counted, number, show_rows
from dbaccess.cli.records import beside
from dbaccess.cli.waiting import waiting
from dbaccess.cli.words import person_in_words
from dbaccess.domain.audit_page import AuditPage
from dbaccess.domain.failures import failure_in_words
from dbaccess.domain.grant import GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.reach import CUT_SHORT, NOT_READ, TableUse
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.search_audit import search_audit
from dbaccess.ports import UnitOfWork

_COLUMNS: Final = (
    "grant", "state", "holder", "role", "target", "held_from", "held_until", "reach", "reviewers", "reason",
)  # fmt: skip
_WITH_STATEMENT: Final = ("statement_at", "grant", "holder", "role", "target", "login", "reach", "statement")

_UNKNOWN: Final = {
    NOT_READ: "it was not read while the grant was active",
    CUT_SHORT: "the login reaches more tables than are recorded",
}

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
OfReviewer = Annotated[
    str | None, typer.Option("--reviewer", help="Only reviewed by this person, named as in --person.")
]
OfRole = Annotated[str | None, typer.Option("--role", help="Only this role of the policy.")]
OfTable = Annotated[
    str | None,
    typer.Option("--table", help="Only where the login reached this table, or may have: shop.orders."),
]
OfUse = Annotated[TableUse | None, typer.Option("--can", help="The privilege that the login had on --table.")]
At = Annotated[
    str | None,
    typer.Option("--at", help="Only grants held at this moment: 2026-03-14T10:00Z, 3h for 3 hours ago, now."),
]
OfText = Annotated[
    str | None, typer.Option("--text", help="Only where a statement has all these words; shows each one.")
]
OfTicket = Annotated[str | None, typer.Option("--ticket", help="Only for this ticket: OPS-4512.")]
OfGrant = Annotated[str | None, typer.Option("--grant", help="Only this grant: G-1042.")]
After = Annotated[str | None, typer.Option("--after", help="The end of the page before, as it was printed.")]


def search(
    table: OfTable = None,
    at: At = None,
    use: OfUse = None,
    since: From = None,
    until: To = None,
    person: OfPerson = None,
    reviewer: OfReviewer = None,
    target: OfTarget = None,
    role: OfRole = None,
    ticket: OfTicket = None,
    grant: OfGrant = None,
    text: OfText = None,
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
    as_csv: AsCsv = False,  # noqa: FBT002 an option
) -> None:
    """Ask who held which access, and what ran under it; the newest first. DATABASE_URL may be an auditor's.

    A grant is held from the first step on the target until its end was verified. Where it is unknown which
    tables a login reached, the grant is shown as unknown, and never left out. The ledger records each search
    with --text.

    Example: dbaccess audit search --table shop.orders --can read --at 2026-03-14T10:00Z

    Example: dbaccess audit search --person maya --from 2026-03-01 --to 2026-03-31 --csv

    Example: dbaccess audit search --text "refunds delete" --target orders-prod --from 30d
    """
    question = _question(
        table=table,
        use=use,
        at=at,
        since=since,
        until=until,
        target=target,
        role=role,
        ticket=ticket,
        grant=grant,
    )
    place = key_of(after, of_statements=text is not None)
    with reading_rights(), waiting("Searching"), control() as begin, begin() as uow:
        refuse_unknown(uow, target=target, role=role)
        question = _with_people(uow, question, person, reviewer)
        page = search_audit(uow, actor=actor(), question=question, words=text, after=place, limit=limit)
        rows = _rows(uow, page, table)
        uow.commit()
    _show(rows, as_json=as_json, as_csv=as_csv, with_statement=text is not None)
    _say(page, rows, table)


def _question(
    *,
    table: str | None,
    use: TableUse | None,
    at: str | None,
    since: str | None,
    until: str | None,
    grant: str | None,
    target: str | None,
    role: str | None,
    ticket: str | None,
) -> GrantQuestion:
    """Return the question without people; raises a usage error that says how to write it."""
    if use is not None and table is None:
        raise typer.BadParameter(f"--can {use.value} needs a table: --table shop.orders")
    if at is not None and (since is not None or until is not None):
        raise typer.BadParameter("--at is one moment: leave out --from and --to")
    moment = one_moment(at, option="--at") if at is not None else None
    if moment is not None and moment > datetime.now(UTC):
        raise typer.BadParameter(f'--at "{at}" has not come yet. --at now asks for this moment.')
    begins, ends = time_range(since, until)
    return GrantQuestion(
        table=table,
        use=use,
        at=moment,
        since=begins,
        until=ends,
        grant=GrantId(number(grant, "G")) if grant is not None else None,
        target=target,
        role=role,
        ticket=ticket,
    )


def _with_people(
    uow: UnitOfWork, question: GrantQuestion, person: str | None, reviewer: str | None
) -> GrantQuestion:
    return replace(
        question,
        who=find_identities(uow, person) if person is not None else None,
        reviewer=find_identities(uow, reviewer) if reviewer is not None else None,
    )


def _rows(uow: UnitOfWork, page: AuditPage, table: str | None) -> list[dict[str, Any]]:
    grants = [answer.grant for answer in page.answers]
    records = beside(uow, [one.request_id for one in grants], [one.holder_slack_id for one in grants])
    return [answer_data(answer, records, table=table) for answer in page.answers]


def _show(rows: list[dict[str, Any]], *, as_json: bool, as_csv: bool, with_statement: bool) -> None:
    if as_csv:
        write_rows((csv_data(row) for row in rows), FIELDS)
        return
    show_rows(
        rows if as_json else [_in_words(row) for row in rows],
        _WITH_STATEMENT if with_statement else _COLUMNS,
        as_json=as_json,
        empty="No grant fits." if not with_statement else "No captured statement under such a grant fits.",
    )


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """Return the answer as people read it; the end is said to be planned until it was verified."""
    statement = row["statement"]
    if row["reach"] == "unknown":
        reach = f"unknown: {_why(row)}"
    elif row["reached"]:
        reach = "; ".join(reached_in_words(row))
    else:
        reach = counted(row["tables"], "table")
    return row | {
        "holder": person_in_words(row, "holder"),
        "held_until": row["ended_at"] or f"open, planned {row['expires_at']}",
        "reach": reach,
        "reviewers": "; ".join(f"{one['reviewer']} {one['verdict']}" for one in row["reviews"]),
        "statement_at": statement["at"] if statement else None,
        "statement": one_line(statement["text"]) if statement else None,
    }


def _why(row: dict[str, Any]) -> str:
    code = row["reach_why"]
    return _UNKNOWN.get(code) or failure_in_words(code, target=row["target"])


def _say(page: AuditPage, rows: list[dict[str, Any]], table: str | None) -> None:
    """Say beside the output what a reader must know of it."""
    unknown = sum(row["reach"] == "unknown" for row in rows)
    if table is not None and unknown:
        typer.echo(
            f"{counted(unknown, 'row')} of {len(rows)}: it is unknown whether the login reached {table}. "
            "Such a row is no proof of either.",
            err=True,
        )
    if not page.knows_table:
        typer.echo(
            f'No recorded reach has a table "{table}". Write schema and name as the server has them.',
            err=True,
        )
    if page.after is not None:
        typer.echo(f"There is more: --after {key_text(page.after)}", err=True)
