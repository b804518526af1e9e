"""A process that starts both servers, names them and waits to be killed; `briefly`: that ends in order."""

import sys
import time

from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import embedded_postgres
from demo.servers.scratch import scratch_directory
from demo.servers.valkey import Valkey, embedded_valkey
from sandbox.waiting import PATIENCE


def main() -> None:
    account = server_account()
    with (
        scratch_directory(account) as scratch,
        Postgres(embedded_postgres(account, scratch), scratch / "postgres", account=account) as postgres,
        Valkey(embedded_valkey(account, scratch), scratch / "valkey", account=account) as valkey,
    ):
        print(scratch, postgres.pid, valkey.pid, flush=True)  # noqa: T201 the test reads it
        if sys.argv[1:] != ["briefly"]:
            time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
