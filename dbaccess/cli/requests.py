"""`dbaccess requests`."""

from typing import Annotated, Any

import typer

from dbaccess.cli.break_glass import review_in_words
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, number, show_one, show_rows
from dbaccess.domain.duration import format_duration
from dbaccess.domain.request import Request, RequestId, RequestState, Review
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.delivery.request_details import grant_of

app = typer.Typer(help="List and show requests.", no_args_is_help=True)
_COLUMNS = (
    "request",
    "kind",
    "state",
    "requester",
    "role",
    "target",
    "duration",
    "submitted_at",
    "decide_by",
)


@app.command("list")
def list_(
    state: Annotated[RequestState | None, typer.Option(help="Only requests in this state.")] = None,
    kind: Annotated[RequestKind | None, typer.Option(help="Only requests of this kind.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List requests, the newest first.

    Example: dbaccess requests list --state pending
    """
    with control() as begin, begin() as uow:
        found = uow.requests.recent(
            limit=limit, state=state.value if state else None, kind=kind.value if kind else None
        )
    show_rows((_row(request) for request in found), _COLUMNS, as_json=as_json, empty="No requests.")


@app.command()
def show(
    request: Annotated[str, typer.Argument(help="R-1042")],
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show one request with its reviews and its grant.

    Example: dbaccess requests show R-1042
    """
    with control() as begin, begin() as uow:
        found = uow.requests.get(RequestId(number(request, "R")))
        reviews = uow.reviews.of(found.id)
        grant = grant_of(uow, found)
        announced, review = uow.announcements.of(found.id), uow.break_glass_reviews.of(found.id)
    terms = found.terms
    fields = _row(found) | {"reason": terms.reason, "ticket": terms.ticket, "rule": terms.rule}
    fields |= {"fingerprint": found.fingerprint, "policy_hash": found.policy_hash}
    fields["reviews"] = [_review(review) for review in reviews]
    fields["grant"] = grant.label if grant else None
    if terms.break_glass:
        fields["announced"] = f"{announced.place.value} {announced.announced_at}" if announced else None
        fields["review"] = review_in_words(review) if review else None
    show_one(fields, as_json=as_json)


def _review(review: Review) -> str:
    given = f" {review.scope.role}, {format_duration(review.scope.duration)}" if review.scope else ""
    groups = ", ".join(review.groups)
    said = f"{review.reviewer} {review.verdict.value}{given} for {groups} {review.reviewed_at}"
    return f"{said}, void since {review.voided_at}: {review.voided_why}" if review.voided_at else said


def _row(request: Request) -> dict[str, Any]:
    return {
        "request": request.label,
        "kind": "break_glass" if request.terms.break_glass else request.terms.kind.value,
        "state": request.state.value,
        "requester": request.requester,
        "role": request.terms.role,
        "target": request.terms.target,
        "duration": format_duration(request.terms.duration),
        "submitted_at": request.submitted_at.isoformat(timespec="seconds"),
        "decide_by": request.decide_by.isoformat(timespec="seconds"),
    }
