"""A streaming standby of a server of ours."""

from pathlib import Path

import psycopg

from demo.servers.account import Account
from demo.servers.postgres import Postgres
from tests.acceptance.stack import wait


def standby_of(primary: Postgres, home: Path, account: Account) -> Postgres:
    """Return a copy of the primary that replays it once it is started, and takes the same passwords."""
    standby = Postgres(primary.binaries, home, account=account, settings=primary.settings)
    account.make_home(home)
    account.write(home / "superuser.password", (primary.home / "superuser.password").read_text())
    made = account.run(
        [
            primary.binaries.program("pg_basebackup"),
            *("--pgdata", str(standby.data_dir), "--dbname", primary.url()),
            *("--checkpoint", "fast", "--wal-method", "stream", "--write-recovery-conf", "--no-sync"),
        ],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd=home,
    )
    assert made.returncode == 0, made.stderr
    return standby


def caught_up(primary: str, standby: str) -> None:
    """Return once the standby has replayed all that the primary has written; both are URLs."""
    with psycopg.connect(primary) as writes, psycopg.connect(standby, autocommit=True) as replays:
        lsn = writes.execute("select pg_current_wal_flush_lsn()").fetchone()
        assert lsn
        wait(lambda: replays.execute("select pg_last_wal_replay_lsn() >= %s", lsn).fetchone() == (True,), 30)
