"""`dbaccess audit review start|answer|show|close`: an access review with an end date."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dbaccess.cli.audit_rights import reading_rights
from dbaccess.cli.control import control
from dbaccess.cli.csv_rows import write_rows
from dbaccess.cli.output import AsJson, Limit, actor, counted, number, say_next, show_json, show_rows
from dbaccess.cli.records import moment
from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignItem
from dbaccess.domain.text import clean
from dbaccess.operations.access_reviews.answer import answer_item
from dbaccess.operations.access_reviews.end import close_access_review
from dbaccess.operations.access_reviews.remove import removable, request_removal
from dbaccess.operations.access_reviews.start import start_access_review
from dbaccess.operations.identity import Workspace
from dbaccess.policy_file import load_policy
from dbaccess.ports import UnitOfWork
from dbaccess.settings import ConfigSettings, SnapshotSettings

_COLUMNS: Final = (
    "item",
    "answer",
    "about",
    "path",
    "asked",
    "last_asked_at",
    "reason",
    "answered_by",
    "removal",
)
_LISTED: Final = ("review", "group", "state", "items", "open", "keep", "remove", "unanswered", "ends_at")
_CSV: Final = (
    "item",
    "answer",
    "reason",
    "answered_by",
    "answered_slack_id",
    "answered_at",
    "removal",
    "removal_note",
    *ReviewItem.__dataclass_fields__,
)
_PAGE: Final = 500
_ITEM: Final = re.compile(r"(?:AR-)?(\d{1,18})/(\d{1,9})", re.ASCII | re.IGNORECASE)
Review = Annotated[str, typer.Argument(help="AR-3")]


class Given(StrEnum):
    """The answers that an operator gives."""

    KEEP = "keep"
    REMOVE = "remove"


def start(
    group: Annotated[str, typer.Option(help="The group of the policy to review.")],
    until: Annotated[str, typer.Option(help="The last day, 2026-03-31 in UTC, or a moment with its zone.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="The days in which requests count.")] = 90,
    config: Annotated[Path | None, typer.Option(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Start an access review of a group. Its items are fixed now, and each waits for an answer until the end.

    The owners of the group are asked for answers in Slack, and reminded with the operators before the end. At
    the end each item without an answer is recorded.

    Example: dbaccess audit review start --group engineers --until 2026-03-31
    """
    ends_at = _end(until)
    with control() as begin:
        campaign = start_access_review(
            begin,
            actor=actor(),
            policy=load_policy(config or ConfigSettings.load().dbaccess_config),
            workspace=_workspace(),
            group=group,
            days=days,
            ends_at=ends_at,
            progress=_say_progress,
        )
    if as_json:
        show_json(_data(campaign, {None: campaign.items}))
        return
    ends = moment(campaign.ends_at)
    typer.echo(f"{campaign.label}: {counted(campaign.items, 'item')}, ends {ends}.")
    typer.echo(f"To see them: dbaccess audit review show {campaign.label}")


