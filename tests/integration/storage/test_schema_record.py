"""The schema that `doctor` expects is the one that the migrations make."""

import psycopg

from dbaccess.storage.migrations import PACKAGED
from dbaccess.storage.schema_check import RULES
from tests.databases import ControlDatabase
from tests.record_schema import schema_of


def test_record_is_the_schema_of_a_fresh_database(control_database: ControlDatabase) -> None:
    recorded = PACKAGED.schema.read_text(encoding="utf-8")
    assert schema_of(control_database) == recorded, "make schema records what the migrations make"


def test_rows_are_compared_of_each_table_that_only_migrations_write(
    control_database: ControlDatabase,
) -> None:
    with psycopg.connect(control_database.bot_url) as connection:
        unwritten = connection.execute(
            """select c.relname from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                  and not has_any_column_privilege('dbaccess_bot', c.oid, 'INSERT')
                  and not has_any_column_privilege('dbaccess_worker', c.oid, 'INSERT')
                  and c.relname <> 'counted_entries'  -- a guard writes it
                order by c.relname"""
        ).fetchall()
    assert [name for (name,) in unwritten] == list(RULES)
