"""`dbaccess requests`."""

from typing import Annotated, Any

import typer

from dbaccess.cli.audit_options import From, OfPerson, OfRule, OfTarget, To, record_filter
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, number, show_json, show_one, show_page
from dbaccess.cli.records import beside, break_glass_data, moment, request_data, review_data
from dbaccess.cli.words import (
    duration_in_words,
    people_in_words,
    person_in_words,
    review_in_words,
    verdict_in_words,
)
from dbaccess.domain.request import RequestId, RequestState
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
    "decided_at",
    "rule",
    "approvers",
)
After = Annotated[str | None, typer.Option("--after", help="The last request of the page before: R-1042.")]


@app.command("list")
def list_(
    state: Annotated[RequestState | None, typer.Option(help="Only requests in this state.")] = None,
    kind: Annotated[RequestKind | None, typer.Option(help="Only requests of this kind.")] = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    rule: OfRule = None,
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List requests, the newest first, with those who approved them. A time is that of the request.

    Example: dbaccess requests list --from 2026-03-01 --to 2026-03-31 --person maya
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
            kind=kind,
            after=after,
        )
        found = uow.requests.recent(limit=limit, only=only)
        page = beside(uow, [r.id for r in found], [r.requester_slack_id for r in found])
    rows = [request_data(request, page) for request in found]
    show_page(rows, map(_in_words, rows), _COLUMNS, limit=limit, as_json=as_json, empty="No requests.")


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
        page = beside(uow, [found.id], [found.requester_slack_id])
        grant, announced = grant_of(uow, found), uow.announcements.of(found.id)
    review = page.break_glass.get(found.id)
    data = request_data(found, page) | {"fingerprint": found.fingerprint, "policy_hash": found.policy_hash}
    data["reviews"] = [review_data(each, page) for each in page.reviews[found.id]]
    data["grant"] = grant.label if grant else None
    data["announced_at"] = moment(announced.announced_at) if announced else None
    data["announced_in"] = announced.place.value if announced else None
    data["break_glass_review"] = break_glass_data(review, page) if review else None
    if as_json:
        show_json(data)
        return
    words: dict[str, Any] = {"reviews": [review_in_words(each) for each in data["reviews"]]}
    words |= {"break_glass_review": verdict_in_words(data["break_glass_review"]) if review else None}
    show_one(_in_words(data) | words)


def _in_words(data: dict[str, Any]) -> dict[str, Any]:
    hidden = {"requester_slack_id", "requester_name", "duration_seconds"}
    return {key: value for key, value in data.items() if key not in hidden} | {
        "requester": person_in_words(data, "requester"),
        "duration": duration_in_words(data["duration_seconds"]),
        "approvers": people_in_words(data["approvers"], "reviewer"),
    }
