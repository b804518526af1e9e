"""A report as one HTML file that needs nothing else: no network, and no script to be read."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from importlib.resources import files
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

from dbaccess.audit.report.document import Document
from dbaccess.audit.report.page.charts import charts
from dbaccess.audit.report.page.tables import labels, table
from dbaccess.audit.report.page.text import escaped, moment

_TITLE: Final = "Access report"


def write_html(report: Document, out: BinaryIO) -> None:
    """Write the page row by row; its policy lets only its own style and script run."""
    file = TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
    try:
        file.writelines(_page(report))
    finally:
        file.detach()


def _page(report: Document) -> Iterator[str]:
    style = _asset("page.css") + "".join(
        rule for spool in report.lists.values() for rule in labels(spool.section)
    )
    script = _asset("page.js")
    yield f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{_policy(style, script)}'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light">\n'
    yield f"<title>{_TITLE}, {_period(report)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield from _summary(report)
    for spool in report.lists.values():
        yield from table(spool)
    yield from _about(report)
    yield from _columns(report)
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the policy that forbids everything but this style and this script, by their hashes."""
    allowed = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{allowed}; form-action \'none\'">\n'


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _period(report: Document) -> str:
    """Return the first and the last day if the period consists of whole days; else both moments."""
    period = report.head["period"]
    begin, end = (datetime.fromisoformat(period[name]) for name in ("from", "to"))
    if begin.time() == end.time() == time.min:
        return f"{begin.date()} to {end.date() - timedelta(days=1)}, whole days in {period['zone']}"
    return f"{moment(period['from'])} to {moment(period['to'])} {period['zone']}"


def _summary(report: Document) -> Iterator[str]:
    yield f"<header><h1>{_TITLE}</h1><p>{_period(report)}{_filter(report.head['filter'])}</p></header>"
    if report.head["notes"]:
        notes = "".join(f"<p>{escaped(note)}</p>" for note in report.head["notes"])
        yield f'<div class="notes" role="note">{notes}</div>'
    yield f'<dl class="tiles">{"".join(_tile(*one) for one in _tiles(report))}</dl>'
    yield charts(report.figures)
    links = [f'<a href="#{name}">{escaped(s.section.title)}</a>' for name, s in report.lists.items()]
    yield f'<nav aria-label="Lists">{" ".join(links)} <a href="#about">About this report</a></nav>'


def _filter(filters: dict[str, Any]) -> str:
    given = [f"{name} {escaped(filters[name])}" for name in ("target", "person") if filters[name]]
    return f", only {' and '.join(given)}" if given else ", every target and person"


def _tiles(report: Document) -> Iterator[tuple[str, int, bool]]:
    """Yield label, number, and whether a number above zero asks for a look."""
    figures, lists = report.figures, report.lists
    yield "Grants", figures.grants, False
    yield "Verified ends", figures.verified, False
    yield "Late ends", figures.late, True
    yield "Never verified", figures.unverified, True
    yield "Own or unknown reviews", figures.own_reviews, True
    yield "Break-glass", figures.break_glass, False
    yield "Open reviews", lists["open_reviews"].rows, True
    yield "Do not fit the role", figures.mismatches, True
    yield "Not captured", figures.not_captured, False
    yield "Requests without access", lists["requests"].rows, False


def _tile(label: str, number: int, is_bad: bool) -> str:  # noqa: FBT001 a part of the tuple
    kind = ' class="bad"' if is_bad and number else ""
    return f"<div{kind}><dt>{escaped(label)}</dt><dd>{number:,}</dd></div>"


def _about(report: Document) -> Iterator[str]:
    head, ledger = report.head, report.head["ledger"]
    facts = {
        "Period": _period(report),
        "Filter": _filter(head["filter"]).removeprefix(", "),
        "Made": f"{moment(head['made_at'])} UTC by {escaped(head['made_by'])} with {escaped(head['tool'])}",
        "Recorded in the ledger": escaped(head["recorded"]),
        "Entries of the ledger": f"{ledger['first']} to {ledger['last']}, gaps {ledger['gaps']}",
        "Entries of the period": f"{ledger['first_of_period']} to {ledger['last_of_period']}",
        "Last hash of the ledger": escaped(ledger["head"] or "none"),
        "Checkpoint": escaped(head["checkpoint"] or "none was made"),
        "Grants by state": _counts(head["counts"]["grants"]),
        "Requests without access by state": _counts(head["counts"]["requests"]),
        "Digest of the report": report.whole,
    }
    yield '<section id="about"><h2>About this report</h2>'
    yield "<p>Times are in UTC, and those of the ledger. The word unknown stands for what was not recorded "
    yield "or not examined; an empty place does not apply, or has not come yet.</p>"
    listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
    yield f'<dl class="facts">{listed}</dl></section>'


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{escaped(state)} {number:,}" for state, number in counts.items()) or "none"


def _columns(report: Document) -> Iterator[str]:
    """Explain each column once, whichever list has it first."""
    seen: dict[str, str] = {}
    for spool in report.lists.values():
        for one in spool.section.columns:
            beside = " Not in the ledger." if one.beside else ""
            seen.setdefault(one.title, f"{one.about}{beside}")
    listed = (f"<dt>{escaped(title)}</dt><dd>{escaped(about)}</dd>" for title, about in seen.items())
    yield '<section id="columns"><h2>Columns</h2><dl class="columns">'
    yield from (f"<div>{one}</div>" for one in listed)
    yield "</dl></section>"
