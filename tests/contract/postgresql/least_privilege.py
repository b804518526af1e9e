"""A target with the worker's role exactly as `setup_sql` prints it: no test of the driver is a superuser."""

import itertools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from psycopg import sql
from pydantic import SecretStr

from dbaccess.domain.capture import Capture
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.target import Access
from dbaccess.targets.postgresql.setup_sql import setup_sql
from demo.psql import run_psql
from tests.databases import TargetDatabase
from tests.superuser import superuser_on

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerAccess:
    """The worker's settings: the cluster's URL, with the login that the DBA made for it."""

    installation: str
    admin: str
    login: str
    url: SecretStr
    database: TargetDatabase
    named_database: str | None = None
    """The private database, where the policy names it."""

    @property
    def lock_database(self) -> str:
        return self.named_database or f"dbaccess_{self.installation}"

    def login_url(self, user: str, password: str, database: str | None = None) -> str:
        """Where people connect."""
        at = f"{self.database.host}:{self.database.port}"
        name = quote(database or self.database.name, safe="")
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{at}/{name}"


def worker_access(
    database: TargetDatabase,
    *,
    installation: str | None = None,
    objects: Sequence[ObjectPrivileges] = (),
    accesses: Mapping[str, Access] = MappingProxyType({}),
    run_by: str | None = None,
    first_database: str = "postgres",
    capture: Capture | None = None,
    lock_database: str | None = None,
) -> WorkerAccess:
    """Run the printed SQL as the DBA would, set the password as `\\password` would, and give the URL.

    `run_by` is the URL of another than the superuser, `first_database` the one in the worker's URL.
    """
    installation = installation or f"t{next(_numbers)}{secrets.token_hex(2)}"
    admin, login = f"dbaccess_admin_{installation}", f"dbaccess_worker_login_{installation}"
    password = secrets.token_urlsafe(18)
    set_up(
        database,
        installation,
        objects=objects,
        accesses=accesses,
        run_by=run_by,
        capture=capture,
        lock_database=lock_database,
    )
    with superuser_on(database.superuser_url) as dba:
        verifier = dba.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        dba.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(login), sql.Literal(verifier.decode()))
        )
    at = f"{database.host}:{database.port}"
    url = f"postgresql://{quote(login, safe='')}:{quote(password, safe='')}@{at}/{first_database}"
    return WorkerAccess(
        installation=installation,
        admin=admin,
        login=login,
        url=SecretStr(url),
        database=database,
        named_database=lock_database,
    )


def set_up(
    database: TargetDatabase,
    installation: str,
    *,
    objects: Sequence[ObjectPrivileges] = (),
    accesses: Mapping[str, Access] = MappingProxyType({}),
    run_by: str | None = None,
    capture: Capture | None = None,
    lock_database: str | None = None,
) -> str:
    """Run the printed SQL, for the first time or again; return what psql says."""
    printed = setup_sql(
        version=database.version,
        installation=installation,
        lock_database=lock_database,
        roles=[database.read_role, database.write_role],
        owners=[database.owner_role],
        objects={database.name: objects} if objects else {},
        accesses={database.name: accesses} if accesses else {},
        databases=[database.name],
        capture=capture,
    )
    return run_psql(run_by or database.superuser_url, printed)
