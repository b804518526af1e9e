"""`dbaccess ledger verify`."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dbaccess.audit.checkpoint_check import CheckpointCheck
from dbaccess.audit.trust import Placed, follow
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, counted
from dbaccess.cli.statement_check import read_statements
from dbaccess.cli.witness_check import WitnessReading, read_witnesses
from dbaccess.domain.checkpoint import SignedCheckpoint, UnreadableCheckpoint, parse_checkpoint
from dbaccess.domain.ledger import Entry, Expected, Fault, entries_of, faults
from dbaccess.domain.ledger_key import InvalidKey, PublicKey, read_public_key
from dbaccess.operations.checkpoints.keys import introductions
from dbaccess.operations.queries.changed_reaches import changed_reaches
from dbaccess.ports import UnitOfWork

_HEAD: Final = re.compile(r"(?:([1-9][0-9]{0,17}):)?([0-9a-fA-F]{64})")
_PAGE: Final = 1000


def verify(
    expect: Annotated[
        str | None, typer.Option(help="SEQ:HASH or HASH of an earlier head, kept elsewhere.")
    ] = None,
    public_key: Annotated[
        list[str] | None, typer.Option("--public-key", help="A public key that you kept: ed25519:….")
    ] = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option("--checkpoint", help="A checkpoint that a witness kept, or a file with one a line."),
    ] = None,
    statements: Annotated[  # noqa: FBT002 an option
        bool, typer.Option(help="Compare the statements on record with the digests of their summaries.")
    ] = True,
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Verify that each entry is unchanged, in its place, and what checkpoints signed. Exit code 1: a fault.

    Each fault has its place and its kind. Without --public-key the command trusts the first key that the
    ledger introduced, which the database's owner could have replaced. A chain that lost its last entries
    still verifies. Give a checkpoint that a witness kept with --checkpoint: it shows what is gone. In the
    workers' environment the command also reads the witnesses that can be read back.

    Every statement on record is read, unless --no-statements is given: then a change of statements goes
    unseen. Not compared in any case: statements of open grants, of grants that are still being counted, and
    those that a purge deleted. The output has their numbers.

    Example: dbaccess ledger verify --public-key ed25519:… --checkpoint witness.jsonl
    """
    expected = _expected(expect) if expect is not None else None
    given = [_public_key(text) for text in public_key or ()]
    kept = [signed for text in checkpoint or () for signed in _checkpoints(text)]
    with control() as begin:
        with begin() as uow:
            check = _check(uow, given, kept)
        witnesses = read_witnesses(begin, check)
        with begin() as uow:
            head = uow.ledger.head()
            found: list[Fault] = []
            entries = entries_of(uow.ledger.filed(), found)
            found += faults(check.passing(entries), expected=expected)
            found += changed_reaches(uow, until=head.seq if head else 0)
    read = read_statements(wanted=statements)
    found += read.faults
    found += check.faults(last=head.seq if head else 0)
    found += [reading.fault for reading in witnesses if reading.fault is not None]
    found.sort(key=lambda fault: fault.seq)
    if as_json:
        said = _data(head, check, found) | {"witnesses": [reading.data() for reading in witnesses]}
        said["statements"] = read.data()
        typer.echo(json.dumps({**said, "expected": expect}))
    else:
        _show(head, check, found, witnesses, trusts_itself=not given)
        typer.echo(str(read))
    if found:
        raise typer.Exit(1)


def _check(uow: UnitOfWork, given: list[PublicKey], kept: list[SignedCheckpoint]) -> CheckpointCheck:
    """Return the check, with every checkpoint of the control database and those that were given."""
    known = introductions(uow)
    trusted = given or [signed.introduction.key for _, signed in known[:1]]
    check = CheckpointCheck(trust=follow(trusted, known), installation=_installation(known, kept))
    for signed in kept:
        check.take(signed, source="that was given")
    after = 0
    while page := uow.checkpoints.after(after, limit=_PAGE):
        for signed in page:
            check.take(signed, source="in the control database", outside=False)
        after = page[-1].checkpoint.seq
    return check


