"""Options of commands that list records: a time, a target, a person, a rule, and a page."""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final

import typer

from dbaccess.cli.output import number
from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.ports import UnitOfWork

_TIME_HELP: Final = "2026-03-01, 2026-03-01T08:00Z, or 7d for 7 days ago"
From = Annotated[str | None, typer.Option("--from", help=f"Not before: {_TIME_HELP}.")]
To = Annotated[
    str | None, typer.Option("--to", help="Not after, written as --from; a date includes its whole day.")
]
OfTarget = Annotated[str | None, typer.Option("--target", help="Only of this target.")]
OfPerson = Annotated[
    str | None,
    typer.Option("--person", help="Only of this person: a name, a Slack id or a login of a target."),
]
OfRule = Annotated[str | None, typer.Option("--rule", help="Only by this rule.")]
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def time_range(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the moments; raises a usage error that says how to write one."""
    now = datetime.now(UTC)
    begin = _moment(since, now, option="--from") if since is not None else None
    end = _moment(until, now, option="--to") if until is not None else None
    if end is not None and until is not None and _DAY.fullmatch(until.strip()):
        end += timedelta(days=1)
    if begin is not None and end is not None and begin >= end:
        raise typer.BadParameter("--from is not before --to")
    return begin, end


def one_moment(text: str, *, option: str) -> datetime:
    """Return the moment; raises a usage error for a day, which is no moment, or says how to write one."""
    if text.strip() == "now":
        return datetime.now(UTC)
    if _DAY.fullmatch(text.strip()):
        raise typer.BadParameter(
            f"{option} is one moment: write {text.strip()}T10:00Z. For a whole day use --from and --to."
        )
    return _moment(text, datetime.now(UTC), option=option)


def record_filter(
    uow: UnitOfWork,
    *,
    since: str | None,
    until: str | None,
    person: str | None = None,
    target: str | None = None,
    rule: str | None = None,
    state: StrEnum | None = None,
    kind: StrEnum | None = None,
    after: str | None = None,
    letter: str = "R",
) -> RecordFilter:
    """Return what the options admit, with the person looked up.

    `after` is the last label of the page before, which begins with `letter`. Raises a usage error for a bad
    time or label.
    """
    begin, end = time_range(since, until)
    return RecordFilter(
        state=state.value if state else None,
        kind=kind.value if kind else None,
        target=target,
        rule=rule,
        since=begin,
        until=end,
        who=find_identities(uow, person) if person is not None else None,
        before=number(after, letter) if after is not None else None,
    )


def _moment(text: str, now: datetime, *, option: str) -> datetime:
    written = text.strip()
    try:
        if _DAY.fullmatch(written):
            return datetime.combine(date.fromisoformat(written), time(tzinfo=UTC))
        if re.match(r"\d{4}-", written):
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return now - parse_duration(written)
    except (ValueError, OverflowError, BadDuration) as error:
        raise typer.BadParameter(f'{option} "{text[:40]}" is no time. Write {_TIME_HELP}.') from error
