"""Windows in a real browser, on the whole of dbaccess or on the sandbox with a small app."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from sandbox.waiting import PATIENCE
from tests.acceptance import talk
from tests.acceptance.conftest import module_stack, shared_stack, shared_target, shared_valkey
from tests.acceptance.stack import Stack, wait
from tests.browser import chromium
from tests.browser.window import Window, open_window
from tests.sandbox.conftest import greeter

__all__ = ["greeter", "module_stack", "shared_stack", "shared_target", "shared_valkey"]

Opens = Callable[..., Window]


@pytest.fixture(scope="module")
def rules() -> str:
    """Short times, so that an end can be watched."""
    return """
[[rules]]
id = "prod-read"
env = ["prod"]
access = ["read"]
requester = ["engineers"]
max = "15m"
approvals = [{ group = "dba", count = 1 }]
decide_within = "30m"
"""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=1000 * PATIENCE)
    with chromium.browser() as found:
        yield found


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Opens windows; a complaint of the browser (an error, a breach of the content policy) fails the test."""
    opened: list[Window] = []
    failed_before = request.session.testsfailed

    def open_(address: str, person: str, **options: Any) -> Window:
        opened.append(open_window(browser, address, person, **options))
        return opened[-1]

    yield open_
    for number, each in enumerate(opened):
        if request.session.testsfailed > failed_before:
            each.picture(f"failed-{request.node.name}-{number}")
        each.page.context.close()
    assert [fault for each in opened for fault in each.faults] == []


@pytest.fixture
def stack(module_stack: Stack) -> Iterator[Stack]:
    """Ready, and left as it was found."""
    unread = ("could not be read", "You are in no group of the policy")
    wait(lambda: not any(text in talk.say(module_stack, "list", "U0OPS").text for text in unread))
    yield module_stack
    talk.close_all(module_stack, "U0MAYA")
