"""Takes docs/screenshot.png anew from a demo: `python -m tests.browser.screenshot`."""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from sandbox.waiting import PATIENCE
from tests.browser import chromium
from tests.demo.running import ROOT, demo_of_its_own

PICTURE = ROOT / "docs" / "screenshot.png"
_READ = "/dbaccess orders-prod read 15m orders stuck in paid since 02:40"
_CHANGE = "/dbaccess orders-prod migrate 20m add a column for the new carrier"


def main() -> int:
    """The picture shows a request that waits for an approval, and a grant in use; return 0."""
    expect.set_options(timeout=1000 * PATIENCE)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_of_its_own(Path(folder) / "output") as demo,
        chromium.browser() as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900}, timezone_id="Europe/London")
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(demo.open_address())
        _play(page)
        page.screenshot(path=PICTURE, animations="disabled")
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes\n")
    return 0


def _play(page: Page) -> None:
    sandbox, entries = page.frame_locator("#sandbox"), page.locator("#entries")
    steps = page.locator("#steps-list > li")
    maya, priya = (page.locator("#steps-list .be", has_text=name) for name in ("Maya", "Priya"))
    _send(page, _READ)
    expect(steps.nth(0)).to_have_class("done")
    priya.click()
    sandbox.get_by_role("button", name=re.compile("^Approve")).first.click()
    expect(entries).to_contain_text("verified on the target")
    maya.last.click()
    sandbox.get_by_role("button", name=re.compile("^Show credentials")).last.click()
    sandbox.locator("#modal .copy").click()
    sandbox.locator("#modal footer").get_by_role("button", name="Close").click()
    page.locator("#connect").click()
    page.get_by_role("button", name="Stuck orders").click()
    expect(page.locator("#output table")).to_be_visible()
    maya.first.click()
    expect(sandbox.locator("h1")).to_have_text("db-approvals")
    _send(page, _CHANGE)
    expect(entries).to_contain_text("requested migrate")
    priya.click()
    expect(sandbox.locator("#me")).to_contain_text("Priya Nair")
    expect(sandbox.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()
    expect(sandbox.locator("#stream")).to_contain_text("Active: Maya Lindqvist")
    page.locator("#steps-close").click()
    page.mouse.move(700, 800)  # over nothing that changes under a pointer
    expect(page.locator("#toast")).not_to_have_class("shown")


def _send(page: Page, line: str) -> None:
    box = page.frame_locator("#sandbox").locator(".composer-text").first
    box.fill(line)
    box.press("Enter")


if __name__ == "__main__":
    sys.exit(main())
