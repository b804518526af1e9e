"""A running dbaccess for all files of a process, under the rules of each file, and empty for each test."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers.account import Account
from demo.servers.valkey import Valkey, embedded_valkey
from tests.acceptance.config import RULES, configuration
from tests.acceptance.emptied import as_first, forget_people, role_names
from tests.acceptance.processes import restore
from tests.acceptance.stack import Stack, running
from tests.databases import (
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    control_database_on,
    target_database_on,
)


@pytest.fixture(scope="package")
def shared_target(target_postgres: PostgresServer) -> Iterator[TargetDatabase]:
    """The target behind `shared_stack`."""
    with target_database_on(target_postgres) as database:
        yield database


@pytest.fixture(scope="package")
def shared_valkey(server_account_: Account, server_scratch: Path) -> Iterator[Valkey]:
    """The queue behind `shared_stack`; a test may stop it."""
    program = embedded_valkey(server_account_, server_scratch)
    home = server_scratch / f"valkey-{secrets.token_hex(4)}"
    with Valkey(program, home, account=server_account_) as valkey:
        yield valkey


@pytest.fixture(scope="package")
def shared_stack(
    tmp_path_factory: pytest.TempPathFactory,
    control_postgres: PostgresServer,
    control_template: ControlTemplate,
    shared_target: TargetDatabase,
    shared_valkey: Valkey,
) -> Iterator[Stack]:
    """Everything up, once: to start it costs more than most tests."""
    home = tmp_path_factory.mktemp("shared")
    with (
        control_database_on(control_postgres, control_template) as control,
        running(Stack.of(shared_target, control, shared_valkey, home=home)) as stack,
    ):
        yield stack


@pytest.fixture(scope="package")
def shared_roles(shared_stack: Stack, shared_target: TargetDatabase) -> set[str]:
    """The roles that the target has while no grant is open."""
    assert shared_stack.processes
    return role_names(shared_target)


@pytest.fixture(scope="module")
def rules() -> str:
    """The rules of the file."""
    return RULES


@pytest.fixture(scope="module")
def module_stack(shared_stack: Stack, shared_target: TargetDatabase, rules: str) -> Stack:
    """The stack under the rules of the file, whatever an earlier file did to it."""
    shared_stack.keep_configuration(configuration(shared_target, shared_stack.installation, rules=rules))
    restore(shared_stack)
    forget_people(shared_stack)  # an account that an earlier file's rules named is known for good
    return shared_stack


@pytest.fixture
def stack(
    module_stack: Stack,
    shared_target: TargetDatabase,
    shared_roles: set[str],
    shared_valkey: Valkey,
    target_postgres: PostgresServer,
) -> Stack:
    """The stack as a test finds it: all runs, and nothing was asked, given or said yet.

    A test may stop and kill what it likes, and change the configuration.
    """
    for server in (shared_valkey, target_postgres):
        server.start()
    as_first(module_stack, shared_target, shared_roles)
    return module_stack


@pytest.fixture
def line(stack: Stack) -> Stack:
    return stack
