"""A sandbox with a real Bolt app for each module of tests; a sandbox alone for what needs no app."""

from collections.abc import Iterator

import pytest

from tests.sandbox.greeter import Greeter, greeting
from tests.sandbox.running import Running, running


@pytest.fixture(scope="module")
def alone() -> Iterator[Running]:
    """A sandbox without an app."""
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def greeter() -> Iterator[Greeter]:
    with running() as found, greeting(found) as app:
        yield app


@pytest.fixture
def slack() -> Iterator[Running]:
    """A sandbox of its own for one test, without an app."""
    with running() as found:
        yield found
