"""A running dbaccess, for each test or for a whole file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers.account import Account
from demo.servers.valkey import Valkey, embedded_valkey
from tests.acceptance import talk
from tests.acceptance.breaking import RULE, configure
from tests.acceptance.config import RULES
from tests.acceptance.stack import Stack, running
from tests.databases import (
    ControlDatabase,
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    control_database_on,
    target_database_on,
)


@pytest.fixture
def stack(
    tmp_path: Path,
    control_database: ControlDatabase,
    target_database: TargetDatabase,
    own_valkey: Valkey,
) -> Iterator[Stack]:
    """Everything up, one target with ephemeral logins."""
    with running(Stack.of(target_database, control_database, own_valkey, home=tmp_path)) as stack:
        yield stack


@pytest.fixture
def glass(stack: Stack) -> Stack:
    """The same, with a rule for break-glass."""
    configure(stack, RULE)
    return stack


@pytest.fixture(scope="module")
def module_target(target_postgres: PostgresServer) -> Iterator[TargetDatabase]:
    """The target behind `module_stack`."""
    with target_database_on(target_postgres) as database:
        yield database


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
    rules: str,
    server_account_: Account,
    server_scratch: Path,
) -> Iterator[Stack]:
    """Everything up once for a whole file; each test leaves nothing open behind it."""
    home = tmp_path_factory.mktemp("module")
    program = embedded_valkey(server_account_, server_scratch)
    with (
        control_database_on(control_postgres, control_template) as control,
        Valkey(program, server_scratch / f"valkey-{home.name}", account=server_account_) as valkey,
        running(Stack.of(module_target, control, valkey, home=home, rules=rules)) as stack,
    ):
        yield stack


@pytest.fixture
def line(module_stack: Stack) -> Iterator[Stack]:
    """The file's stack; whatever the test asked for is gone after it."""
    talk.until_ready(module_stack)
    yield module_stack
    for who in ("U0MAYA", "U0TOM"):
        talk.close_all(module_stack, who)
