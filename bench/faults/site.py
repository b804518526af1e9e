"""The site of a campaign: two worker hosts, a bot, a control database, two targets, and a queue."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.faults.proxies import Proxies
from bench.world import with_logins, write_world
from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import (
    BinariesMissing,
    PostgresBinaries,
    debian_postgres,
    embedded_postgres,
)
from demo.servers.scratch import scratch_directory
from demo.servers.valkey import Valkey, embedded_valkey
from tests.acceptance.config import HEAD, MIGRATE, TARGET
from tests.acceptance.stack import Stack
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import TargetDatabase, control_database_on, make_control_template, target_database_on

HOSTS = ("a", "b")
INSTALLATION = "faulty"
STOPS_WITHIN = 15.0
RULES = """
[[rules]]
id = "at-once"
env = ["prod"]
access = ["read"]
requester = ["engineers"]
max = "1h"
approvals = "none"

[[rules]]
id = "ddl"
env = ["prod"]
access = ["ddl"]
requester = ["engineers"]
max = "1h"
approvals = [{ group = "dba", count = 1 }]
decide_within = "30m"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One target: `people` may ask for it, and personal logins are named for them."""

    name: str
    cluster: str
    server: Postgres
    database: TargetDatabase
    access: WorkerAccess
    login: str
    people: list[str]


@dataclass(slots=True)
class Site(Stack):
    """Each host reaches the servers by links of its own; the bot reaches them directly."""

    places: list[Place] = field(default_factory=list)
    proxies: Proxies | None = None
    servers: dict[str, Postgres] = field(default_factory=dict)
    valkey: Valkey | None = None
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def start_host(self, host: str) -> None:
        self._spawn(f"workers-{host}", "workers", env=self._of_host(host))

    def stop_host(self, host: str) -> None:
        """Stop the host as an operator does, and by force if it does not stop in time."""
        with self._changing:
            process = self.processes.pop(f"workers-{host}")
        process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def kill(self, name: str) -> None:
        with self._changing:
            Stack.kill(self, name)

    def restart_exited(self) -> None:
        """Start each host that has exited, as its process manager does: one without its database exits."""
        with self._changing:
            for host in HOSTS:
                process = self.processes.get(f"workers-{host}")
                if process is not None and process.poll() is not None:
                    self.start_host(host)

    def close(self) -> None:
        for host in HOSTS:
            if f"workers-{host}" in self.processes:
                self.kill(f"workers-{host}")
        Stack.close(self)

    def _of_host(self, host: str) -> dict[str, str]:
        env = self.environment("workers")
        env["DATABASE_URL"] = self._through(env["DATABASE_URL"], f"{host}-control")
        for place in self.places:
            name = f"DBACCESS_CLUSTER_{place.cluster.upper()}_URL"
            env[name] = self._through(place.access.url.get_secret_value(), f"{host}-{place.cluster}")
        return env

    def _through(self, url: str, link: str) -> str:
        if self.proxies is None:
            raise AssertionError("a site has links")
        parts = urlsplit(url)
        login = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{login}@127.0.0.1:{self.proxies.ports[link]}").geturl()


@contextmanager
def site(home: Path, *, people: int, people_15: int) -> Iterator[Site]:
    """Start everything; no person has been read from Slack yet."""
    account = server_account()
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_directory(account))
        binaries = embedded_postgres(account, scratch)
        kinds = {"control": binaries, "main": binaries}
        try:
            kinds["old"] = debian_postgres(account, 15)
        except BinariesMissing:
            people_15 = 0
        servers = {
            name: stack.enter_context(
                Postgres(kind, scratch / name, account=account, settings=_settings(kind))
            )
            for name, kind in kinds.items()
        }
        valkey = stack.enter_context(Valkey(embedded_valkey(account, scratch), scratch / "valkey"))
        control = stack.enter_context(
            control_database_on(servers["control"], make_control_template(servers["control"]))
        )
        engineers = write_world(home / "world.toml", people + people_15)
        places = [_place(stack, servers["main"], "main", "ephemeral", engineers[:people])]
        if people_15:
            places.append(_place(stack, servers["old"], "old", "personal", engineers[people:]))
        (home / "dbaccess.toml").write_text(_configuration(places))
        links = {f"{host}-{name}": server.port for host in HOSTS for name, server in servers.items()}
        found = Site(
            home=home,
            control=control,
            redis_url=valkey.url(0),
            cluster_url="",
            lock_database=places[0].access.lock_database,
            config=home / "dbaccess.toml",
            installation=INSTALLATION,
            world=home / "world.toml",
            places=places,
            proxies=stack.enter_context(Proxies(links)),
            servers=servers,
            valkey=valkey,
        )
        stack.callback(found.close)
        try:
            found.start_sandbox()
            for host in HOSTS:
                found.start_host(host)
            found.start_bot()
            yield found
        except BaseException:
            sys.stderr.write(found.logs()[-20_000:])
            raise


def _settings(kind: PostgresBinaries) -> dict[str, str]:
    """Holders prepare transactions. No time goes into hashing passwords, where the version has the choice."""
    quick = {"scram_iterations": "1"} if kind.version >= 16 else {}  # noqa: PLR2004 the first that has it
    return {"max_prepared_transactions": "50"} | quick


def _place(stack: ExitStack, server: Postgres, cluster: str, login: str, people: list[str]) -> Place:
    database = stack.enter_context(target_database_on(server))
    stack.callback(_forget_prepared, database)
    _trust(server)
    if login == "personal":
        with psycopg.connect(database.superuser_url, autocommit=True) as dba:
            for person in people:
                dba.execute(sql.SQL("create role {} login").format(sql.Identifier(person.lower())))
    return Place(
        name=f"{cluster}-prod",
        cluster=cluster,
        server=server,
        database=database,
        access=worker_access(database, installation=INSTALLATION),
        login=login,
        people=people,
    )


def _trust(server: Postgres) -> None:
    """Holders need no password here: an end that leans on one would not be seen."""
    rules = server.data_dir / "pg_hba.conf"
    rules.write_text(f"host all all 127.0.0.1/32 trust\n{rules.read_text()}")
    with psycopg.connect(server.url(), autocommit=True) as dba:
        dba.execute("select pg_reload_conf()")


def _forget_prepared(database: TargetDatabase) -> None:
    """Roll back what holders prepared, because it would keep the database from being dropped."""
    with psycopg.connect(database.superuser_url, autocommit=True) as dba:
        query = "select gid from pg_prepared_xacts where database = current_database()"
        for (gid,) in dba.execute(query).fetchall():
            dba.execute(sql.SQL("rollback prepared {}").format(sql.Literal(gid)))


def _configuration(places: list[Place]) -> str:
    text = HEAD.replace("{installation}", INSTALLATION)
    for place in places:
        if place.cluster != "main":
            text += f'\n[clusters.{place.cluster}]\ndriver = "postgresql"\n'
        names = {
            "name": place.name,
            "database": place.database.name,
            "login": place.login,
            "host": place.database.host,
            "port": place.database.port,
            "read": place.database.read_role,
            "owner": place.database.owner_role,
        }
        target = TARGET.format(**names).replace('cluster = "main"', f'cluster = "{place.cluster}"')
        text += target + (MIGRATE.format(**names) if place.login == "ephemeral" else "")
    return (
        with_logins(text, [e for place in places if place.login == "personal" for e in place.people]) + RULES
    )
