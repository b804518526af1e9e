"""`dbaccess ledger bundle` and `dbaccess ledger verifier`."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from dbaccess.audit.bundle import Manifest, bundle_lines
from dbaccess.cli.audit_options import From, To, time_range
from dbaccess.cli.control import control
from dbaccess.cli.new_file import new_file
from dbaccess.cli.output import counted
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.errors import NotFound
from dbaccess.domain.ledger import Entry
from dbaccess.domain.ledger_body import UnreadableBody, named_seq
from dbaccess.operations.checkpoints.keys import introductions
from dbaccess.ports import UnitOfWork

_PAGE: Final = 1000
_MOST_NOTED: Final = 20


def bundle(
    out: Annotated[Path, typer.Option("--out", help="The file to make; one that is there is not replaced.")],
    since: From = None,
    until: To = None,
) -> None:
    """Write one file with entries, checkpoints and keys, which `dbaccess-verify` checks without dbaccess.

    With --to it goes on to the first checkpoint after that time, so that its last entries are proved too.

    Example: dbaccess ledger bundle --from 2026-03-01 --to 2026-03-31 --out march.jsonl
    """
    unreadable: list[str] = []
    with control() as begin, begin() as uow, new_file(out) as file:
        manifest, checkpoints = _extent(uow, since, until)
        lines = bundle_lines(
            manifest,
            introductions=[known for known in introductions(uow) if known[0] <= manifest.last],
            entries=_noting(uow.ledger.entries(after=manifest.first - 1), unreadable),
            checkpoints=checkpoints,
        )
        file.writelines(lines)
    entries = counted(manifest.last - manifest.first + 1, "entry")
    typer.echo(f"{out}: entries {manifest.first} to {manifest.last}, {entries} in all. Verify it with")
    typer.echo(f"  dbaccess-verify {out} --public-key ed25519:… --checkpoint WITNESS")
    for told in unreadable:
        typer.echo(told, err=True)


OfReport = Annotated[
    bool, typer.Option("--report", help="Print dbaccess_verify_report.py, which compares a report.")
]
OfColumns = Annotated[
    bool, typer.Option("--columns", help="Print dbaccess_verify_columns.py, which --report needs.")
]


def verifier(
    report: OfReport = False,  # noqa: FBT002 an option
    columns: OfColumns = False,  # noqa: FBT002 an option
) -> None:
    """Print `dbaccess_verify.py`, the one file that verifies a bundle.

    It needs Python 3.11 or newer and the package `cryptography`, and nothing of dbaccess. To compare a report
    with the bundle, it also needs the files that --report and --columns print, beside it.

    Example: dbaccess ledger verifier > dbaccess_verify.py
    """
    part = "_columns" if columns else "_report" if report else ""
    found = find_spec(f"dbaccess_verify{part}")
    assert found is not None and found.origin is not None  # noqa: S101, PT018 installed beside this package
    typer.echo(Path(found.origin).read_text(encoding="utf-8"), nl=False)


def _noting(entries: Iterable[Entry], unreadable: list[str]) -> Iterator[Entry]:
    """Yield the entries on; note some of those that are no events, which an owner alone could write."""
    for entry in entries:
        try:
            named_seq(entry.body)
        except UnreadableBody as why:
            if len(unreadable) < _MOST_NOTED:
                unreadable.append(f"Entry {entry.seq} cannot be read as an event: it {why}")
        yield entry


def _extent(uow: UnitOfWork, since: str | None, until: str | None) -> tuple[Manifest, list[SignedCheckpoint]]:
    begin, end = time_range(since, until)
    known, head = introductions(uow), uow.ledger.head()
    if head is None or not known:
        raise NotFound(
            "The ledger has no key yet, so a bundle proves nothing. Give the workers DBACCESS_LEDGER_KEY."
        )
    first = uow.ledger.place_before(begin) + 1 if begin is not None else 1
    place = uow.ledger.place_before(end, undated=True) if end is not None else None
    if place == 0:
        raise NotFound("The ledger has no entry of that time: it begins after --to.")
    newest = uow.checkpoints.last()
    # A checkpoint of an entry that is gone says that the bundle should have it.
    last = max(head.seq, newest.checkpoint.seq if newest is not None else 0)
    if place is not None:
        later = uow.checkpoints.after(place - 1, limit=1)
        last = later[0].checkpoint.seq if later else last
    if first > last:
        raise NotFound("The ledger has no entry of that time.")
    checkpoints = list(_checkpoints(uow, first, last))
    manifest = Manifest(
        installation=known[0][1].introduction.installation,
        first=first,
        last=last,
        checkpoints=len(checkpoints),
        tool=f"dbaccess {version('dbaccess')}",
        made_at=uow.now,
    )
    return manifest, checkpoints


def _checkpoints(uow: UnitOfWork, first: int, last: int) -> Iterator[SignedCheckpoint]:
    after = first - 1
    while page := uow.checkpoints.after(after, limit=_PAGE):
        for signed in page:
            if signed.checkpoint.seq > last:
                return
            yield signed
        after = page[-1].checkpoint.seq
