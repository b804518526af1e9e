"""The window within another page, and without a sandbox behind it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opens
from tests.sandbox.kit import section
from tests.sandbox.running import running

_FRAMING = """<!doctype html><title>around</title>
<iframe style="width:900px;height:600px" src="{src}"></iframe>
<script>heard = []; addEventListener("message", (e) => heard.push([e.origin, e.data]))</script>"""


class _Page(http.server.BaseHTTPRequestHandler):
    def __init__(self, src: str, *arguments: object) -> None:
        self.src = src
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        origin = f"http://{self.headers['Host']}"
        self.wfile.write(_FRAMING.format(src=self.src.replace("ORIGIN", origin)).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def framing(src: str) -> Iterator[str]:
    """A page of another origin with the sandbox's page in it; ORIGIN in `src` becomes its own."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, src))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def copied(page: Page) -> list[str]:
    """Copies the only block of code in the frame, and gives the kinds of what the page around was told."""
    frame = page.frame_locator("iframe")
    expect(frame.locator("body.ready")).to_be_visible()
    frame.get_by_role("button", name="Copy this text").click()
    expect(frame.get_by_role("button", name="Copy this text")).to_contain_text("Copied")
    return [message["kind"] for _, message in page.evaluate("heard")]


def test_page_around_that_is_named_hears_who_acts_what_is_copied_and_the_colours(browser: Browser) -> None:
    with running() as slack:
        slack.client().chat_postMessage(channel="C0OPEN", text="c", blocks=[section("```psql host=db```")])
        with framing(f"{slack.sandbox.address}/?as=U0ANN&parent=ORIGIN") as around:
            page = browser.new_page()
            page.goto(around)
            assert copied(page) == ["theme", "person", "copied"]
            origin, told = page.evaluate("heard[2]")
            assert origin == slack.sandbox.address
            assert "psql host=db" in told.pop("beside")
            assert told == {"source": "sandbox", "kind": "copied", "text": "psql host=db", "modal": False}
            page.frame_locator("iframe").get_by_role("link", name="Act as gus").click()
            expect(page.frame_locator("iframe").locator("#me")).to_contain_text("gus")
            assert page.evaluate("heard[3][1]") == {
                "source": "sandbox",
                "kind": "person",
                "id": "U0GUEST",
                "name": "gus",
            }
            page.close()


def test_page_around_that_is_named_may_go_to_a_person_and_type_a_line(browser: Browser) -> None:
    with running() as slack, framing(f"{slack.sandbox.address}/?as=U0ANN&parent=ORIGIN") as around:
        page = framed(browser, around)
        frame = page.frame_locator("iframe")
        box = frame.get_by_label("Message or command")
        box.fill("a draft")
        for line in ("/greet form", "/greet form", "/greet other"):
            ask(page, person="U0GUEST", channel="C0OPEN", line=line)
            expect(box).to_have_value(line)
        expect(frame.locator("#me")).to_contain_text("gus")
        expect(frame.locator("h1")).to_have_text("open")
        ask(page, person="U0ANN", channel="app")
        expect(frame.locator("#me")).to_contain_text("Ann Berg")
        expect(frame.locator("h1")).to_contain_text("greeter")
        expect(frame.get_by_role("article")).to_have_count(0)  # nothing is sent for the page around
        page.close()


def test_another_window_types_nothing(browser: Browser) -> None:
    with running() as slack:
        with framing(f"{slack.sandbox.address}/?as=U0ANN&parent=http://127.0.0.1:9") as around:
            page = framed(browser, around)
            ask(page, person="U0GUEST", line="from a page that is not named")
            nothing_typed(page)
        with framing(f"{slack.sandbox.address}/?as=U0ANN&parent=ORIGIN") as around:
            page = framed(browser, around)
            forged = visit(person="U0GUEST", line="from the frame itself")
            page.frames[1].evaluate("(asked) => postMessage(asked, '*')", forged)
            ask(page, person="U0UNKNOWN", line="as a person who is not there")
            nothing_typed(page)


def framed(browser: Browser, around: str) -> Page:
    page = browser.new_page()
    page.goto(around)
    expect(page.frame_locator("iframe").locator("body.ready")).to_be_visible()
    return page


def nothing_typed(page: Page) -> None:
    # A window takes its messages in order: once it has this one, it has had all before.
    page.frames[1].evaluate("new Promise((heard) => { onmessage = heard; postMessage(0, '*'); })")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_label("Message or command")).to_have_value("")
    expect(frame.locator("#me")).to_contain_text("Ann Berg")
    page.close()


def visit(**asked: str) -> dict[str, str]:
    return {"source": "around", "kind": "visit", **asked}


def ask(page: Page, **asked: str) -> None:
    """The requests of the page around to the frame."""
    page.evaluate("(asked) => frames[0].postMessage(asked, '*')", visit(**asked))


def test_page_around_that_is_not_named_hears_nothing(browser: Browser) -> None:
    with running() as slack:
        slack.client().chat_postMessage(channel="C0OPEN", text="c", blocks=[section("```secret```")])
        with framing(f"{slack.sandbox.address}/?as=U0ANN&parent=http://127.0.0.1:9") as around:
            page = browser.new_page()
            page.goto(around)
            assert copied(page) == []
            page.close()


def test_window_says_that_the_sandbox_is_gone_and_comes_back_by_itself(window: Opens) -> None:
    with running() as slack:
        address = slack.sandbox.address
        opened = window(address, "U0ANN")
        expect(opened.page.get_by_text("The sandbox does not answer")).not_to_be_visible()
    expect(opened.page.get_by_text("The sandbox does not answer")).to_be_visible()
    with running(port=int(address.rpartition(":")[2])) as slack:
        slack.client().chat_postMessage(channel="C0OPEN", text="back again")
        expect(opened.message("back again")).to_be_visible()
        expect(opened.page.get_by_text("The sandbox does not answer")).not_to_be_visible()
    opened.faults.clear()  # cut and refused connections, which the browser names


def test_command_to_an_app_that_is_not_there_says_so(window: Opens) -> None:
    with running() as slack:
        opened = window(slack.sandbox.address, "U0ANN")
        expect(opened.page.get_by_text("greeter is not connected")).to_be_visible()
        opened.run("/greet form")
        expect(opened.message("/greet failed because the app is not connected")).to_be_visible()
        opened.page.goto("about:blank")
