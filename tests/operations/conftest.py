"""Use cases run on fakes; with `--real` the same tests run on real servers instead."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.operations.break_glass import RULE
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import House
from tests.operations.lockdowns import with_operators
from tests.operations.setting import BuildHouse


@pytest.fixture
def build_house(request: pytest.FixtureRequest) -> BuildHouse[House]:
    """Builds one: `login` of the target, `more` policy, more `engineers`."""
    if not request.config.getoption("real"):
        return build_fake_house
    from tests.integration.operations.building import build_real_house

    kept, server = (request.getfixturevalue(name) for name in ("kept_targets", "target_postgres"))
    return build_real_house(request.getfixturevalue("control_database"), partial(kept.lend, server))


@pytest.fixture
def fake_house() -> Iterator[FakeHouse]:
    """One on fakes in any case: the test says what time it is."""
    with build_fake_house() as built:
        yield built


@pytest.fixture
def house(build_house: BuildHouse[House]) -> Iterator[House]:
    with build_house() as built:
        yield built


@pytest.fixture
def glass(build_house: BuildHouse[House]) -> Iterator[House]:
    """A house with a break-glass rule."""
    with build_house(more=RULE) as built:
        yield built


@pytest.fixture
def locked(house: House) -> House:
    """Its operators may declare and lift; nothing is in lockdown yet."""
    return with_operators(house)
