"""A login to the server as another login than the worker's, to prove that a person could."""

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.host_addresses import connect_by_address
from dbaccess.targets.postgresql.refusal import refusal_of
from dbaccess.targets.postgresql.timeouts import Timeouts

LOGIN_REFUSED = "login_refused"

_OF_THE_WORKER = ("password", "passfile", "sslcert", "sslkey", "sslpassword", "options", "service")
"""Parameters of the worker's URL that are its own, and no other login's."""


def log_in(url: SecretStr, recipe: Recipe, password: str, timeouts: Timeouts, *, marker: str = "") -> None:
    """Connect to the recipe's database as its login, by the worker's address, and disconnect.

    A `marker` stands in a statement that runs there first, inside a block. Raises `TargetFailure`
    `login_refused`, without a secret, if the server does not let the login in or another role acts there.
    """
    address = conninfo_to_dict(url.get_secret_value())
    kept = {name: str(value) for name, value in address.items() if name not in _OF_THE_WORKER}
    its = {"dbname": recipe.database, "user": recipe.login, "connect_timeout": str(timeouts.connect)}
    # In SQL_ASCII, which a server may have, the driver reads no text.
    shown = make_conninfo("", **(kept | its | {"client_encoding": "UTF8"}))
    try:
        with connect_by_address(psycopg.connect, shown, password=password, autocommit=True) as connection:
            acts_as = connection.execute("select session_user::text, current_user::text").fetchone()
            if marker:
                connection.execute(marked(marker))
    except psycopg.Error as error:
        why = str(refusal_of(shown, error, login=recipe.login, hidden=[password]))
    else:
        if acts_as == (recipe.login, recipe.act_as or recipe.login):
            return
        why = f"the session of {recipe.login} does not act as {recipe.act_as or recipe.login}"
    raise TargetFailure(f"{recipe.cluster}: {why}", code=LOGIN_REFUSED, touched=False)


def marked(marker: str) -> sql.Composed:
    """Return a block that runs a statement: a log that sees inside blocks has the marker once more."""
    inner = sql.SQL("begin perform {}; end").format(sql.Literal(marker)).as_string()
    return sql.SQL("do {}").format(sql.Literal(inner))
