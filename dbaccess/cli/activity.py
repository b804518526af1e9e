"""`dbaccess activity`."""

from collections import Counter
from typing import Annotated

import typer

from dbaccess.cli.activity_data import page_key, read_key, report_data, show_statements, statement_data
from dbaccess.cli.activity_import import import_files
from dbaccess.cli.audit_options import From, OfPerson, OfTarget, To, refuse_unknown, time_range
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, actor, counted, number, say_next, show_json
from dbaccess.cli.waiting import waiting
from dbaccess.cli.words import activity_in_words
from dbaccess.domain.activity import StatementFilter, StatementKind
from dbaccess.domain.grant import GrantId
from dbaccess.operations.activity.purge import Purged, purge_statements
from dbaccess.operations.activity.show_statements import look_from_command_line, search_from_command_line
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.policy_file import load_policy
from dbaccess.settings import ConfigSettings

app = typer.Typer(help="Show, search, import and purge the statements of grants.", no_args_is_help=True)
app.command("import")(import_files)

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV with every field.")]
OfKind = Annotated[StatementKind | None, typer.Option("--kind", help="Only statements of this kind.")]
OfTable = Annotated[str | None, typer.Option("--table", help="Only on this table: orders, shop.orders.")]
ErrorsOnly = Annotated[bool, typer.Option("--errors", help="Only statements that failed.")]
After = Annotated[str | None, typer.Option("--after", help="The end of the page before, as it was printed.")]


@app.command()
def show(
    grant: Annotated[str, typer.Argument(help="G-1042")],
    text: Annotated[str | None, typer.Option("--text", help="Words that all occur in the statement.")] = None,
    since: From = None,
    until: To = None,
    kind: OfKind = None,
    table: OfTable = None,
    errors: ErrorsOnly = False,  # noqa: FBT002 an option
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
    as_csv: AsCsv = False,  # noqa: FBT002 an option
) -> None:
    """Show what a grant ran, oldest first, with its figures and how far statements were captured.

    The ledger records each look; DATABASE_URL may be an auditor's.

    Example: dbaccess activity show G-1042 --kind write
    """
    begins, ends = time_range(since, until)
    only = StatementFilter(kind=kind, table=table, words=text, since=begins, until=ends, errors_only=errors)
    with waiting("Reading statements"), control() as begin:
        held, report, found = look_from_command_line(
            begin,
            actor=actor(),
            grant_id=GrantId(number(grant, "G")),
            only=only,
            after=read_key(after),
            limit=limit,
        )
    if as_json:
        rows = {"statements": [statement_data(one) for one in found]}
        show_json(report_data(report, held) | rows)
    else:
        for line in activity_in_words(report, held):
            typer.echo(line, err=as_csv)
        show_statements(found, as_json=False, as_csv=as_csv, empty="No statements to show.")
    say_next(len(found), limit, page_key(found[-1].key) if found else None)


@app.command()
def search(
    text: Annotated[str | None, typer.Argument(help="Words that all occur in the statement.")] = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    role: Annotated[str | None, typer.Option("--role", help="Only under grants of this role.")] = None,
    person: OfPerson = None,
    kind: OfKind = None,
    table: OfTable = None,
    errors: ErrorsOnly = False,  # noqa: FBT002 an option
    after: After = None,
    limit: Limit = 50,
    as_json: AsJson = False,  # noqa: FBT002 an option
    as_csv: AsCsv = False,  # noqa: FBT002 an option
) -> None:
    """Search the statements of all grants, the newest first. The ledger records each search.

    Statements that were not captured cannot be found: see the coverage of each grant.

    Example: dbaccess activity search refunds --table shop.orders --from 7d
    """
    begins, ends = time_range(since, until)
    with waiting("Searching statements"), control() as begin:
        with begin() as uow:
            refuse_unknown(uow, target=target, role=role)
            who = find_identities(uow, person) if person is not None else None
        only = StatementFilter(
            kind=kind,
            table=table,
            words=text,
            target=target,
            role=role,
            who=who,
            since=begins,
            until=ends,
            errors_only=errors,
        )
        found = search_from_command_line(
            begin, actor=actor(), only=only, person=person, before=read_key(after), limit=limit
        )
    show_statements(found, as_json=as_json, as_csv=as_csv, empty="No captured statement fits.")
    say_next(len(found), limit, page_key(found[-1].key) if found else None)


@app.command()
def purge() -> None:
    """Delete the texts of statements once the retention of their target is over. Figures and digests stay.

    The ledger says how many of each grant. An interrupted run goes on where it stopped. DATABASE_URL is the
    worker's.

    Example: dbaccess activity purge
    """
    gone: Counter[GrantId] = Counter()

    def tell(step: Purged) -> None:
        gone.update(step.statements)
        typer.echo(f"{step.target}: {counted(gone.total(), 'statement')} so far", err=True)

    with control() as begin:
        policy = load_policy(ConfigSettings.load().dbaccess_config)
        purge_statements(begin, policy=policy, actor=actor(), told=tell)
    typer.echo(f"Deleted {counted(gone.total(), 'statement')} of {counted(len(gone), 'grant')}.")
    if not any(target.retention for target in policy.targets.values()):
        typer.echo('No target has a retention: write retention = "90d" under [targets.NAME].')
