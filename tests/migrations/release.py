"""`make released`: freezes the newest revision, and keeps a database of it for the tests of later ones."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from dbaccess.storage.migrations import PACKAGED
from dbaccess.storage.upgrade import head_revision
from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from demo.servers.scratch import scratch_directory
from tests.databases import control_database_on, make_control_template
from tests.migrations.representative import fill

HERE = Path(__file__).parent
CHECKSUMS = HERE / "released.sha256"
"""As `sha256sum` writes it, by name of the file in `versions`."""
DUMPS = HERE / "dumps"
"""One for each released revision: schema, guards, rights and data of that version."""

_NEWER_SERVER = re.compile(r"^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*)\n", re.MULTILINE)


def files_of(revision: str) -> list[Path]:
    """Return the files of a revision."""
    return sorted((PACKAGED.root / "versions").glob(f"{revision}_*.*"))


def checksum(path: Path) -> str:
    """Return what `sha256sum` prints for the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def released() -> dict[str, str]:
    """Return the checksum of each file of a released revision, by its name."""
    lines = CHECKSUMS.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def main() -> int:
    """Add the checksums of the newest revision, and write its dump; 1 where it was released already."""
    revision = head_revision()
    known = released() if CHECKSUMS.exists() else {}
    new = {path.name: checksum(path) for path in files_of(revision)}
    if known.keys() & new.keys():
        sys.stderr.write(f"{revision} was released already.\n")
        return 1
    dump = _dump()
    DUMPS.mkdir(exist_ok=True)
    (DUMPS / f"{revision}.sql").write_text(dump, encoding="utf-8")
    lines = [f"{digest}  {name}\n" for name, digest in sorted({**known, **new}.items())]
    CHECKSUMS.write_text("".join(lines), encoding="utf-8")
    sys.stdout.write(f"{revision}: released\n")
    return 0


def _dump() -> str:
    account = server_account()
    with scratch_directory(account, rather_in=[]) as scratch:
        binaries = embedded_postgres(account, scratch)
        with (
            Postgres(binaries, scratch / "release", account=account, settings={}) as server,
            control_database_on(server, make_control_template(server)) as database,
        ):
            fill(database)
            return dumped(binaries, database.superuser_url)


def dumped(binaries: PostgresBinaries, url: str) -> str:
    """Return the database as SQL that any client runs on PostgreSQL 15 or newer."""
    command = [binaries.program("pg_dump"), "--inserts", "--rows-per-insert=100", "--dbname", url]
    text = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout
    return _NEWER_SERVER.sub("", text)


if __name__ == "__main__":
    sys.exit(main())
