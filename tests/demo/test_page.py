"""The demo's page in a real browser, on the whole demo: what a visitor does in the first five minutes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sandbox.waiting import PATIENCE
from tests.browser import chromium
from tests.demo.running import Demo

SLOWEST = 1000 * PATIENCE


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium.found()
    expect.set_options(timeout=SLOWEST)
    with chromium.browser() as found:
        yield found


@pytest.fixture
def page(browser: Browser, demo: Demo, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Any complaint of the browser, a breach of the content policy too, fails the test."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(SLOWEST)
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(demo.open_address())
    yield page
    page.screenshot(path=chromium.PICTURES / f"{request.node.name}.png")
    context.close()
    assert faults == []


def test_a_visitor_sees_access_come_and_go(page: Page) -> None:
    sandbox = page.frame_locator("#sandbox")
    entries, output = page.locator("#entries"), page.locator("#output")
    steps = page.locator("#steps-list > li")

    typed(page, steps.nth(0), "/dbaccess orders-prod read 2m orders stuck in paid since 02:40")
    expect(entries).to_contain_text("Maya Lindqvist requested read on orders-prod for 2 min")
    expect(steps.nth(0)).to_have_class("done")

    approved(page, steps.nth(1))
    expect(entries).to_contain_text("Priya Nair approved the request, as dba")
    expect(steps.nth(1)).to_have_class("done")

    steps.nth(2).get_by_role("button", name="Maya").click()
    copy_credentials(page)
    page.locator("#connect").click()
    expect(page.locator("#left")).to_have_text(re.compile(r"ends in \d+:\d\d"))

    page.get_by_role("button", name="Stuck orders").click()
    expect(output).to_contain_text("payment webhook was not acknowledged")
    page.get_by_role("button", name="Try to change one").click()
    expect(output).to_contain_text("ERROR:  permission denied for table orders")

    sandbox.get_by_role("button", name="I'm done").or_(sandbox.get_by_label("I'm done")).last.click()
    sandbox.get_by_role("button", name="End it").click()
    expect(output).to_contain_text("terminating connection due to administrator command")
    expect(entries).to_contain_text("login removed, 1 session closed, none left")
    what_ran_is_shown_to_the_holder(page)
    expect(page.locator("#stories")).to_be_visible()  # the three things are done
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#verified")).to_contain_text("one chain, complete up to entry")
    page.locator("#verified-close").click()
    expect(page.locator("#verified")).to_be_hidden()
    other_stories(page)
    what_ran_is_counted_in_the_thread(page)


MISMATCH = "Does not fit the role: asked to read, tried to write once (update shop.orders"


def what_ran_is_shown_to_the_holder(page: Page) -> None:
    """Each statement in a modal; one does not fit the role."""
    sandbox = page.frame_locator("#sandbox")
    expect(sandbox.locator("#stream")).to_contain_text(MISMATCH)
    sandbox.get_by_role("button", name=re.compile("^Show statements")).last.click()
    modal = sandbox.locator("#modal")
    expect(modal).to_contain_text(re.compile("select .*update ", re.DOTALL | re.IGNORECASE))
    expect(modal).to_contain_text("permission denied for table orders")
    modal.locator("footer").get_by_role("button", name="Close").click()


def what_ran_is_counted_in_the_thread(page: Page) -> None:
    """A reviewer reads it below the message of the first request."""
    sandbox = page.frame_locator("#sandbox")
    ended = sandbox.locator("#stream").get_by_role("article").filter(has_text="Ended: Maya Lindqvist").last
    ended.get_by_role("button", name="replies").click()
    thread = sandbox.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text(
        re.compile(r"Statements only, no objects inside functions\. [1-9]\d* statements? ")
    )
    expect(thread).to_contain_text(MISMATCH)


def typed(page: Page, step: Locator, line: str) -> None:
    """One click puts the line there, and another does not put it there twice."""
    box = page.frame_locator("#sandbox").locator(".composer-text").first
    for _ in range(2):
        step.get_by_role("button", name=re.compile("^Type it")).click()
        expect(box).to_have_value(line)
    expect(box).to_be_focused()
    box.press("Enter")


def approved(page: Page, step: Locator) -> None:
    step.locator(".be").click()
    page.frame_locator("#sandbox").get_by_role("button", name=re.compile("^Approve")).first.click()


def copy_credentials(page: Page) -> None:
    """In every order, and each twice: the fields hold one login, and one line says what to do next."""
    sandbox, password = page.frame_locator("#sandbox"), page.locator("#password")
    user, toast = page.locator("#user"), page.locator("#toast")
    lines, shown = sandbox.locator("#stream .copy"), sandbox.locator("#modal .copy")
    page.locator("#target").select_option("billing-prod")
    for line in (lines.last, lines.last, lines.nth(-2)):
        line.click()
        expect(user).to_have_value(re.compile("^jit_demo_maya_"))
        expect(page.locator("#target")).to_have_value("orders-prod")
        expect(toast).to_contain_text("Now copy the password")
        expect(password).to_have_value("")
    user.fill("jit_demo_maya_before")  # of a grant before, with its password
    password.fill("PasswordBefore")
    lines.last.click()
    expect(password).to_have_value("")
    user.fill("jit_demo_maya_before")
    page.locator("#target").select_option("billing-prod")
    sandbox.get_by_role("button", name=re.compile("^Show credentials")).last.click()
    for _ in range(2):
        shown.click()
        expect(password).to_have_value(sandbox.locator("#modal pre").inner_text())
        expect(user).to_have_value(re.compile("^jit_demo_maya_"))
        expect(page.locator("#target")).to_have_value("orders-prod")
        expect(toast).to_have_text("Filled in. Now Connect.")
    sandbox.locator("#modal footer").get_by_role("button", name="Close").click()


def other_stories(page: Page) -> None:
    """Each is opened, done by what it says, and ticked by the ledger."""
    sandbox = page.frame_locator("#sandbox")

    oncall = story(page, "oncall")
    typed(page, oncall.nth(0), "/dbaccess orders-prod read 10m pager: checkout is slow")
    expect(oncall.nth(0)).to_have_class("done")
    oncall.nth(1).locator(".be").click()
    sandbox.get_by_role("button", name=re.compile("^Show credentials")).last.click()
    expect(oncall.nth(1)).to_have_class("done")
    sandbox.locator("#modal footer").get_by_role("button", name="Close").click()

    extend = story(page, "extend")
    typed(page, extend.nth(0), "/dbaccess extend orders-prod read 10m checkout is still slow")
    expect(extend.nth(0)).to_have_class("done")
    expect(extend.nth(1)).to_have_class("done")

    schema = story(page, "schema")
    typed(page, schema.nth(0), "/dbaccess orders-prod migrate 20m add a column for the new carrier")
    expect(schema.nth(0)).to_have_class("done")
    for step in (schema.nth(1), schema.nth(2)):
        approved(page, step)
        sandbox.get_by_role("alertdialog").get_by_role("button", name=re.compile("^Approve")).click()
        expect(step).to_have_class("done")
    for key in ("oncall", "extend", "schema"):
        expect(page.locator(f"details[data-key={key}] summary")).to_have_class("done")
    expect(page.locator("details[data-key=break] summary")).not_to_have_class("done")


def story(page: Page, key: str) -> Locator:
    """Opens it; its steps."""
    node = page.locator(f"#stories details[data-key={key}]")
    node.locator("summary").click()
    return node.locator("li")


STORY_WITHOUT_A_CONNECTION = """async () => {
  const { sawEntry } = await import("/site/steps.js");
  const of = { seq: 1e6, request: "R-9001", login: "jit_demo_never_used" };
  sawEntry({ ...of, kind: "request.submitted", asks: "access", actor: "U0MAYA" });
  sawEntry({ ...of, kind: "request.approved" });
  sawEntry({ ...of, kind: "grant.ended" });
}"""


def test_first_story_begins_again_if_its_grant_ended_before_a_connection(page: Page) -> None:
    steps = page.locator("#steps-list > li")
    expect(steps).to_have_count(3)
    page.evaluate(STORY_WITHOUT_A_CONNECTION)
    missed = page.locator("#steps-list > .missed")
    expect(missed).to_contain_text("The grant ended before you connected: ask again.")
    expect(page.locator("#steps-list > .done")).to_have_count(0)
    missed.get_by_role("button").click()
    box = page.frame_locator("#sandbox").locator(".composer-text").first
    expect(box).to_have_value(re.compile("^/dbaccess orders-prod read 2m "))


EXTENDED = """async () => {
  const { noteEnd, drawSession } = await import("/site/psql.js");
  noteEnd("jit_demo_held", new Date(Date.now() + 60_000).toISOString());
  noteEnd("jit_demo_held", new Date(Date.now() + 3_000_000).toISOString());
  drawSession("jit_demo_held");
}"""


def test_times_follow_an_extension_and_name_their_zone(page: Page) -> None:
    expect(page.locator("#zone")).to_contain_text("times of Europe/Stockholm")
    page.evaluate(EXTENDED)
    expect(page.locator("#left")).to_have_text(re.compile(r"ends in (49|50):\d\d"))


def test_colours_follow_the_sandbox_and_the_panel_folds_with_the_keyboard(page: Page) -> None:
    sandbox = page.frame_locator("#sandbox")
    sandbox.get_by_role("button", name="Use dark colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("#fold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_visible()


def test_messages_of_another_window_are_ignored(page: Page) -> None:
    expect(page.locator("#entries li").first).to_be_visible()
    page.evaluate(
        """for (const text of ["postgresql://jit_evil@127.0.0.1:1/orders", "APasswordFromElsewhere"])
             postMessage({source: "sandbox", kind: "copied", modal: true, beside: "User jit_x", text}, "*")"""
    )
    page.evaluate("new Promise((heard) => { onmessage = heard; postMessage({ source: 'test' }, '*'); })")
    expect(page.locator("#user")).to_have_value("")
    expect(page.locator("#password")).to_have_value("")
