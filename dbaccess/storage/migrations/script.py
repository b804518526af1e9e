"""SQL files of the migrations."""

from importlib.resources import files

from sqlalchemy import Connection


def run_script(connection: Connection, name: str) -> None:
    """Every statement of the file is run in the connection's transaction; `%` means itself."""
    text = (files(__package__) / "sql" / name).read_text(encoding="utf-8")
    connection.exec_driver_sql(text, execution_options={"no_parameters": True})
