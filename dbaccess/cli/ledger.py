"""`dbaccess ledger`."""

import json
from typing import Any

import typer

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, show_rows
from dbaccess.domain.ledger import Entry, faults

app = typer.Typer(help="The record of everything that happened: one hash chain.", no_args_is_help=True)
_COLUMNS = ("seq", "at", "kind", "actor", "request", "grant")


@app.command()
def verify(as_json: AsJson = False) -> None:  # noqa: FBT002 an option
    """Check the whole chain: nothing changed, nothing missing. Exit code 1 where something is.

    A chain whose end was cut off is found only by comparing the last hash with a copy kept elsewhere.
    """
    with control()() as uow:
        head = uow.ledger.head()
        found = list(faults(uow.ledger.entries()))
    last = {"entries": head.seq if head else 0, "head": head.hash.hex() if head else None}
    if as_json:
        broken = [{"seq": fault.seq, "what": fault.what} for fault in found]
        typer.echo(json.dumps({**last, "faults": broken}))
    else:
        for fault in found:
            typer.secho(f"{fault.seq}: {fault.what}", fg=typer.colors.RED)
        if not found:
            typer.echo(f"{last['entries']} entries, one chain, nothing missing. Head {last['head']}")
    if found:
        raise typer.Exit(1)


@app.command()
def tail(limit: Limit = 20, as_json: AsJson = False) -> None:  # noqa: FBT002 an option
    """The last entries, oldest first.

    Example: dbaccess ledger tail -n 50
    """
    with control()() as uow:
        entries = uow.ledger.tail(limit)
    show_rows((_row(e) for e in entries), _COLUMNS, as_json=as_json, empty="The ledger is empty.")


def _row(entry: Entry) -> dict[str, Any]:
    fields = entry.fields
    request, grant = fields["request"], fields["grant"]
    fields |= {"request": f"R-{request}" if request else None, "grant": f"G-{grant}" if grant else None}
    return fields | {"hash": entry.hash.hex()}
