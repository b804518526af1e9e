"""`dbaccess ledger`."""

import json
from collections import deque
from enum import StrEnum
from itertools import islice
from typing import Annotated

import typer

from dbaccess.audit.entry_formats import FORMATS, as_row
from dbaccess.cli.audit_options import From, OfPerson, OfTarget, To
from dbaccess.cli.control import control
from dbaccess.cli.entry_filter import OfKind, entry_filter, matching
from dbaccess.cli.ledger_bundle import bundle, verifier
from dbaccess.cli.ledger_keys import keygen, rotate
from dbaccess.cli.ledger_verify import verify
from dbaccess.cli.output import AsJson, Limit, say_next, show_rows

app = typer.Typer(help="Verify and read the ledger, the hash chain of all events.", no_args_is_help=True)
for command in (verify, bundle, verifier, keygen, rotate):
    app.command()(command)


class Format(StrEnum):
    """How `ledger export` writes an entry."""

    JSON = "json"
    OCSF = "ocsf"


_COLUMNS = ("seq", "at", "kind", "actor", "request", "grant")


@app.command()
def tail(
    kind: OfKind = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    after: Annotated[
        int | None, typer.Option("--after", min=0, help="List the first entries after this one instead.")
    ] = None,
    limit: Limit = 20,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """List the last entries, the oldest first.

    Example: dbaccess ledger tail -n 50 --person maya --from 7d
    """
    with control() as begin, begin() as uow:
        only = entry_filter(uow, kind=kind, since=since, until=until, target=target, person=person)
        if only is None and after is None:
            entries = uow.ledger.tail(limit)
        elif after is None:
            entries = list(deque(matching(uow, only, after=0), maxlen=limit))
        else:
            entries = list(islice(matching(uow, only, after=after), limit))
    rows = [as_row(entry) for entry in entries]
    if not as_json:
        rows = [row | {"kind": row["kind"] or f"unreadable: it {row['unreadable']}"} for row in rows]
    empty = "The ledger is empty." if only is None and after is None else "The ledger has no such entry."
    show_rows(rows, _COLUMNS, as_json=as_json, empty=empty)
    if after is not None:
        say_next(len(rows), limit, str(rows[-1]["seq"]) if rows else None)


@app.command()
def export(
    kind: OfKind = None,
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Only entries after this one.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="The most entries.")] = None,
    form: Annotated[Format, typer.Option("--format", help="json is our own, ocsf is for security tools.")] = (
        Format.JSON
    ),
) -> None:
    """Write entries as JSON, one a line, the oldest first.

    In the format json each line has all that a verification needs. Without filters the lines are the whole
    chain: the hash of each is SHA-256 over the hash before and the body. In the format ocsf each line is an
    event of Identity & Access Management. To go on later, give the seq of the last line to --after; in ocsf
    it is `metadata.sequence`.

    Example: dbaccess ledger export --format ocsf --after 4711 > events.jsonl
    """
    with control() as begin, begin() as uow:
        only = entry_filter(uow, kind=kind, since=since, until=until, target=target, person=person)
        for entry in islice(matching(uow, only, after=after), limit):
            typer.echo(json.dumps(FORMATS[form.value](entry), ensure_ascii=False))
