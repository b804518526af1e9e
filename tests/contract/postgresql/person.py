"""A person's session on PostgreSQL."""

import psycopg
from psycopg import sql


class PostgresSession:
    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def is_open(self) -> bool:
        try:
            self._connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def can_read(self, table: str) -> bool:
        return self._may(sql.SQL("select count(*) from {}").format(_named(table)))

    def can_write(self, table: str) -> bool:
        return self._may(sql.SQL("delete from {} where false").format(_named(table)))

    def leave_written(self, table: str) -> None:
        self._connection.execute("begin")
        self._connection.execute(sql.SQL("delete from {}").format(_named(table)))

    def roll_back(self) -> None:
        self._connection.execute("rollback")

    def create(self, table: str) -> None:
        self._connection.execute(sql.SQL("create table {} ()").format(_named(table)))

    def _may(self, statement: sql.Composed) -> bool:
        try:
            self._connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


def _named(table: str) -> sql.Identifier:
    schema, _, name = table.partition(".")
    return sql.Identifier(schema, name)
