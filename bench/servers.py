"""Real servers for a benchmark, and databases on them as the tests make them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import embedded_postgres
from demo.servers.scratch import scratch_directory
from demo.servers.valkey import Valkey, embedded_valkey
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import ControlDatabase, control_database_on, make_control_template, target_database_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    control: ControlDatabase
    redis_url: str
    access: WorkerAccess


@contextmanager
def servers(**of_target: str) -> Iterator[Servers]:
    """A control database, a target with the worker's least-privilege login, and Valkey; gone afterwards.

    `of_target` are settings of the target's server.
    """
    account = server_account()
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_directory(account))
        binaries = embedded_postgres(account, scratch)
        control = stack.enter_context(Postgres(binaries, scratch / "control", account=account))
        target = stack.enter_context(
            Postgres(binaries, scratch / "target", account=account, settings=of_target)
        )
        program = embedded_valkey(account, scratch)
        valkey = stack.enter_context(Valkey(program, scratch / "valkey", account=account))
        database = stack.enter_context(target_database_on(target))
        yield Servers(
            control=stack.enter_context(control_database_on(control, make_control_template(control))),
            redis_url=valkey.url(0),
            access=worker_access(database),
        )
