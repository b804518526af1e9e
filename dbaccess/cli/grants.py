"""`dbaccess grants`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from dbaccess.cli.adopt import adopt_cluster
from dbaccess.cli.break_glass import review_in_words
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, actor, number, show_one, show_rows
from dbaccess.cli.revoke import COLUMNS, revoke, row, time_of
from dbaccess.domain.extension import Extension
from dbaccess.domain.failures import failure_in_words
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.request import Request
from dbaccess.domain.text import clean
from dbaccess.operations.grants.write_off import confirm_write_off, propose_write_off

app = typer.Typer(help="List, show and revoke grants.", no_args_is_help=True)
app.command("adopt")(adopt_cluster)


@app.command("list")
def list_(
    state: Annotated[GrantState | None, typer.Option(help="Only grants in this state.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List grants, the newest first.

    Example: dbaccess grants list --state active
    """
    with control() as begin, begin() as uow:
        found = uow.grants.recent(limit=limit, state=state.value if state else None)
    show_rows((row(grant) for grant in found), COLUMNS, as_json=as_json, empty="No grants.")


@app.command()
def show(
    grant: Annotated[str, typer.Argument(help="G-1042")],
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show one grant with its receipt.

    Example: dbaccess grants show G-1042
    """
    with control() as begin, begin() as uow:
        found = uow.grants.get(GrantId(number(grant, "G")))
        break_glass = uow.requests.get(found.request_id).terms.break_glass
        asked, extensions = uow.requests.of_grant(found.id), uow.extensions.of(found.id)
        review = uow.break_glass_reviews.of(found.request_id)
    fields = row(found) | {"failure": _failure(found)}
    fields |= {"request": f"R-{found.request_id}", "attempts": found.attempts}
    fields |= {"break_glass": break_glass, "break_glass_review": review_in_words(review) if review else None}
    fields["asked_later"] = [_later(r, extensions) for r in asked]
    times = ("created_at", "activated_at", "revoking_at", "ended_at", "written_off_at", "next_attempt_at")
    fields |= {name: time_of(getattr(found, name)) for name in times}
    fields |= {"end_cause": found.end_cause, "ended_by": found.ended_by, "end_note": found.end_note}
    fields |= {name: getattr(found, name) for name in ("write_off_by", "write_off_reason", "written_off_by")}
    fields["verified"] = _verified(found)
    fields["receipt"] = found.receipt.as_json() if found.receipt else None
    show_one(fields, as_json=as_json)


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


def _failure(grant: Grant) -> str | None:
    """Return the last failure's code in words."""
    return failure_in_words(grant.last_failure, target=grant.target) if grant.last_failure else None


def _verified(grant: Grant) -> bool | None:
    """Return whether the target was examined after the end; None while the grant is open."""
    return grant.state is GrantState.ENDED if grant.state.is_final else None


def _later(request: Request, extensions: Sequence[Extension]) -> str:
    """`R-1051 extension approved, ends …`."""
    said = f"{request.label} {request.terms.kind.value} {request.state.value}"
    done = next((extension for extension in extensions if extension.request_id == request.id), None)
    if done is None:
        return said
    return f"{said}, ends {time_of(done.expires_at)}" if done.expires_at else f"{said}, not done: {done.why}"
