"""`dbaccess ledger`."""

import json
import re
from typing import Annotated, Any

import typer

from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, Limit, show_rows
from dbaccess.domain.ledger import Entry, Expected, faults
from dbaccess.domain.ledger_body import UnreadableBody

app = typer.Typer(help="Verify and read the ledger, the hash chain of all events.", no_args_is_help=True)
_HEAD = re.compile(r"(?:([1-9][0-9]{0,17}):)?([0-9a-fA-F]{64})")
_COLUMNS = ("seq", "at", "kind", "actor", "request", "grant")


@app.command()
def verify(
    expect: Annotated[
        str | None, typer.Option(help="SEQ:HASH or HASH of an earlier head, kept elsewhere.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Verify that each entry is unchanged, readable and in its place. Exit code 1: a fault was found.

    A chain that was cut off at its end is complete in itself. Keep the head that this prints somewhere
    else, and give it to --expect the next time.

    Example: dbaccess ledger verify --expect 4711:9f2c…
    """
    expected = _expected(expect) if expect is not None else None
    with control() as begin, begin() as uow:
        head = uow.ledger.head()
        found = list(faults(uow.ledger.entries(), expected=expected))
    entries = head.seq if head else 0
    last = f"{entries}:{head.hash.hex()}" if head else None
    if as_json:
        broken = [{"seq": fault.seq, "what": fault.what} for fault in found]
        typer.echo(json.dumps({"entries": entries, "head": last, "faults": broken}))
    else:
        for fault in found:
            typer.secho(f"{fault.seq}: {fault.what}", fg=typer.colors.RED)
        if not found:
            typer.echo(f"{entries} entries, one chain, nothing missing. Head {last}")
    if found:
        raise typer.Exit(1)


def _expected(text: str) -> Expected:
    """Return the head that `verify` printed, or its hash alone; raises a usage error for other text."""
    written = _HEAD.fullmatch(text.strip())
    if written is None:
        raise typer.BadParameter(f'"{text[:80]}" is no head. Write SEQ:HASH as `ledger verify` prints it.')
    seq, digest = written.groups()
    return Expected(hash=bytes.fromhex(digest), seq=int(seq) if seq else None)


@app.command()
def tail(limit: Limit = 20, as_json: AsJson = False) -> None:  # noqa: FBT002 an option
    """List the last entries, the oldest first.

    Example: dbaccess ledger tail -n 50
    """
    with control() as begin, begin() as uow:
        entries = uow.ledger.tail(limit)
    show_rows((_row(e) for e in entries), _COLUMNS, as_json=as_json, empty="The ledger is empty.")


def _row(entry: Entry) -> dict[str, Any]:
    try:
        fields = entry.fields
    except UnreadableBody as why:
        return {"seq": entry.seq, "kind": f"unreadable: it {why}", "hash": entry.hash.hex()}
    request, grant = fields["request"], fields["grant"]
    fields |= {"request": f"R-{request}" if request else None, "grant": f"G-{grant}" if grant else None}
    return fields | {"hash": entry.hash.hex()}
