"""`dbaccess activity import`."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any, Final

import typer

from dbaccess.activity.export_file import ExportFile, HowToRead
from dbaccess.activity.exports import ExportFormat
from dbaccess.activity.garbage import collect_rarely
from dbaccess.activity.importing import Import, Imported
from dbaccess.cli.control import control
from dbaccess.cli.output import AsJson, actor, counted, show_json
from dbaccess.cli.records import moment
from dbaccess.domain.errors import NotFound
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import load_policy
from dbaccess.settings import ConfigSettings

WithoutLogins = Annotated[
    bool,
    typer.Option(
        "--without-logins", help="Count a file without a login of ours: you know that it is of the cluster."
    ),
]

STDIN: Final = "-"
_SAID_EVERY: Final = 1.0


def import_files(
    files: Annotated[list[str], typer.Argument(help="Exported logs, plain or gzip; - reads standard input.")],
    cluster: Annotated[str, typer.Option("--cluster", help="The cluster of the policy that wrote the log.")],
    kind: Annotated[
        ExportFormat | None, typer.Option("--format", help="The format, where the file does not show it.")
    ] = None,
    prefix: Annotated[
        str | None, typer.Option("--prefix", help="The server's log_line_prefix, for stderr.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--time-zone", help="The server's log_timezone, if not UTC, for stderr.")
    ] = None,
    without_logins: WithoutLogins = False,  # noqa: FBT002 an option
    as_json: AsJson = False,  # noqa: FBT002 an option
) -> None:
    """Store what grants ran from logs that a cloud exported. A line is stored once, however often.

    The cluster has capture = { source = "import" }. The ledger records each file, so DATABASE_URL is the
    worker's.

    Example: dbaccess activity import postgresql.log.2026-03-01-14.csv --cluster main
    """
    policy = load_policy(ConfigSettings.load().dbaccess_config)
    _check(policy, cluster)
    how = HowToRead(kind=kind, prefix=prefix, zone=zone)
    done: list[Imported] = []
    collect_rarely()
    with ExitStack() as opened, control() as begin:
        work = Import(
            cluster=cluster,
            others=sorted(policy.clusters.keys() - {cluster}),
            begin=begin,
            actor=actor(),
            without_logins=without_logins,
            progress=_Progress().say,
        )
        exports = [ExportFile(_name(file), opened.enter_context(_open(file)), how) for file in files]
        for one in work.run(exports):
            done.append(one)
            if not as_json:
                for line in _in_words(one, cluster):
                    typer.echo(line)
        with begin() as uow:
            imported_to = uow.log_positions.caught_up_at(cluster)
    if as_json:
        show_json({"imported_to": moment(imported_to), "files": [_data(one) for one in done]})
    elif imported_to is None:
        typer.echo(f"{cluster}: nothing is imported yet.")
    else:
        typer.echo(f"{cluster}: imported up to {imported_to.isoformat(timespec='seconds')}.")


def _check(policy: Policy, cluster: str) -> None:
    """Raise unless the policy says that the cluster's log is imported."""
    if cluster not in policy.clusters:
        raise NotFound(f"The policy has no cluster {cluster}. It has: {', '.join(sorted(policy.clusters))}.")
    capture = policy.clusters[cluster].capture
    if capture is None or not capture.is_imported:
        raise NotFound(
            f"The policy does not say that the log of {cluster} is imported. "
            f'Write capture = {{ source = "import" }} under [clusters.{cluster}].'
        )


def _name(file: str) -> str:
    return "standard input" if file == STDIN else Path(file).name


def _open(file: str) -> IO[bytes]:
    """Return a file that can be read twice; standard input is kept in one without a name."""
    if file != STDIN:
        try:
            return Path(file).open("rb")
        except OSError as error:
            raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from None
    kept = tempfile.TemporaryFile()  # noqa: SIM115 the caller closes it
    shutil.copyfileobj(sys.stdin.buffer, kept)
    return kept


@dataclass(slots=True)
class _Progress:
    """Says beside the output how far it is, once a second."""

    said_at: float = field(default_factory=time.monotonic)

    def say(self, what: str, read: int, size: int) -> None:
        now = time.monotonic()
        if now - self.said_at >= _SAID_EVERY:
            self.said_at = now
            share = 100 * read // size if size else 100
            typer.echo(f"{what}: {share} % of {size / 1e6:,.0f} MB", err=True)


def _in_words(done: Imported, cluster: str) -> Iterator[str]:
    survey, stored = done.survey, done.stored
    if survey.span is None:
        yield f"{done.name}: no line of {survey.kind} that can be read. Nothing was stored."
        return
    first, last = (at.isoformat(timespec="seconds") for at in (survey.span.first_at, survey.span.last_at))
    yield (
        f"{done.name}: {survey.kind}, {first} to {last}. "
        f"{counted(stored.new, 'statement')} stored, {stored.known} known before."
    )
    left = [
        f"{counted(stored.others, 'line')} of logins without a grant" if stored.others else "",
        f"{counted(stored.outside, 'statement')} outside a grant's time" if stored.outside else "",
        f"{counted(survey.damaged, 'byte')} that cannot be read" if survey.damaged else "",
    ]
    if any(left):
        yield f"  Not stored: {', '.join(filter(None, left))}."
    if stored.canaries:
        yield "  A marked statement came back: it proves the capture."
    if not done.is_counted:
        yield (
            f"  It has no login of a grant on {cluster}, so nothing shows that it is of {cluster}. "
            "Its time does not count as imported; --without-logins counts it."
        )


def _data(done: Imported) -> dict[str, Any]:
    survey, stored = done.survey, done.stored
    return {
        "file": done.name,
        "format": survey.kind.value,
        "sha256": survey.sha256,
        "first_at": moment(survey.span.first_at if survey.span else None),
        "last_at": moment(survey.span.last_at if survey.span else None),
        "lines": survey.lines,
        "statements": stored.new,
        "known": stored.known,
        "others": stored.others,
        "outside": stored.outside,
        "damaged_bytes": survey.damaged,
        "canaries": stored.canaries,
        "counted": done.is_counted,
    }
