"""`dbaccess grants`."""

from typing import Annotated, Any

import typer

from dbaccess.cli.activity_data import grant_activity_data
from dbaccess.cli.adopt import adopt_cluster
from dbaccess.cli.audit_options import From, OfPerson, OfRule, OfTarget, To, record_filter
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, actor, number, show_json, show_one, show_page
from dbaccess.cli.records import beside, break_glass_data, grant_data, later_data, moment, review_data
from dbaccess.cli.revoke import revoke
from dbaccess.cli.words import (
    duration_in_words,
    gap_in_words,
    later_in_words,
    people_in_words,
    person_in_words,
    receipt_in_words,
    review_in_words,
    verdict_in_words,
)
from dbaccess.domain.failures import failure_in_words
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.text import clean
from dbaccess.domain.use_in_words import minutes_used, now_in_use
from dbaccess.operations.activity.report import grant_use, recorded_policy
from dbaccess.operations.grants.write_off import confirm_write_off, propose_write_off
from dbaccess.ports import UnitOfWork

app = typer.Typer(help="List, show and revoke grants.", no_args_is_help=True)
app.command("adopt")(adopt_cluster)
_COLUMNS = (
    "grant",
    "state",
    "holder",
    "role",
    "target",
    "login",
    "starts",
    "ends",
    "cause",
    "approvers",
    "verdict",
    "last_failure",
)
After = Annotated[str | None, typer.Option("--after", help="The last grant of the page before: G-1042.")]


@app.command("list")
def list_(
    state: Annotated[GrantState | None, typer.Option(help="Only grants in this state.")] = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    rule: OfRule = None,
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List grants, the newest first, with start, end, cause and approvers.

    With --from and --to it lists each grant that was held at any moment between them.

    Example: dbaccess grants list --from 2026-03-01 --to 2026-03-31 --target orders-prod
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
            letter="G",
        )
        found = uow.grants.recent(limit=limit, only=only)
        page = beside(uow, [g.request_id for g in found], [g.holder_slack_id for g in found])
    rows = [grant_data(grant, page) for grant in found]
    show_page(rows, map(_in_words, rows), _COLUMNS, limit=limit, as_json=as_json, empty="No grants.")


@app.command()
def show(
    grant: Annotated[str, typer.Argument(help="G-1042")],
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show one grant with its reviews, its receipt, and how far its statements are known.

    Example: dbaccess grants show G-1042
    """
    with control() as begin, begin() as uow:
        found = uow.grants.get(GrantId(number(grant, "G")))
        asked, extensions = uow.requests.of_grant(found.id), uow.extensions.of(found.id)
        page = beside(uow, [found.request_id], [found.holder_slack_id])
        activity = grant_activity_data(uow, found)
        in_use = _in_use(uow, found)
    review = page.break_glass.get(found.request_id)
    data = grant_data(found, page) | {"end_note": found.end_note, "attempts": found.attempts}
    data["next_attempt_at"] = moment(found.next_attempt_at)
    data |= {name: getattr(found, name) for name in ("write_off_by", "write_off_reason", "written_off_by")}
    data["written_off_at"] = moment(found.written_off_at)
    data["reviews"] = [review_data(each, page) for each in page.reviews[found.request_id]]
    data["later_requests"] = [later_data(request, extensions) for request in asked]
    data["break_glass_review"] = break_glass_data(review, page) if review else None
    data["verified"] = _verified(found)
    data |= activity
    data["receipt"] = found.receipt.as_json() if found.receipt else None
    if as_json:
        show_json(data)
        return
    words = _in_words(data) | {"failure": _failure(found), "use": in_use}
    words["gaps"] = [gap_in_words(gap) for gap in data["gaps"]]
    words["reviews"] = [review_in_words(each) for each in data["reviews"]]
    words["later_requests"] = [later_in_words(each) for each in data["later_requests"]]
    words["receipt"] = _receipt(found)
    words["break_glass_review"] = verdict_in_words(data["break_glass_review"]) if review else None
    show_one(words)


app.command("revoke")(revoke)


@app.command("write-off")
def write_off(
    grant: Annotated[str, typer.Argument(help="G-1042")],
    reason: Annotated[str | None, typer.Option("--reason", help="Why. This proposes the write-off.")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm another operator's proposal.")] = False,  # noqa: FBT002 an option
) -> None:
    """Give up a revoking grant after its target is gone for good: its end stays unverified for ever.

    One operator proposes it with a reason, and another operator confirms it. DATABASE_URL is the worker's.

    Example: dbaccess grants write-off G-1042 --reason "server scrapped, disks destroyed"
    """
    if (reason is None) is not confirm:
        raise typer.BadParameter("write either --reason to propose, or --confirm")
    grant_id = GrantId(number(grant, "G"))
    with control() as begin:
        if reason is None:
            done = confirm_write_off(begin, actor=actor(), grant_id=grant_id)
            typer.echo(f"{done.label} is written off: the end of its access was not verified.")
            return
        done = propose_write_off(begin, actor=actor(), grant_id=grant_id, reason=clean(reason))
    typer.echo(f"Proposed. A different operator runs: dbaccess grants write-off {done.label} --confirm")


def _in_use(uow: UnitOfWork, grant: Grant) -> str:
    """Return how the grant is used, or was: `Last statement 3 min ago, 2 sessions, 12 of 120 min used`."""
    use = grant_use(uow, recorded_policy(uow), grant, uow.activity.summary_of(grant.id))
    if grant.state is GrantState.ACTIVE:
        return now_in_use(use, grant, now=uow.now)
    return minutes_used(use, grant)


def _failure(grant: Grant) -> str | None:
    """Return the last failure's code in words."""
    return failure_in_words(grant.last_failure, target=grant.target) if grant.last_failure else None


def _receipt(grant: Grant) -> list[str] | None:
    """Return the time of the examination and a line for each thing examined; None without a receipt."""
    if grant.receipt is None:
        return None
    return [f"examined {moment(grant.receipt.seen_at)}", *receipt_in_words(grant.receipt)]


def _verified(grant: Grant) -> bool | None:
    """Return whether the target was examined after the end; None while the grant is open."""
    return grant.state is GrantState.ENDED if grant.state.is_final else None


def _in_words(data: dict[str, Any]) -> dict[str, Any]:
    hidden = {"holder_slack_id", "holder_name", "duration_seconds"}
    return {key: value for key, value in data.items() if key not in hidden} | {
        "holder": person_in_words(data, "holder"),
        "duration": duration_in_words(data["duration_seconds"]),
        "approvers": people_in_words(data["approvers"], "reviewer"),
        "starts": data["activated_at"],
        "ends": data["ended_at"] or data["expires_at"],
        "cause": data["end_cause"],
    }
