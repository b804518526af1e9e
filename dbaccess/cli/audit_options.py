"""Options of commands that list records: a time, a target, a person, a rule, and a page."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from dbaccess.cli.output import number
from dbaccess.domain.errors import BadTime
from dbaccess.domain.period import HOW, is_day, read_moment, read_period
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.operations.activity.report import recorded_policy
from dbaccess.operations.queries.auditors import check_names
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.ports import UnitOfWork

From = Annotated[str | None, typer.Option("--from", help=f"Not before: {HOW}.")]
To = Annotated[
    str | None, typer.Option("--to", help="Not after, written as --from; a date includes its whole day.")
]
OfTarget = Annotated[str | None, typer.Option("--target", help="Only of this target.")]
OfPerson = Annotated[
    str | None,
    typer.Option("--person", help="Only of this person: a name, a Slack id or a login of a target."),
]
OfRule = Annotated[str | None, typer.Option("--rule", help="Only by this rule.")]


def time_range(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the moments; raises a usage error that says how to write one."""
    try:
        return read_period(since, until, datetime.now(UTC))
    except BadTime as error:
        raise typer.BadParameter(f"--from or --to: {error}") from error


def one_moment(text: str, *, option: str) -> datetime:
    """Return the moment; raises a usage error for a day, which is no moment, or says how to write one."""
    if is_day(text):
        raise typer.BadParameter(
            f"{option} is one moment: write {text.strip()}T10:00Z. For a whole day use --from and --to."
        )
    try:
        return read_moment(text, datetime.now(UTC))
    except BadTime as error:
        raise typer.BadParameter(f"{option} {error}") from error


def refuse_unknown(
    uow: UnitOfWork, *, target: str | None = None, role: str | None = None, rule: str | None = None
) -> None:
    """Raise `UnknownName` for a name that no record has and that the workers' last policy lacks."""
    check_names(uow, lambda: recorded_policy(uow), target=target, role=role, rule=rule)


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
    time or label, and `UnknownName` as `refuse_unknown` does.
    """
    refuse_unknown(uow, target=target, rule=rule)
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
