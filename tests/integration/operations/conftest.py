"""A house for each test; afterwards its ledger must be whole, whatever the story was."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.databases import ControlDatabase, PostgresServer
from tests.integration.operations import building
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener, opening
from tests.kept_targets import KeptTargets
from tests.operations.break_glass import RULE
from tests.operations.lockdowns import with_operators
from tests.operations.setting import BuildHouse as AnyBuildHouse

BuildHouse = AnyBuildHouse[House]


@pytest.fixture
def build_house(
    control_database: ControlDatabase, kept_targets: KeptTargets, target_postgres: PostgresServer
) -> BuildHouse:
    """Builds one, see `build_real_house`."""
    return building.build_real_house(control_database, partial(kept_targets.lend, target_postgres))


@pytest.fixture
def house(build_house: BuildHouse) -> Iterator[House]:
    with build_house() as built:
        yield built


@pytest.fixture
def opener(house: House) -> Iterator[Opener]:
    """Opens modals in this house."""
    with opening(house.sandbox) as found:
        yield found


@pytest.fixture
def glass(build_house: BuildHouse) -> Iterator[House]:
    """A house with a break-glass rule."""
    with build_house(more=RULE) as built:
        yield built


@pytest.fixture
def locked(house: House) -> House:
    """Its operators may declare and lift; nothing is in lockdown yet."""
    return with_operators(house)
