"""The lists of a report as tables that people read, print, sort and filter."""

from collections.abc import Iterator
from typing import Any, Final

from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Column, Kind, Row, Section
from dbaccess.audit.report.page.groups import details
from dbaccess.audit.report.page.text import escaped, worded
from dbaccess.audit.report.spool import Spool

Groups = list[tuple[str, list[tuple[str, Column]]]]
"""Groups of columns, each with its title as HTML."""

_NUMBERS: Final = {Kind.NUMBER, Kind.SECONDS, Kind.MILLISECONDS}


def table(spool: Spool) -> Iterator[str]:
    """Yield the section with its table; each row is a body of its own, so that details stay beside it."""
    section = spool.section
    yield f'<section id="{section.name}"><h2>{escaped(section.title)} <small>{spool.rows:,}</small></h2>'
    yield f"<p>{escaped(section.about)}</p>"
    if not spool.rows:
        yield f'<p class="none">{escaped(section.empty)}</p></section>'
        return
    main = [one for one in section.columns if one.is_main]
    # Escaped once, and not for each of thousands of rows.
    groups = [
        (escaped(group), [(f"<i>{escaped(one.title)}</i>", one) for one in columns])
        for group, columns in details(section)
    ]
    heads = "".join(map(_head, main))
    yield f'<table data-name="{escaped(section.title)}"><thead><tr>{heads}</tr></thead>'
    for row in spool:
        yield f"<tbody><tr>{''.join(_cell(one, row) for one in main)}</tr>"
        yield f'<tr class="more"><td colspan="{len(main)}">{_details(groups, row)}</td></tr></tbody>'
    yield "</table></section>"


def labels(section: Section) -> Iterator[str]:
    """Yield rules that name each cell on a narrow screen, where the table has no head."""
    main = [one for one in section.columns if one.is_main]
    for number, one in enumerate(main, start=1):
        title = one.title.replace("\\", "\\\\").replace('"', '\\"')
        yield f'#{section.name} td:nth-child({number})::before{{content:"{title}"}}'


def _head(column: Column) -> str:
    kind = ' class="number"' if column.kind in _NUMBERS else ""
    return f'<th scope="col"{kind} title="{escaped(column.about)}">{escaped(column.title)}</th>'


def _cell(column: Column, row: Row) -> str:
    value = row[column.name]
    text = _person(row) if column.name == "person" else worded(column, value)
    if column.name == "grant" and "late" in row:
        text += "".join(f' <mark class="{kind}">{said}</mark>' for kind, said in _marks(row))
    kind = _class(column, value)
    sort = f' data-v="{value}"' if column.kind in _NUMBERS and isinstance(value, int) else ""
    return f"<td{kind}{sort}>{text}</td>"


def _class(column: Column, value: Any) -> str:
    if value == UNKNOWN:
        return ' class="unknown"'
    return (
        ' class="number"' if column.kind in _NUMBERS else ' class="time"' if column.kind is Kind.TIME else ""
    )


def _person(row: Row) -> str:
    """The displayed name first, with the name or the id that is in the ledger below."""
    name, person = row["name"], escaped(row["person"])
    return person if name == UNKNOWN else f"{escaped(name)}<small>{person}</small>"


def _marks(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what a reader should look at first."""
    if row["break_glass"] == YES:
        yield "note", "break-glass"
    if row["late"] == YES:
        yield "bad", "late"
    if row["verified"] == NO:
        yield "bad", "not verified"
    if row["self_review"] != NO:
        yield "bad", "own review"
    if row["mismatch"] not in {None, NO, UNKNOWN}:
        yield "bad", "does not fit the role"


def _details(groups: Groups, row: Row) -> str:
    """Return every other column in a few lines, so that a page of thousands of rows stays light."""
    lines = []
    for group, columns in groups:
        said = [f"{title} {text}" for title, one in columns if (text := worded(one, row[one.name]))]
        if said:
            lines.append(f"<dt>{group}</dt><dd>{' · '.join(said)}</dd>")
    return f"<details><summary>All columns</summary><dl>{''.join(lines)}</dl></details>"
