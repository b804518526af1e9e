"""A running dbaccess for each file, and empty for each test."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers.account import Account
from demo.servers.valkey import Valkey, embedded_valkey
from tests.acceptance import talk
from tests.acceptance.config import RULES
from tests.acceptance.emptied import empty, role_names
from tests.acceptance.stack import Stack, running
from tests.databases import (
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    control_database_on,
    target_database_on,
)


@pytest.fixture(scope="module")
def module_target(target_postgres: PostgresServer) -> Iterator[TargetDatabase]:
    """The target behind `module_stack`."""
    with target_database_on(target_postgres) as database:
        yield database


@pytest.fixture(scope="module")
def module_valkey(server_account_: Account, server_scratch: Path) -> Iterator[Valkey]:
    """The queue behind `module_stack`; a test may stop it."""
    program = embedded_valkey(server_account_, server_scratch)
    home = server_scratch / f"valkey-{secrets.token_hex(4)}"
    with Valkey(program, home, account=server_account_) as valkey:
        yield valkey


@pytest.fixture(scope="module")
def rules() -> str:
    """The rules of `module_stack`."""
    return RULES


@pytest.fixture(scope="module")
def module_stack(
    tmp_path_factory: pytest.TempPathFactory,
    control_postgres: PostgresServer,
    control_template: ControlTemplate,
    module_target: TargetDatabase,
    module_valkey: Valkey,
    rules: str,
) -> Iterator[Stack]:
    """Everything up once for a whole file."""
    home = tmp_path_factory.mktemp("module")
    with (
        control_database_on(control_postgres, control_template) as control,
        running(Stack.of(module_target, control, module_valkey, home=home, rules=rules)) as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def module_roles(module_stack: Stack, module_target: TargetDatabase) -> set[str]:
    """The roles that the target has while no grant is open."""
    assert module_stack.processes
    return role_names(module_target)


@pytest.fixture
def stack(
    module_stack: Stack,
    module_target: TargetDatabase,
    module_roles: set[str],
    module_valkey: Valkey,
    target_postgres: PostgresServer,
) -> Stack:
    """The file's stack as a test finds it: all runs, and nothing was asked, given or said yet.

    A test may stop and kill what it likes, and change the configuration.
    """
    for server in (module_valkey, target_postgres):
        server.start()
    module_stack.restore()
    empty(module_stack, module_target, module_roles)
    talk.until_ready(module_stack)
    return module_stack


@pytest.fixture
def line(stack: Stack) -> Stack:
    return stack
