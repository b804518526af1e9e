"""`dbaccess grants revoke`: one grant, or all that match."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, actor, counted, number, show_json, show_rows
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.text import clean
from dbaccess.operations.grants.end_early import revoke_by_operator, revoke_many
from dbaccess.ports import UnitOfWorkFactory

COLUMNS = ("grant", "state", "holder", "role", "target", "login", "expires_at", "last_failure")


def revoke(
    reason: Annotated[str, typer.Option("--reason", help="The holders read this.")],
    grant: Annotated[str | None, typer.Argument(help="G-1042, or none with --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open grant that matches the filters.")] = False,  # noqa: FBT002 an option
    target: Annotated[str | None, typer.Option(help="Only grants on this target.")] = None,
    person: Annotated[
        str | None, typer.Option(help="Only grants of this person: a name or Slack id.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Revoke one grant now, or all that match. The workers do it and report in Slack.

    With --all it shows the grants and asks. Exit code 1: you said no, or no grant matches.

    Example: dbaccess grants revoke G-1042 --reason "laptop lost"

    Example: dbaccess grants revoke --all --target orders-prod --person maya --reason "laptop lost"
    """
    filtered = target is not None or person is not None
    if (grant is None) is not every or (grant is not None and filtered):
        raise typer.BadParameter("write one grant, or --all with --target and --person as filters")
    if as_json and every and not yes:
        raise typer.BadParameter("--json does not ask: write --yes too")
    grant_id = GrantId(number(grant, "G")) if grant is not None else None
    with control() as begin:
        if grant_id is not None:
            found = [revoke_by_operator(begin, actor=actor(), grant_id=grant_id, reason=clean(reason))]
        else:
            found = _revoke_all(begin, target=target, person=person, reason=clean(reason), ask=not yes)
    _say(found, as_json=as_json)


def row(grant: Grant) -> dict[str, Any]:
    """Return a grant as lists show it."""
    return {
        "grant": grant.label,
        "state": grant.state.value,
        "holder": grant.holder,
        "role": grant.role,
        "target": grant.target,
        "login": grant.recipe.login if grant.recipe else None,
        "expires_at": time_of(grant.expires_at),
        "last_failure": grant.last_failure,
    }


def time_of(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _revoke_all(
    begin: UnitOfWorkFactory, *, target: str | None, person: str | None, reason: str, ask: bool
) -> list[Grant]:
    """Revoke exactly the grants that were shown: one that begins meanwhile is left."""
    with begin() as uow:
        found = uow.grants.held(target=target, person=person)
    if ask and found:
        show_rows(map(row, found), COLUMNS, as_json=False, empty="")
        typer.confirm(f"Revoke {counted(len(found), 'grant')}?", abort=True)
    return revoke_many(begin, actor=actor(), grant_ids=[grant.id for grant in found], reason=reason)


def _say(revoked: Sequence[Grant], *, as_json: bool) -> None:
    if as_json:
        show_json({"revoking": [grant.label for grant in revoked]})
    elif len(revoked) == 1:
        label = revoked[0].label
        typer.echo(f"{label} is revoking. Reported as ended once verified: dbaccess grants show {label}")
    elif revoked:
        typer.echo(
            f"{len(revoked)} grants are revoking. Reported as ended once verified: dbaccess grants list"
        )
    else:
        typer.echo("No open grant matches.")
    if not revoked:
        raise typer.Exit(1)