def _installation(known: list[Placed], kept: list[SignedCheckpoint]) -> str | None:
    """Return the installation that the first key was introduced for; before that, what a witness kept."""
    if known:
        return known[0][1].introduction.installation
    return kept[0].checkpoint.installation if kept else None


def _data(head: Entry | None, check: CheckpointCheck, found: list[Fault]) -> dict[str, Any]:
    entries = head.seq if head else 0
    return {
        "entries": entries,
        "head": f"{entries}:{head.hash.hex()}" if head else None,
        "complete_to": None if found else entries,
        "signed_to": check.proved,
        "kept_elsewhere_to": check.kept_to or None,
        "later_entries": _later_entries(check, entries),
        "keys": sorted(check.trust.keys),
        "faults": [{"seq": fault.seq, "kind": fault.kind, "what": fault.what} for fault in found],
    }


def _later_entries(check: CheckpointCheck, entries: int) -> str:
    """Return what checkpoints from outside show of entries after the last one that is here."""
    if not check.kept_to:
        return "unknown"
    return "cut_off" if check.kept_to > entries else "none_known"


def _show(
    head: Entry | None,
    check: CheckpointCheck,
    found: list[Fault],
    witnesses: list[WitnessReading],
    *,
    trusts_itself: bool,
) -> None:
    for fault in found:
        typer.secho(f"{fault.seq}: {fault.kind}: {fault.what}", fg=typer.colors.RED)
    if not found:
        typer.echo(_complete(head, check))
        typer.echo(_signed(check, trusts_itself=trusts_itself))
    for reading in witnesses:
        if reading.fault is None:
            typer.echo(str(reading))


def _complete(head: Entry | None, check: CheckpointCheck) -> str:
    if head is None:
        return "0 entries. Whether the ledger had any cannot be known without a head that was kept elsewhere."
    later = "Whether later entries were cut off cannot be known from here."
    if check.kept_to:
        later = f"Of checkpoints kept elsewhere the last is of entry {check.kept_to}; none is of a later one."
    return (
        f"{counted(head.seq, 'entry')}, one chain, complete up to entry {head.seq}. "
        f"Head {head.seq}:{head.hash.hex()}\n"
        f"{later} Keep this head elsewhere, and give it to --expect the next time."
    )


def _signed(check: CheckpointCheck, *, trusts_itself: bool) -> str:
    if not check.proved:
        return "No checkpoint: whether the whole chain was made anew cannot be known."
    said = f"Signed up to entry {check.proved}, with key {', '.join(sorted(check.trust.keys))}."
    if trusts_itself:
        said += " The ledger itself names that key: give the public key that you kept to --public-key."
    return said


def _expected(text: str) -> Expected:
    """Return the head that `verify` printed, or its hash alone; raises a usage error for other text."""
    written = _HEAD.fullmatch(text.strip())
    if written is None:
        raise typer.BadParameter(f'"{text[:80]}" is no head. Write SEQ:HASH as `ledger verify` prints it.')
    seq, digest = written.groups()
    return Expected(hash=bytes.fromhex(digest), seq=int(seq) if seq else None)


def _public_key(text: str) -> PublicKey:
    try:
        return read_public_key(text)
    except InvalidKey as why:
        raise typer.BadParameter(f"--public-key {why}") from None


def _checkpoints(text: str) -> list[SignedCheckpoint]:
    """Return the checkpoint of a line, or those of a file; a line that a crash cut off proves nothing."""
    try:
        if text.lstrip().startswith("{"):
            return [parse_checkpoint(text)]
        with Path(text).open("rb") as file:
            lines = [line for line in iter(lambda: file.readline(2048), b"") if line.strip()]
    except UnreadableCheckpoint as why:
        raise typer.BadParameter(f"--checkpoint {why}") from None
    except OSError as error:
        raise typer.BadParameter(f"--checkpoint {text[:200]}: {error.strerror}") from None
    return _readable(lines)


def _readable(lines: list[bytes]) -> list[SignedCheckpoint]:
    found, torn = [], None
    for line in lines:
        try:
            found.append(parse_checkpoint(line))
        except UnreadableCheckpoint as why:
            torn = why
    if torn is not None and not found:
        raise typer.BadParameter(f"--checkpoint {torn}")
    return found
