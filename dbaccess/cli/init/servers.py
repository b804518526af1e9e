"""The servers' part of `dbaccess init`: URLs that answer, and passwords that no person types."""

import secrets
import socket
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from dbaccess.cli.init.ask import Asker
from dbaccess.cli.init.place import InitRefused
from dbaccess.domain.errors import BadAddress

CONTROL_SQL: Final = """\
-- The control database. Run it with psql as an administrator of its server. It holds no password.
create role dbaccess_owner with login createrole;
create database dbaccess owner dbaccess_owner template template0 encoding 'UTF8';
-- Instead, where an empty database in UTF8 is there: alter database NAME owner to dbaccess_owner;
\\password dbaccess_owner
"""

CLUSTER_URL: Final = "DBACCESS_CLUSTER_MAIN_URL"
_NO_SUCH_LOGIN: Final = ("28000", "28P01", "3D000")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def ask_servers(asker: Asker) -> SecretStr:
    """Check the control database and Redis, and write the URLs of owner, bot and workers.

    Return the owner's URL.
    """
    owner, _ = asker.secret(
        "DBACCESS_MIGRATE_URL",
        "Control database as its owner (postgresql://dbaccess_owner:…@host:5432/dbaccess, not shown)",
        file="owner/migrate-url",
        check=_control,
    )
    for role, folder in (("bot", "bot"), ("worker", "workers")):
        variable = f"DBACCESS_{role.upper()}_PASSWORD"
        password, _ = asker.made(
            variable, file=f"owner/{role}-password", make=secrets.token_urlsafe, check=_filled
        )
        asker.copied(_as_role(owner, f"dbaccess_{role}", password), file=f"{folder}/database-url")
    redis, _ = asker.secret(
        "REDIS_URL",
        "Redis or Valkey (redis://:password@host:6379/0, not shown)",
        file="bot/redis-url",
        check=_redis,
        default="redis://127.0.0.1:6379/0",
    )
    asker.copied(redis.get_secret_value(), file="workers/redis-url")
    return owner


def ask_cluster(asker: Asker, *, installation: str, host: str, tls: str) -> tuple[SecretStr, bool]:
    """Return the workers' URL of the cluster, and whether their login gets in.

    Without a URL in the environment, it has the login that `setup-sql` makes, with a new password.
    """

    def make() -> str:
        login, database = f"dbaccess_worker_login_{installation}", f"dbaccess_{installation}"
        return f"postgresql://{login}:{secrets.token_urlsafe()}@{host}/{database}{_query(tls)}"

    return asker.made(CLUSTER_URL, file="workers/cluster-main-url", make=make, check=_cluster)


def knock(host: str) -> None:
    """Raise `InitRefused` if no server takes a connection at this `host:port`."""
    name, _, port = host.rpartition(":")
    try:
        socket.create_connection((name.strip("[]"), int(port)), timeout=5).close()
    except (OSError, OverflowError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise InitRefused(f"{host} does not answer: {said}.") from None


def default_tls(host: str) -> str:
    """Return libpq's parameters for TLS: none on this machine."""
    return "sslmode=prefer" if host.rpartition(":")[0].strip("[]") in _LOCAL else "sslmode=verify-full"


def verifier_sql(owner: SecretStr, cluster: SecretStr) -> str:
    """Return the statement that sets the login's password on the cluster, without the password in it."""
    import psycopg

    from dbaccess.storage.url import driver_url, libpq_url

    parts = driver_url(cluster)
    login, password = parts.username or "", str(parts.password or "")
    with psycopg.connect(libpq_url(owner), connect_timeout=5) as connection:
        made = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        statement = psycopg.sql.SQL("alter role {} password {};\n").format(
            psycopg.sql.Identifier(login), psycopg.sql.Literal(made.decode())
        )
        return statement.as_string(connection)


def _control(url: SecretStr) -> None:
    error = _refusal(url)
    if error is not None:
        raise InitRefused(f"The control database: {error[1]}")
    if login := _superuser(url):
        raise InitRefused(
            f"The control database: {login} is a superuser, and its migrations need no such power. "
            "Make dbaccess_owner with the SQL that init prints, and use that login's URL here."
        )


def _superuser(url: SecretStr) -> str | None:
    """Return the login of this URL if it is a superuser."""
    import psycopg

    from dbaccess.storage.url import libpq_url

    query = "select session_user::text from pg_roles where rolname = session_user and rolsuper"
    try:
        with psycopg.connect(libpq_url(url), connect_timeout=5, client_encoding="utf8") as connection:
            found = connection.execute(query).fetchone()
    except psycopg.Error as error:
        raise InitRefused(f"The control database broke the connection: {type(error).__name__}.") from None
    return str(found[0]) if found else None


def _cluster(url: SecretStr) -> bool:
    error = _refusal(url)
    if error is None:
        return True
    if error[0] in _NO_SUCH_LOGIN:
        return False  # the server answers; the login is made by the SQL that init writes
    raise InitRefused(f"The cluster: {error[1]}")


def _refusal(url: SecretStr) -> tuple[str, str] | None:
    """Return the SQLSTATE, and what libpq says, without the password; None if the server lets us in."""
    import psycopg

    from dbaccess.storage.url import driver_url, libpq_url

    try:
        with psycopg.connect(libpq_url(url), connect_timeout=5):
            return None
    except BadAddress:
        return "", "its address cannot be read. Write postgresql://user:password@host:5432/database"
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        password = str(driver_url(url).password or "")
        # libpq quotes no password; a host name of a mistyped URL may hold a part of it.
        return _state(error, said), said.replace(password, "…") if password else said


def _state(error: Exception, said: str) -> str:
    """Return the SQLSTATE of a refused connection, which psycopg does not keep."""
    known = {"password authentication failed": "28P01", "does not exist": "3D000", "no pg_hba.conf": "28000"}
    return str(getattr(error, "sqlstate", None) or next((known[text] for text in known if text in said), ""))


def _filled(password: SecretStr) -> None:
    if not password.get_secret_value().strip():
        raise InitRefused("A password is empty. Delete its file, and init makes one.")


def _redis(url: SecretStr) -> None:
    from dbaccess.queue import RqQueue

    try:
        RqQueue(url).ping()
    except BadAddress as error:
        raise InitRefused(f"Redis: {error}") from None
    except ConnectionError:
        raise InitRefused("Redis does not answer, or refuses the password.") from None


def _as_role(owner: SecretStr, role: str, password: SecretStr) -> str:
    from dbaccess.storage.url import driver_url

    parts = driver_url(owner).set(
        drivername="postgresql", username=role, password=password.get_secret_value()
    )
    return parts.render_as_string(hide_password=False)


def _query(tls: str) -> str:
    pairs = [part.partition("=")[::2] for part in tls.split()]
    return f"?{urlencode(pairs)}" if pairs else ""
