"""`dbaccess audit review`."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dbaccess.cli import audit_campaign
from dbaccess.cli.audit_rights import reading_rights
from dbaccess.cli.control import control
from dbaccess.cli.csv_rows import write_rows
from dbaccess.cli.output import AsJson, Limit, counted, show_rows
from dbaccess.cli.records import moment
from dbaccess.domain.access_review import ReviewItem
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.standing_access import How
from dbaccess.operations.access_reviews.items import (
    ItemPage,
    ReviewScope,
    all_requestable,
    requestable,
    standing,
)
from dbaccess.operations.identity import Workspace, is_fresh
from dbaccess.policy_file import load_policy
from dbaccess.ports import UnitOfWork
from dbaccess.settings import ConfigSettings, SnapshotSettings

app = typer.Typer(help="Review who may request what, and what stands without a grant.")
app.command("start")(audit_campaign.start)
app.command("answer")(audit_campaign.answer)
app.command("remove")(audit_campaign.remove)
app.command("show")(audit_campaign.show)
app.command("close")(audit_campaign.close)
COLUMNS: Final = tuple(ReviewItem.__dataclass_fields__)
_SHOWN: Final = ("person", "name", "role", "where", "rules", "asked", "approved", "last_asked_at")
_STANDS: Final = ("cluster", "login", "person", "how", "role", "path", "since")

OfGroup = Annotated[str | None, typer.Option("--group", help="Only what this group of the policy leads to.")]
OfConfig = Annotated[Path | None, typer.Option("--config", help="Default: DBACCESS_CONFIG.")]


@app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    group: OfGroup = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="The days in which requests count.")] = 90,
    after: Annotated[str | None, typer.Option(help="The last account of the page before: U0MAYA.")] = None,
    limit: Limit = 50,
    config: OfConfig = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV of all accounts.")] = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List who may request what at any hour, who did so lately, and who holds roles without a grant.

    A page has so many accounts. The policy is the file, and people and groups are as Slack told them last.
    DATABASE_URL may be that of dbaccess_auditor.

    Example: dbaccess audit review --group engineers --days 90 --csv > review.csv
    """
    if context.invoked_subcommand is not None:
        return
    if as_csv and (as_json or after is not None):
        raise typer.BadParameter("--csv prints all accounts. Leave out --json and --after.")
    with reading_rights(), control(snapshot=True) as begin, begin() as uow:
        policy = load_policy(config or ConfigSettings.load().dbaccess_config)
        scope = ReviewScope(policy=policy, since=uow.now - timedelta(days=days), group=group)
        if as_csv:
            write_rows((item.as_json() for item in _all(uow, scope)), COLUMNS)
            _say_age(uow, policy)
            return
        page = requestable(uow, scope, after=SlackId(after) if after else None, limit=limit)
        stands = standing(uow, scope) if after is None else ()
        _show(page, stands, _head(uow, scope, days), as_json=as_json)
        _say_age(uow, policy)
    if page.last is not None:
        typer.echo(f"There may be more: --after {page.last}", err=True)


def _all(uow: UnitOfWork, scope: ReviewScope) -> Iterator[ReviewItem]:
    """Yield standing access first, then everything that can be requested."""
    yield from standing(uow, scope)
    for page in all_requestable(uow, scope, progress=_say_progress):
        yield from page.items
        for account in page.unread:
            typer.echo(f"{account} was not read from Slack yet: what it may request is unknown.", err=True)


def _say_progress(looked_at: int) -> None:
    typer.echo(f"{counted(looked_at, 'account')} looked at", err=True)


def _head(uow: UnitOfWork, scope: ReviewScope, days: int) -> dict[str, Any]:
    return {
        "group": scope.group,
        "policy_hash": scope.policy.hash,
        "days": days,
        "groups_read_at": moment(uow.directory.read_at()),
        "groups_are_fresh": _is_fresh(uow, scope.policy),
        "made_at": moment(uow.now),
    }


def _is_fresh(uow: UnitOfWork, policy: Policy) -> bool:
    workspace = Workspace(team_id="", url="", snapshot_max_age=SnapshotSettings.load().snapshot_max_age)
    return is_fresh(uow, policy, workspace)


def _say_age(uow: UnitOfWork, policy: Policy) -> None:
    """Say beside the output how old people and groups are."""
    read_at = uow.directory.read_at()
    if read_at is None:
        typer.echo("People and groups were never read from Slack: who may request what is unknown.", err=True)
        return
    old = "" if _is_fresh(uow, policy) else " They are too old, or the policy has groups that were not read."
    typer.echo(f"People and groups as of {_said(read_at)}.{old}", err=True)


def _said(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _show(page: ItemPage, stands: tuple[ReviewItem, ...], head: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        found = {
            "standing": [item.as_json() for item in stands],
            "requestable": [item.as_json() for item in page.items],
            "unread": list(page.unread),
            "next": page.last,
        }
        typer.echo(json.dumps(head | found, ensure_ascii=False))
        return
    rows = [_in_words(item) for item in page.items]
    show_rows(rows, _SHOWN, as_json=False, empty="None of these accounts may request a role.")
    if stands:
        typer.echo("")
        show_rows([_stands(item) for item in stands], _STANDS, as_json=False, empty="")
    for account in page.unread:
        typer.echo(f"{account} was not read from Slack yet: what it may request is unknown.", err=True)


def _in_words(item: ReviewItem) -> dict[str, Any]:
    guest = " (guest)" if item.guest else ""
    never = item.asked == 0
    return item.as_json() | {
        "name": f"{item.name}{guest}",
        "where": item.target,
        "rules": ", ".join(item.rules or ()),
        "last_asked_at": "never in this time" if never else item.last_asked_at,
    }


def _stands(item: ReviewItem) -> dict[str, Any]:
    if item.path is None:
        since = f"since {item.since}" if item.since else "never read"
        where = f"{item.cluster}, database {item.database}" if item.database else item.cluster
        return {"cluster": where, "login": f"unknown {since}"}
    may_take = item.how != How.PRIVILEGE
    usable = "" if item.usable else " (may give itself the role)" if may_take else " (not usable now)"
    return item.as_json() | {"path": item.way + usable}