def answer(
    item: Annotated[str, typer.Argument(help="AR-3/17")],
    what: Annotated[Given, typer.Argument(help="keep or remove")],
    reason: Annotated[str, typer.Option("--reason", help="The ledger keeps it.")],
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Answer one item. A later answer replaces it until the end. An answer removes nothing by itself.

    Example: dbaccess audit review answer AR-3/17 remove --reason "left the team"
    """
    campaign_id, place = _place(item)
    with control() as begin:
        answered = answer_item(
            begin,
            actor=actor(),
            campaign_id=campaign_id,
            number=place,
            answer=Answer(what.value),
            reason=clean(reason),
        )
    if as_json:
        show_json(_item_data(answered))
    else:
        typer.echo(f"{answered.label}: {answered.about.label}. Answer: {what.value}.")
        if what is Given.REMOVE and answered.about.kind is ItemKind.STANDING:
            typer.echo(f"To remove it: dbaccess audit review remove {answered.label}")


def remove(
    item: Annotated[str, typer.Argument(help="AR-3/17")],
    apply: Annotated[bool, typer.Option("--apply", help="Have a worker remove it.")] = False,  # noqa: FBT002 an option
    config: Annotated[Path | None, typer.Option(help="Default: DBACCESS_CONFIG.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Print the SQL that removes standing access with the answer remove. With --apply a worker does it.

    A worker looks again first, removes the first membership of the path, and reads the cluster back. It may
    not remove what others granted, unless the server lets it; then run the SQL.

    Example: dbaccess audit review remove AR-3/17
    """
    from dbaccess.targets.registry import engine_of

    campaign_id, place = _place(item)
    with control() as begin:
        policy = load_policy(config or ConfigSettings.load().dbaccess_config)
        with begin() as uow:
            found, standing = removable(uow, policy, _workspace(), campaign_id, place)
        cluster = found.about.cluster or ""
        if cluster not in policy.clusters:
            raise typer.BadParameter(f"{cluster} is no cluster of the policy.")
        engine = engine_of(policy.clusters[cluster].driver)
        script = engine.removal_script(standing, installation=policy.installation)
        if apply:
            found = request_removal(
                begin,
                actor=actor(),
                policy=policy,
                workspace=_workspace(),
                campaign_id=campaign_id,
                number=place,
            )
    if as_json:
        show_json(_item_data(found) | {"sql": script})
        return
    typer.echo(script, nl=False)
    if apply:
        typer.echo(
            f"{found.label}: a worker does it. See: dbaccess audit review show {_review_of(found)}", err=True
        )


def show(
    review: Annotated[str | None, typer.Argument(help="AR-3, or none to list the last ones.")] = None,
    after: Annotated[str | None, typer.Option(help="The last item of the page before: AR-3/50.")] = None,
    unanswered: Annotated[bool, typer.Option("--open", help="Only items without an answer.")] = False,  # noqa: FBT002 an option
    limit: Limit = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV of all items.")] = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Show an access review with its items and their answers, or list the last ones.

    DATABASE_URL may be that of dbaccess_auditor.

    Example: dbaccess audit review show AR-3 --csv > review.csv
    """
    if as_csv and (as_json or after is not None or review is None):
        raise typer.BadParameter("--csv prints all items of one review. Leave out --json and --after.")
    with reading_rights(), control(snapshot=True) as begin, begin() as uow:
        if review is None:
            rows = [
                _data(one, uow.access_reviews.counts(one.id))
                for one in uow.access_reviews.recent(limit=limit)
            ]
            show_rows(rows, _LISTED, as_json=as_json, empty="No access reviews.")
            return
        campaign = uow.access_reviews.get(CampaignId(_number(review)))
        if as_csv:
            write_rows(map(_item_data, _all(uow, campaign, open_only=unanswered)), _CSV)
            return
        place = _place(after)[1] if after is not None else 0
        items = uow.access_reviews.items(campaign.id, after=place, limit=limit, open_only=unanswered)
        data = _data(campaign, uow.access_reviews.counts(campaign.id))
    if as_json:
        show_json(data | {"answers": [_item_data(item) for item in items]})
    else:
        show_rows([data], _LISTED, as_json=False, empty="")
        typer.echo("")
        show_rows([_in_words(item) for item in items], _COLUMNS, as_json=False, empty="No items.")
    say_next(len(items), limit, items[-1].label if items else None)


def close(review: Review, as_json: AsJson = False) -> None:  # noqa: FBT002 an option
    """Close an access review before its end. The workers record each item without an answer.

    Example: dbaccess audit review close AR-3
    """
    with control() as begin:
        campaign = close_access_review(begin, actor=actor(), campaign_id=CampaignId(_number(review)))
    if as_json:
        show_json({"review": campaign.label, "state": campaign.state.value})
    else:
        typer.echo(f"{campaign.label} takes no answer now. See: dbaccess audit review show {campaign.label}")


def _all(uow: UnitOfWork, campaign: Campaign, *, open_only: bool) -> Iterator[CampaignItem]:
    after = 0
    while found := uow.access_reviews.items(campaign.id, after=after, limit=_PAGE, open_only=open_only):
        yield from found
        after = found[-1].number


def _workspace() -> Workspace:
    return Workspace(team_id="", url="", snapshot_max_age=SnapshotSettings.load().snapshot_max_age)


def _say_progress(looked_at: int) -> None:
    typer.echo(f"{counted(looked_at, 'account')} looked at", err=True)


def _data(campaign: Campaign, counts: Any) -> dict[str, Any]:
    return {
        "review": campaign.label,
        "group": campaign.group,
        "state": campaign.state.value,
        "days": campaign.days,
        "items": campaign.items,
        "open": counts.get(None, 0),
        **{given.value: counts.get(given, 0) for given in Answer},
        "started_by": campaign.started_by,
        "started_at": moment(campaign.started_at),
        "ends_at": moment(campaign.ends_at),
        "asked_at": moment(campaign.asked_at),
        "reminded_at": moment(campaign.reminded_at),
        "closed_by": campaign.closed_by,
        "closed_at": moment(campaign.closed_at),
        "policy_hash": campaign.policy_hash,
        "groups_read_at": moment(campaign.groups_read_at),
        "digest": campaign.digest,
    }


def _item_data(item: CampaignItem) -> dict[str, Any]:
    return {
        "item": item.label,
        "answer": item.answer.value if item.answer else None,
        "reason": item.reason or None,
        "answered_by": item.answered_by,
        "answered_slack_id": item.answered_slack_id,
        "answered_at": moment(item.answered_at),
        "removal": item.removal.value if item.removal else None,
        "removal_note": item.removal_note or None,
        **item.about.as_json(),
    }


def _in_words(item: CampaignItem) -> dict[str, Any]:
    return _item_data(item) | {"about": item.about.label, "path": item.about.way}


def _review_of(item: CampaignItem) -> str:
    return item.label.partition("/")[0]


def _number(label: str) -> int:
    return number(label, "AR")


def _place(label: str) -> tuple[CampaignId, int]:
    found = _ITEM.fullmatch(label.strip())
    if found is None:
        raise typer.BadParameter(f'"{label[:40]}" is no item. Write AR-3/17.')
    return CampaignId(int(found[1])), int(found[2])


def _end(text: str) -> datetime:
    """Return the end; a date includes its whole day in UTC."""
    written = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
            return datetime.combine(date.fromisoformat(written), time(tzinfo=UTC)) + timedelta(days=1)
        found: datetime | None = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        how = "Write 2026-03-31, or 2026-03-31T18:00Z."
        raise typer.BadParameter(f'--until "{written[:40]}" is no date. {how}')
    return found.astimezone(UTC)
