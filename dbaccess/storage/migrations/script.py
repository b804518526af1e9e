"""SQL files of the migrations."""

from pathlib import Path

from sqlalchemy import Connection


def run_script(connection: Connection, script: Path) -> None:
    """Run every statement of the file in the connection's transaction; `%` means itself."""
    text = script.read_text(encoding="utf-8")
    connection.exec_driver_sql(text, execution_options={"no_parameters": True})
