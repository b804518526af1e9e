"""`dbaccess break-glass`."""

from typing import Annotated

import typer

from dbaccess.cli.audit_options import From, OfPerson, OfRule, OfTarget, To, record_filter
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, show_page
from dbaccess.cli.records import beside, break_glass_data
from dbaccess.cli.words import person_in_words
from dbaccess.domain.break_glass_review import BreakGlassReviewState

app = typer.Typer(help="List the reviews of break-glasses.", no_args_is_help=True)
_COLUMNS = (
    "request",
    "grant",
    "verdict",
    "requester",
    "role",
    "target",
    "opened_at",
    "review_by",
    "due_at",
    "reviewer",
    "reviewed_at",
    "note",
)
After = Annotated[
    str | None, typer.Option("--after", help="The last break-glass of the page before: R-1042.")
]


@app.command("list")
def list_(
    state: Annotated[BreakGlassReviewState | None, typer.Option(help="Only reviews in this state.")] = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    rule: OfRule = None,
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List the reviews of break-glasses, the newest first. A time is that of the break-glass.

    Example: dbaccess break-glass list --state not_justified --from 90d
    """
    with control() as begin, begin() as uow:
        only = record_filter(
            uow,
            since=since,
            until=until,
            person=person,
            target=target,
            rule=rule,
            state=state,
            after=after,
        )
        found = uow.break_glass_reviews.recent(limit=limit, only=only)
        page = beside(uow, [r.request.id for r in found], [r.request.requester_slack_id for r in found])
    rows = [break_glass_data(review, page) for review in found]
    words = [row | {key: person_in_words(row, key) for key in ("requester", "reviewer")} for row in rows]
    show_page(rows, words, _COLUMNS, limit=limit, as_json=as_json, empty="No reviews.")
