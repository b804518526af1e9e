"""`dbaccess break-glass`."""

from typing import Annotated, Any

import typer

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, show_rows
from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState

app = typer.Typer(help="List the reviews of break-glasses.", no_args_is_help=True)
_COLUMNS = ("request", "grant", "state", "requester", "role", "target", "review_by", "due_at", "reviewer")


@app.command("list")
def list_(
    state: Annotated[BreakGlassReviewState | None, typer.Option(help="Only reviews in this state.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List the reviews that break-glasses owe, the newest first.

    Example: dbaccess break-glass list --state pending
    """
    with control() as begin, begin() as uow:
        found = uow.break_glass_reviews.recent(limit=limit, state=state.value if state else None)
    show_rows((_row(review) for review in found), _COLUMNS, as_json=as_json, empty="No reviews.")


def review_in_words(review: BreakGlassReview) -> str:
    """`pending, by dba, due …`; `justified by priya at …: "stock fixed"`."""
    given = review.verdict
    if given is None:
        return f"{review.state.value}, by {review.review_by}, due {_time(review)}"
    at = given.reviewed_at.isoformat(timespec="seconds")
    return f'{review.state.value} by {given.reviewer} at {at}: "{given.note}"'


def _row(review: BreakGlassReview) -> dict[str, Any]:
    request = review.request
    return {
        "request": request.label,
        "grant": f"G-{review.grant_id}",
        "state": review.state.value,
        "requester": request.requester,
        "role": request.terms.role,
        "target": request.terms.target,
        "review_by": review.review_by,
        "due_at": _time(review),
        "reviewer": review.verdict.reviewer if review.verdict else None,
        "note": review.verdict.note if review.verdict else None,
    }


def _time(review: BreakGlassReview) -> str:
    return review.due_at.isoformat(timespec="seconds")
