"""Tables for people, JSON for programs."""

import json
import os
import pwd
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="The most rows to print.")]


def actor() -> str:
    """Return the operator for the ledger: `cli:osuser@host`, whatever the environment says."""
    user = os.getuid()
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:
        name = str(user)
    return f"cli:{name}@{socket.gethostname()}"


def show_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str
) -> None:
    """Print the rows in the given order; JSON holds every field, the table its columns."""
    found = list(rows)
    if as_json:
        typer.echo(json.dumps(found, default=str, ensure_ascii=False))
        return
    if not found:
        typer.echo(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "))
    for row in found:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    Console().print(table)


def show_json(fields: Mapping[str, Any]) -> None:
    """Print JSON."""
    typer.echo(json.dumps(fields, default=str, ensure_ascii=False))


def show_one(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Print every field on a line of its own."""
    if as_json:
        show_json(fields)
        return
    width = max(len(name) for name in fields)
    for name, value in fields.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {_plain(value)}")


def counted(many: int, what: str) -> str:
    """Return `1 test`, `2 tests`."""
    return f"{many} {what}{'' if many == 1 else 's'}"


def number(label: str, letter: str) -> int:
    """Return the id in `G-1042` or `1042`; raises a usage error that says how to write it."""
    digits = label.upper().removeprefix(f"{letter}-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):  # noqa: PLR2004 fits a bigint
        raise typer.BadParameter(f'"{label}" is not an id. Write {letter}-1042.')
    return int(digits)


def _cell(value: object) -> str:
    return escape(_plain(value))


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)
