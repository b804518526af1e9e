"""Tables for people, JSON for programs."""

import json
import os
import pwd
import socket
import sys
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
    cells = [[_plain(row.get(column)) for column in columns] for row in found]
    heads = [column.replace("_", " ") for column in columns]
    if sys.stdout.isatty():
        _show_table(heads, cells)
    else:
        _show_lines(heads, cells)


def show_page(
    rows: Sequence[Mapping[str, Any]],
    words: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    limit: int,
    as_json: bool,
    empty: str,
) -> None:
    """Print a page of records, in `words` unless as JSON; the first column is the label for the next page."""
    show_rows(rows if as_json else words, columns, as_json=as_json, empty=empty)
    say_next(len(rows), limit, rows[-1][columns[0]] if rows else None)


def say_next(found: int, limit: int, last: str | None) -> None:
    """Say beside the output how to get the next page, if there may be one."""
    if last is not None and found >= limit:
        typer.echo(f"There may be more: --after {last}", err=True)


def _show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def _show_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one line a row, whole however long: a file and a pipe have no width."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        typer.echo("  ".join(map(str.ljust, row, widths)).rstrip())


def show_json(fields: Mapping[str, Any]) -> None:
    """Print JSON."""
    typer.echo(json.dumps(fields, default=str, ensure_ascii=False))


def show_one(fields: Mapping[str, Any]) -> None:
    """Print every field on a line of its own."""
    width = max(len(name) for name in fields)
    for name, value in fields.items():
        # Several values are on several lines, the name beside the first.
        lines = [*map(_plain, value)] if isinstance(value, list | tuple) else [_plain(value)]
        for number, line in enumerate(lines or [""]):
            label = "" if number else name.replace("_", " ")
            typer.echo(f"{label:<{width}}  {line}".rstrip())


def counted(many: int, what: str) -> str:
    """Return `1 test`, `2 tests`, `2 entries`; `what` is one of them."""
    if many == 1:
        return f"1 {what}"
    return f"{many} {what[:-1]}ies" if what.endswith("ry") else f"{many} {what}s"


def number(label: str, letter: str) -> int:
    """Return the id in `G-1042` or `1042`; raises a usage error that says how to write it."""
    digits = label.upper().removeprefix(f"{letter}-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):  # noqa: PLR2004 fits a bigint
        raise typer.BadParameter(f'"{label}" is not an id. Write {letter}-1042.')
    return int(digits)


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)
