"""SQL files of the migrations."""

from importlib.resources import files

from sqlalchemy import Connection


def run_script(connection: Connection, name: str) -> None:
    """Every statement of the file is run in the connection's transaction; `%` means itself."""
    connection.exec_driver_sql(read_script(name), execution_options={"no_parameters": True})


def read_script(name: str) -> str:
    """Return the text of the file."""
    return (files(__package__) / "sql" / name).read_text(encoding="utf-8")
