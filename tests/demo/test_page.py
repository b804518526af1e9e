"""The demo's page in a real browser, on the whole demo: what a visitor does in the first five minutes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from demo.servers.account import server_account
from demo.servers.scratch import scratch_directory
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.browser import chromium
from tests.demo.test_demo import patient

ROOT = Path(__file__).parents[2]
SLOWEST = 1000 * PATIENCE


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo that runs."""
    chromium.found()
    output = tmp_path_factory.mktemp("demo") / "output"
    with scratch_directory(server_account()) as home, output.open("wb") as file:
        demo = subprocess.Popen(
            [sys.executable, "-m", "demo", "--home", str(home / "demo")],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )

        def opened() -> str | None:
            assert demo.poll() is None, output.read_text()
            found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+)", output.read_text())
            return found[1] if found else None

        try:
            address = wait(opened)
            patient(home / "demo")
            yield address
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SLOWEST)
    with chromium.browser() as found:
        yield found


@pytest.fixture
def page(address: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Any complaint of the browser, a breach of the content policy too, fails the test."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SLOWEST)
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    yield page
    page.screenshot(path=chromium.PICTURES / f"{request.node.name}.png")
    context.close()
    assert faults == []


def test_a_visitor_sees_access_come_and_go(page: Page) -> None:
    sandbox = page.frame_locator("#sandbox")
    entries, output = page.locator("#entries"), page.locator("#output")
    steps = page.locator("#steps-list > li")

    box = sandbox.locator(".composer-text").first
    box.fill("/dbaccess orders-prod read 10m orders <b>stuck</b> in paid since 02:40")
    box.press("Enter")
    expect(entries).to_contain_text("Maya Lindqvist asked for read on orders-prod, 10 min")
    expect(entries).to_contain_text("orders <b>stuck</b> in paid")
    expect(steps.nth(0)).to_have_class("done")

    page.get_by_role("button", name="Priya", exact=True).click()
    sandbox.get_by_role("button", name=re.compile("^Approve 10 min|^Approve read")).last.click()
    expect(entries).to_contain_text("Priya Nair approved, as dba")
    expect(steps.nth(1)).to_have_class("done")

    page.get_by_role("button", name="Maya", exact=True).last.click()
    copy_credentials(sandbox)
    expect(page.locator("#user")).to_have_value(re.compile("^jit_demo_maya_"))
    expect(page.locator("#password")).not_to_have_value("")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator("#left")).to_have_text(re.compile(r"ends in \d+:\d\d"))

    page.get_by_role("button", name="Stuck orders").click()
    expect(output).to_contain_text("payment webhook was not acknowledged")
    page.get_by_role("button", name="Try to change one").click()
    expect(output).to_contain_text("ERROR:  permission denied for table orders")

    sandbox.get_by_role("button", name="I'm done").or_(sandbox.get_by_label("I'm done")).last.click()
    sandbox.get_by_role("button", name="End it").click()
    expect(output).to_contain_text("terminating connection due to administrator command")
    expect(steps.nth(2)).to_have_class("done")
    expect(entries).to_contain_text("login removed, 1 session closed, none left")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#verified")).to_contain_text("one chain, complete up to entry")


def copy_credentials(sandbox: FrameLocator) -> None:
    """As a visitor does it: the password in the window, the line to connect with in the message."""
    sandbox.get_by_role("button", name=re.compile("^dbaccess")).first.click()
    sandbox.get_by_role("button", name=re.compile("^Show credentials")).last.click()
    sandbox.locator("#modal .copy").click()
    sandbox.locator("#modal").get_by_role("button", name="Close").last.click()
    sandbox.locator("#stream .copy").last.click()


def test_colours_follow_the_sandbox_and_the_panel_folds_with_the_keyboard(page: Page) -> None:
    sandbox = page.frame_locator("#sandbox")
    sandbox.get_by_role("button", name="Use dark colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("#fold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_visible()


def test_what_another_window_posts_is_not_heard(page: Page) -> None:
    expect(page.locator("#entries li").first).to_be_visible()
    page.evaluate(
        """for (const text of ["postgresql://jit_evil@127.0.0.1:1/orders", "APasswordOfSomebodyElse"])
             postMessage({ source: "sandbox", kind: "copied", text }, "*");"""
    )
    page.evaluate("new Promise((heard) => { onmessage = heard; postMessage({ source: 'test' }, '*'); })")
    expect(page.locator("#user")).to_have_value("")
    expect(page.locator("#password")).to_have_value("")
