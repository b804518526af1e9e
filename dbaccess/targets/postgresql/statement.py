"""SQL that never varies, read from its files."""

from functools import cache
from importlib.resources import files

from psycopg import sql


@cache
def statement(name: str) -> sql.SQL:
    """Return the text of `sql/<name>.sql`."""
    text = files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return sql.SQL(text)
