"""SQL files of the migrations."""

from importlib.resources import files

from alembic import op


def run_script(name: str) -> None:
    """Every statement of the file is run in the migration's transaction; `%` means itself."""
    text = (files(__package__) / "sql" / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text, execution_options={"no_parameters": True})
