"""A managed service as far as a server without one can be: its master user is no superuser."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from dbaccess.domain.target import Access
from tests.contract.postgresql.least_privilege import set_up, worker_access
from tests.contract.postgresql.target import Target
from tests.databases import SHOP, TargetDatabase
from tests.engines.postgresql import postgres_targets

# As rds_superuser, cloudsqlsuperuser and others: rights lie in a role of the service, and the master inherits
# them. ADMIN on pg_monitor stands for ADMIN on pg_read_all_stats. The databases postgres and template1 let no
# one in but the service itself.
_SERVICE = """
create role {service} nologin createrole createdb;
grant pg_monitor, pg_signal_backend to {service} with admin option;
create role {master} login createrole createdb password {password};
grant {service} to {master};
create database {name} owner {master};
revoke connect on database postgres, template1 from public;
"""
_LET_IN_AGAIN = "grant connect on database postgres, template1 to public"

# Supabase has such a schema, which the service owns, and a table of the service's beside the customer's.
_OF_THE_SERVICE = """
create schema auth;
create table auth.users (id int);
create table shop.audited (id int);
create view shop.watched as select 1 as one;
"""

ACCESSES = {"read": Access.READ, "write": Access.WRITE, "owner": Access.DDL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`database` has a customer's schema `shop`; the roles that the policy names are not made yet."""

    database: TargetDatabase
    master_url: str
    master: str

    @property
    def accesses(self) -> dict[str, Access]:
        return {self.database.name + f"_{kind}": access for kind, access in ACCESSES.items()}

    def set_up(self, installation: str) -> str:
        return set_up(self.database, installation, accesses=self.accesses, run_by=self.master_url)

    def target(self) -> Target:
        """The set-up by the master, with a worker that connects to the service's one database."""
        worker = worker_access(
            self.database, accesses=self.accesses, run_by=self.master_url, first_database=self.database.name
        )
        driver = postgres_targets({"main": worker.url}, worker.installation).driver("main")
        return Target(worker=worker, driver=driver)


@contextmanager
def managed_service(cluster: TargetDatabase) -> Iterator[Service]:
    """Yield a service on that cluster; its roles go with those of the test that owns `cluster`."""
    name, password = f"managed_{secrets.token_hex(3)}", secrets.token_hex(8)
    names = {
        "service": sql.Identifier(f"{name}_super"),
        "master": sql.Identifier(f"{name}_master"),
        "name": sql.Identifier(name),
        "password": sql.Literal(password),
    }
    at = f"{cluster.host}:{cluster.port}/{name}"
    own_url = cluster.superuser_url.rsplit("/", 1)[0] + f"/{name}"
    database = replace(
        cluster,
        superuser_url=own_url,
        name=name,
        read_role=f"{name}_read",
        write_role=f"{name}_write",
        owner_role=f"{name}_owner",
    )
    with psycopg.connect(cluster.superuser_url, autocommit=True) as itself:
        try:
            for statement in _SERVICE.strip().split(";\n"):
                itself.execute(sql.SQL(statement).format(**names))
            master_url = f"postgresql://{name}_master:{password}@{at}"
            with psycopg.connect(master_url) as master:
                master.execute(SHOP)
            with psycopg.connect(own_url) as service:
                service.execute(sql.SQL(_OF_THE_SERVICE).format(**names))
            yield Service(database=database, master_url=master_url, master=f"{name}_master")
        finally:
            itself.execute(_LET_IN_AGAIN)
            itself.execute(sql.SQL("drop database if exists {} with (force)").format(names["name"]))
