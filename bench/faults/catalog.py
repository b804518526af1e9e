"""The faults: what each does, and how long it lasts."""

import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql

from bench.faults.proxies import Mode
from bench.faults.site import Site
from tests.acceptance.processes import parts

PARTS = ("reconciler", "interactive", "targets", "notify", "messages", "activity", "scheduler")
PLAIN = "-c client_encoding=UTF8 -c default_transaction_read_only=off -c statement_timeout=0"
"""The settings that a DBA's session needs under a hostile default of another fault."""
DEFAULTS = (
    ("DateStyle", "'SQL, DMY'"),
    ("IntervalStyle", "'iso_8601'"),
    ("client_encoding", "'sql_ascii'"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_isolation", "'serializable'"),
    ("bytea_output", "'escape'"),
    ("statement_timeout", "'300ms'"),
    ("search_path", "'nowhere'"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`apply` holds for `seconds`, and `lift` ends it.

    `host` is the one that it strikes; the other host works meanwhile. `excuses` are the places whose grants
    may be late, because the control database or that target is down; nothing else excuses a late grant.
    """

    name: str
    apply: Callable[[], object]
    lift: Callable[[], object]
    seconds: float
    host: str = ""
    excuses: tuple[str, ...] = ()


def draw(site: Site, chance: random.Random, host: str) -> Fault:
    """Return one fault, for this host if it belongs to a host."""
    kinds: list[tuple[int, Callable[[Site, random.Random, str], Fault]]] = [
        (4, _kill_part),
        (3, _stop_part),
        (1, _kill_host),
        (2, _restart_host),
        (6, _link),
        (2, _freeze_bot),
        (1, _kill_queue),
        (1, _flush_queue),
        (2, _hostile_default),
        (2, _dba_locks),
        (1, _server_down),
    ]
    weights = [weight for weight, _ in kinds]
    (make,) = chance.choices([make for _, make in kinds], weights)
    return make(site, chance, host)


def _nothing() -> None:
    """There is nothing to lift."""


def _kill_part(site: Site, chance: random.Random, host: str) -> Fault:
    part = chance.choice(PARTS)
    return Fault(
        name=f"kill -9 of {part}",
        host=host,
        seconds=chance.uniform(0.5, 2),
        apply=lambda: _signal(site, host, part, signal.SIGKILL),
        lift=_nothing,
    )


def _stop_part(site: Site, chance: random.Random, host: str) -> Fault:
    part = chance.choice((*PARTS[:4], "reconciler"))
    return Fault(
        name=f"{part} frozen",
        host=host,
        seconds=chance.uniform(2, 10),
        apply=lambda: _signal(site, host, part, signal.SIGSTOP),
        lift=lambda: _signal(site, host, part, signal.SIGCONT),
    )


def _kill_host(site: Site, chance: random.Random, host: str) -> Fault:
    return Fault(
        name="kill -9 of a host",
        host=host,
        seconds=chance.uniform(1, 5),
        apply=lambda: site.kill(f"workers-{host}"),
        lift=lambda: site.start_host(host),
    )


def _restart_host(site: Site, chance: random.Random, host: str) -> Fault:
    return Fault(
        name="orderly restart of a host",
        host=host,
        seconds=chance.uniform(0.1, 1),
        apply=lambda: site.stop_host(host),
        lift=lambda: site.start_host(host),
    )


def _link(site: Site, chance: random.Random, host: str) -> Fault:
    proxies = site.proxies
    if proxies is None:
        raise AssertionError("a site has links")
    server = chance.choice(["control", "control", *(place.cluster for place in site.places)])
    mode = chance.choice([mode for mode in Mode if mode is not Mode.PASS])
    link = f"{host}-{server}"
    return Fault(
        name=f"link to {server}: {mode}",
        host=host,
        seconds=chance.uniform(2, 10),
        apply=lambda: proxies.turn(link, mode),
        lift=lambda: proxies.turn(link, Mode.PASS),
    )


def _freeze_bot(site: Site, chance: random.Random, _host: str) -> Fault:
    def send(number: signal.Signals) -> None:
        os.killpg(site.processes["bot"].pid, number)

    return Fault(
        name="bot frozen",
        seconds=chance.uniform(2, 8),
        apply=lambda: send(signal.SIGSTOP),
        lift=lambda: send(signal.SIGCONT),
    )


def _kill_queue(site: Site, chance: random.Random, _host: str) -> Fault:
    valkey = site.valkey
    if valkey is None:
        raise AssertionError("a site has a queue")
    return Fault(name="queue down", seconds=chance.uniform(1, 6), apply=valkey.kill, lift=valkey.start)


def _flush_queue(site: Site, _chance: random.Random, _host: str) -> Fault:
    valkey = site.valkey
    if valkey is None:
        raise AssertionError("a site has a queue")
    return Fault(name="queue wiped", seconds=0.1, apply=valkey.flush, lift=_nothing)


def _hostile_default(site: Site, chance: random.Random, _host: str) -> Fault:
    """Of a target's databases, all of them: the worker's private one too."""
    place = chance.choice(site.places)
    name, value = chance.choice(DEFAULTS)

    def change(text: str) -> None:
        with psycopg.connect(place.server.url(), autocommit=True, options=PLAIN) as dba:
            databases = dba.execute("select datname::text from pg_database where datallowconn").fetchall()
            for (database,) in databases:
                dba.execute(sql.SQL(f"alter database {{}} {text}").format(sql.Identifier(database)))

    return Fault(
        name=f"{name} = {value} on {place.cluster}",
        seconds=chance.uniform(4, 10),
        apply=lambda: change(f"set {name} = {value}"),
        lift=lambda: change(f"reset {name}"),
    )


def _dba_locks(site: Site, chance: random.Random, _host: str) -> Fault:
    """A DBA's open transaction: a table altered, or every login of ours commented on."""
    place = chance.choice(site.places)
    opened: list[psycopg.Connection[tuple[object, ...]]] = []
    statement = chance.choice(("alter table shop.orders add column note text", _ROLES))

    def begin() -> None:
        opened.append(psycopg.connect(place.database.superuser_url, options=PLAIN))
        opened[0].execute(statement)

    def end() -> None:
        for connection in opened:
            connection.close()

    return Fault(
        name=f"a DBA's open transaction on {place.cluster}: {statement.split()[0]}",
        seconds=chance.uniform(3, 8),
        apply=begin,
        lift=end,
    )


_ROLES = """
do $$ declare name text; begin
  set local lock_timeout = '200ms';
  for name in select rolname from pg_roles where rolname like 'jit\\_%' limit 3 loop
    execute format('alter role %I connection limit 9', name);
  end loop;
end $$"""


def _server_down(site: Site, chance: random.Random, _host: str) -> Fault:
    name = chance.choice(list(site.servers))
    server = site.servers[name]
    concerned = tuple(p.name for p in site.places if name in {"control", p.cluster})
    return Fault(
        name=f"{name} server down",
        seconds=chance.uniform(1, 4),
        apply=server.kill,
        lift=server.start,
        excuses=concerned,
    )


def _signal(site: Site, host: str, part: str, number: signal.Signals) -> None:
    """To the part as it is now; one that is just starting again gets none."""
    process = site.processes.get(f"workers-{host}")
    if process is None:
        return
    pid = parts(process.pid).get(part)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
